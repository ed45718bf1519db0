import copy

import pytest
import torch
from torch import nn
from torchvision import models

from cam_course import explain, metrics, weights
from cam_course.metrics.sanity import draw_anew
from cam_course.pots import Scenes
from tests.small_nets import gap_net
from tests.test_untouched import Wilful, assert_same, state

IMAGES = torch.rand(2, 3, 16, 14, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_every_step_equals_the_explanation_of_a_network_changed_by_hand():
    net = gap_net()
    found = metrics.randomization(net, IMAGES, "saliency", target=1, seed=5)
    assert found.layers == ("7", "3", "0")
    torch.testing.assert_close(found.maps[0], explain(net, IMAGES, "saliency", target=1).maps)
    changed, drawn = copy.deepcopy(net), generator(5)
    for step, layer in enumerate((7, 3, 0), 1):
        draw_anew(changed[layer], drawn)
        maps = explain(changed, IMAGES, "saliency", target=1).maps
        torch.testing.assert_close(found.maps[step], maps)
        torch.testing.assert_close(found.rank_correlation[step - 1], metrics.rank_correlation(maps, found.maps[0]))
        torch.testing.assert_close(found.ssim[step - 1], metrics.ssim(maps, found.maps[0]))


def test_the_class_is_the_one_that_the_model_itself_predicts():
    net = gap_net()
    own = metrics.randomization(net, IMAGES, "saliency")
    named = metrics.randomization(net, IMAGES, "saliency", target=net(IMAGES).argmax(1))
    assert torch.equal(own.maps, named.maps)


def test_a_map_that_asks_no_model_stays_exactly_alike():
    found = metrics.randomization(gap_net(), IMAGES, lambda _, images: metrics.edges(images))
    torch.testing.assert_close(found.rank_correlation, torch.ones(3, 2, dtype=torch.float64))
    torch.testing.assert_close(found.ssim, torch.ones(3, 2, dtype=torch.float64))


def test_layers_may_be_named_or_given_and_hold_others():
    net = models.resnet18(weights=None).eval()
    images = IMAGES[:1].float().repeat(1, 1, 2, 2)
    found = metrics.randomization(net, images, "saliency", target=0, layers=["fc", net.layer4, "conv1"])
    assert found.layers == ("fc", "layer4", "conv1")
    found = metrics.randomization(net, images, "saliency", target=0)
    assert found.layers[:4] == ("fc", "layer4.1.bn2", "layer4.1.conv2", "layer4.1.bn1")
    assert found.layers[-2:] == ("bn1", "conv1")
    assert len(found.layers) == 20 + 20 + 1
    with pytest.raises(ValueError, match="did you mean 'layer4'"):
        metrics.randomization(net, images, "saliency", layers=["layer_4"])


def test_options_go_to_the_method_and_a_layer_may_be_a_module():
    net = gap_net()
    maps = explain(net, IMAGES, "grad_cam", target=0, layer="3").maps
    for layer in ("3", net[3]):
        found = metrics.randomization(net, IMAGES, "grad_cam", target=0, layer=layer, layers=["0"])
        torch.testing.assert_close(found.maps[0], maps)
        assert not torch.allclose(found.maps[1], maps)


@pytest.mark.parametrize("fails", [False, True])
def test_the_model_and_the_generators_are_left_as_they_were(fails):
    model = Wilful(fails)
    before = state(model)
    if fails:
        with pytest.raises(RuntimeError, match="on purpose"):
            metrics.randomization(model, IMAGES, "saliency", target=1)
    else:
        found = metrics.randomization(model, IMAGES, "saliency", target=1)
        assert found.layers == ("net.7", "net.3", "net.0", "norm")
        assert not torch.equal(found.maps[0], found.maps[1])
    assert_same(before, state(model))


def test_a_seed_gives_the_same_numbers_again_and_every_parameter_is_new():
    nets = [models.convnext_tiny(weights=None) for _ in range(2)]  # layer_scale has no reset_parameters
    nets[1].load_state_dict(nets[0].state_dict())
    old = {name: parameter.clone() for name, parameter in nets[0].named_parameters()}
    for net in nets:
        draw_anew(net, generator())
    for name, parameter in nets[0].named_parameters():
        assert torch.equal(parameter, dict(nets[1].named_parameters())[name])
        fixed = bool((parameter == parameter.flatten()[0]).all())  # normalization: scale 1, shift 0
        assert fixed or not torch.equal(parameter, old[name]), name


def test_parameters_without_a_way_to_be_reset_keep_their_mean_and_spread():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(3 + 0.5 * torch.randn(10_000, generator=generator(1)))

    module = Scaled()
    before = module.scale.detach().clone()
    draw_anew(module, generator())
    assert not torch.equal(module.scale, before)
    assert module.scale.mean().item() == pytest.approx(3, abs=0.02)
    assert module.scale.std().item() == pytest.approx(0.5, abs=0.02)


def test_a_function_knows_its_own_target_and_options():
    for arguments in ({"target": 0}, {"relu": False}):
        with pytest.raises(TypeError, match="let the function pass them on"):
            metrics.randomization(gap_net(), IMAGES, lambda _, x: x.mean(1), **arguments)


@pytest.mark.filterwarnings("ignore:.* maps .*:UserWarning")
def test_on_a_shipped_network_grad_cam_forgets():
    scenes = Scenes("random", "test", n=4).batch()
    found = metrics.randomization(weights.load("pots"), scenes["image"], target=scenes["label"])
    assert found.rank_correlation[-1].mean() < 0.6
    assert found.rank_correlation[0].mean() < 0.9


def test_cpu_and_gpu_draw_the_same(device):
    here = metrics.randomization(gap_net(), IMAGES, "saliency", target=1)
    there = metrics.randomization(gap_net().to(device), IMAGES.to(device), "saliency", target=1)
    torch.testing.assert_close(there.maps.cpu(), here.maps, rtol=1e-4, atol=1e-8)
