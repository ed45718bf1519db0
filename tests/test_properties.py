"""What must hold of every method on every image, whatever the numbers."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cam_course import METHODS, compare, explain
from tests.small_nets import gap_net

LINEAR = ["saliency", "deconvnet", "guided_backprop", "cam", "grad_cam", "layer_cam", "hires_cam"]
LAYERED = [name for name, method in METHODS.items() if method.reads_layer]
seeds = st.integers(0, 10_000)
few = settings(max_examples=8)


def noise(seed, n=1, height=8, width=8):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(n, 3, height, width, generator=generator, dtype=torch.float64)


def quiet(*arguments, **options):
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*zero everywhere")
        return compare(*arguments, **options)


@few
@given(seed=seeds, factor=st.floats(0.01, 100))
def test_scaling_the_logits_scales_the_maps(seed, factor):
    net, images = gap_net(), noise(seed)
    scaled = copy.deepcopy(net)
    with torch.no_grad():
        scaled[7].weight *= factor
        scaled[7].bias *= factor
    before, after = quiet(net, images, LINEAR, target=1), quiet(scaled, images, LINEAR, target=1)
    for name in LINEAR:
        torch.testing.assert_close(after[name].maps, before[name].maps * factor, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("method", ["grad_cam_plus_plus", "score_cam", "layer_cam"])
def test_scaling_the_logits_does_not_scale_the_others(method):
    net, images = gap_net(), noise(0)
    scaled = copy.deepcopy(net)
    with torch.no_grad():
        scaled[7].weight *= 10
    layer = ["2", "4"] if method == "layer_cam" else "4"
    before, after = (explain(one, images, method, target=1, layer=layer).maps for one in (net, scaled))
    assert not torch.allclose(after, 10 * before, rtol=0.05)
    if method == "layer_cam":
        torch.testing.assert_close(after, before)


@few
@given(seed=seeds)
def test_the_order_of_channels_does_not_matter(seed):
    net, images = gap_net(), noise(seed)
    order = torch.randperm(6, generator=torch.Generator().manual_seed(seed))
    other = copy.deepcopy(net)
    with torch.no_grad():
        other[3].weight.copy_(net[3].weight[order])
        other[3].bias.copy_(net[3].bias[order])
        other[7].weight.copy_(net[7].weight[:, order])
    before, after = quiet(net, images, METHODS, target=1), quiet(other, images, METHODS, target=1)
    for name in METHODS:
        torch.testing.assert_close(after[name].maps, before[name].maps)


@few
@given(seed=seeds)
def test_a_flipped_image_gives_the_flipped_map(seed):
    net, images = gap_net(), noise(seed)
    with torch.no_grad():
        for convolution in (net[0], net[3]):
            convolution.weight.copy_((convolution.weight + convolution.weight.flip(-1)) / 2)
    methods = [name for name in METHODS if name != "deconvnet"]  # it sends signals through ties of max-pooling
    before, after = quiet(net, images, methods, target=1), quiet(net, images.flip(-1), methods, target=1)
    for name in methods:
        torch.testing.assert_close(after[name].maps, before[name].maps.flip(-1))


@few
@given(seed=seeds, height=st.integers(4, 13), width=st.integers(4, 13))
def test_odd_sizes_in_a_batch_are_as_one_by_one(seed, height, width):
    net, images = gap_net(), noise(seed, 2, height, width)
    together = quiet(net, images, METHODS, target=[1, 2])
    for i in range(2):
        alone = quiet(net, images[i], METHODS, target=[1, 2][i])
        for name in METHODS:
            assert together[name].maps.shape == (2, height, width)
            torch.testing.assert_close(together[name].maps[i], alone[name].maps[0])


@few
@given(seed=seeds, height=st.integers(4, 13), width=st.integers(4, 13))
def test_cam_is_grad_cam_times_the_positions(seed, height, width):
    answers = quiet(gap_net(), noise(seed, 2, height, width), ["cam", "grad_cam"], target=0)
    positions = (height // 2) * (width // 2)
    torch.testing.assert_close(answers["cam"].raw, positions * answers["grad_cam"].raw)


@pytest.mark.parametrize("method", [name for name in METHODS if name not in ("score_cam", "cam")])
def test_no_gradient_gives_no_map(method):
    with pytest.warns(UserWarning, match="zero everywhere"):
        answer = explain(gap_net(), noise(1), method, target=lambda logits: 0 * logits[:, 0])
    assert answer.maps.abs().sum() == 0


def test_all_methods_of_a_layer_together_take_one_run_of_the_network_but_for_masks_and_rules():
    net, runs = gap_net(), []
    explain(net, noise(0))
    net.register_forward_pre_hook(lambda *_: runs.append(1))
    reading = [name for name in LAYERED if name not in ("score_cam", "guided_grad_cam")]
    quiet(net, noise(0), reading, classes=[0, 1, 2])
    assert len(runs) == 1
    quiet(net, noise(0), ["guided_grad_cam", "guided_backprop", "grad_cam"], target=1)
    assert len(runs) == 3


@pytest.mark.parametrize("method", [name for name in LAYERED if name != "layer_cam"])
def test_only_layer_cam_fuses_layers(method):
    with pytest.raises(TypeError, match=rf"expected one layer, got 2, which {method} cannot fuse"):
        explain(gap_net(), noise(0), method, target=1, layer=["1", "4"])


def test_a_network_without_evidence_anywhere_fuses_to_zero():
    net = nn.Sequential(*gap_net())
    with torch.no_grad():
        net[7].weight.copy_(-net[7].weight.abs())
    with pytest.warns(UserWarning, match="zero everywhere"):
        assert explain(net, noise(0), "layer_cam", target=1, layer=["4"]).maps.abs().sum() == 0
