import dataclasses
import warnings

import pytest
import torch
from torch import nn
from torchvision import models

from cam_course import METHODS, compare, explain, targets, upsample
from tests.honest_skips import NO_CUDA
from tests.small_nets import gap_net

IMAGES = torch.rand(3, 3, 9, 11, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("classes", [None, [2, 0]])
def test_the_answer_has_the_documented_form(method, classes):
    net = gap_net()
    answer = explain(net, IMAGES, method, classes=classes)
    lead = () if classes is None else (2,)
    pixels = method in ("saliency", "deconvnet", "guided_backprop", "guided_grad_cam")
    assert answer.maps.shape == (*lead, 3, 9, 11)
    assert answer.maps.min() >= 0
    assert (answer.attribution is not None) == pixels
    assert (answer.raw is None) == pixels
    assert answer.layers == (("4",) if METHODS[method].reads_layer else ())
    assert answer.targets.tolist() == (net(IMAGES).argmax(1).tolist() if classes is None else [[2] * 3, [0] * 3])
    if pixels:
        assert answer.attribution.shape == (*lead, 3, 3, 9, 11)
        torch.testing.assert_close(answer.maps, answer.attribution.abs().amax(-3))
    else:
        torch.testing.assert_close(answer.maps, upsample(answer.raw, (9, 11)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        answer.maps = None


@pytest.mark.parametrize("method", METHODS)
def test_a_batch_is_as_one_by_one(method):
    net = gap_net()
    together = explain(net, IMAGES, method, target=[0, 1, 2])
    for i in range(3):
        alone = explain(net, IMAGES[i], method, target=i)
        torch.testing.assert_close(together.maps[i : i + 1], alone.maps)


@pytest.mark.parametrize("method", METHODS)
def test_comparing_gives_what_explaining_gives(method):
    net = gap_net()
    together = compare(net, IMAGES, METHODS, target=1)
    torch.testing.assert_close(together[method].maps, explain(net, IMAGES, method, target=1).maps)


def test_methods_that_read_a_layer_share_one_forward_pass():
    net, runs = gap_net(), []
    explain(net, IMAGES, target=0)
    net.register_forward_pre_hook(lambda *_: runs.append(1))
    compare(net, IMAGES, ["cam", "grad_cam"], classes=[0, 1, 2])
    assert len(runs) == 1


def test_saliency_is_the_gradient_of_the_image():
    net, x = gap_net(), IMAGES.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(net(x)[:, 1].sum(), x)
    torch.testing.assert_close(explain(net, IMAGES, "saliency", target=1).attribution, gradient)


@pytest.mark.parametrize("family", ["resnet18", "googlenet", "densenet121", "shufflenet_v2_x0_5", "regnet_y_400mf"])
def test_cam_is_the_number_of_positions_times_grad_cam(family):
    torch.manual_seed(0)
    options = {"init_weights": False} if family == "googlenet" else {}
    model = getattr(models, family)(weights=None, **options).double()
    images = torch.rand(2, 3, 64, 64, dtype=torch.float64)
    if family == "densenet121":  # its rectifier after the layer is a function, so Grad-CAM sees what is before it
        row = model.classifier.weight[5].detach()
        pooled = torch.relu(model.features(images)).detach() if not model.eval().training else None
        expected = (row[:, None, None] * pooled).sum(1).relu()
    else:
        expected = 4 * explain(model, images, "grad_cam", target=5).raw
    torch.testing.assert_close(explain(model, images, "cam", target=5).raw, expected, rtol=1e-6, atol=1e-12)


def test_cam_of_a_counterfactual_and_of_a_contrast():
    net = gap_net()
    signed = {c: explain(net, IMAGES, "cam", target=c, relu=False).raw for c in (0, 1)}
    against = explain(net, IMAGES, "cam", target=targets.Counterfactual(0), relu=False).raw
    rather = explain(net, IMAGES, "cam", target=targets.Contrast(0, 1), relu=False).raw
    torch.testing.assert_close(against, -signed[0])
    torch.testing.assert_close(rather, signed[0] - signed[1])
    torch.testing.assert_close(signed[0].mean((-2, -1)) + net[7].bias[0].detach(), net(IMAGES)[:, 0].detach())


@pytest.mark.parametrize("layer", ["0", "1", "2"])
def test_cam_of_another_layer_is_refused(layer):
    with pytest.raises(ValueError, match=f"global average of '{layer}'"):
        explain(gap_net(), IMAGES, "cam", target=0, layer=layer)


def test_cam_of_another_architecture_is_refused_with_the_remedy():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 7 * 9, 5)).double()
    with pytest.raises(ValueError, match=r"got Sequential, where they are not; .* grad_cam"):
        explain(net, IMAGES, "cam", target=0)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"method": "gradcam"}, ValueError, "did you mean 'grad_cam'"),
        ({"method": "Grad-CAM"}, ValueError, "did you mean 'grad_cam'"),
        ({"method": 3}, TypeError, "a class is given as target=3"),
        ({"method": "cam", "rellu": False}, ValueError, "did you mean 'relu'"),
        ({"method": "grad_cam", "relu": False}, ValueError, "expected no option for grad_cam, got 'relu'"),
        ({"method": "saliency", "layer": "4"}, ValueError, "expected no layer for saliency"),
        ({"layer": ["4", "1"]}, TypeError, "expected one layer, got 2"),
        ({"target": 1, "classes": [1]}, ValueError, "got both"),
        ({"target": 3}, ValueError, "from 0 to 2, got 3"),
    ],
)
def test_bad_questions_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        explain(gap_net(), IMAGES, **arguments)


def test_bad_comparisons_are_refused():
    with pytest.raises(TypeError, match=r"write \['cam'\]"):
        compare(gap_net(), IMAGES, "cam")
    with pytest.raises(ValueError, match="expected at least one method"):
        compare(gap_net(), IMAGES, [])
    with pytest.raises(TypeError, match="expected options of cam as a dictionary, got None"):
        compare(gap_net(), IMAGES, ["cam"], options={"cam": None})
    with pytest.raises(ValueError, match="expected a method to have options"):
        compare(gap_net(), IMAGES, ["grad_cam"], options={"cam": {"relu": False}})


def test_a_map_without_evidence_is_zero_and_says_so():
    net = gap_net()
    with torch.no_grad():
        net[7].weight[0] = -net[7].weight[0].abs()
    with pytest.warns(UserWarning, match="3 of 3 maps of grad_cam are zero everywhere"):
        answer = explain(net, IMAGES, target=0)
    assert torch.isfinite(answer.maps).all()
    assert answer.maps.abs().sum() == 0


def test_a_good_question_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compare(gap_net(), IMAGES, METHODS)


def test_cpu_and_gpu_agree():
    if not torch.cuda.is_available():
        pytest.skip(NO_CUDA)
    net = gap_net()
    here = compare(net, IMAGES, METHODS, target=1)
    there = compare(net.cuda(), IMAGES.cuda(), METHODS, target=1)
    for name in METHODS:
        torch.testing.assert_close(there[name].maps.cpu(), here[name].maps, rtol=1e-4, atol=1e-10)


@pytest.mark.parametrize(("method", "option"), [("cam", "relu"), ("grad_cam_plus_plus", "rectify")])
def test_a_switch_is_true_or_false(method, option):
    with pytest.raises(TypeError, match=f"expected {option} as True or False, got 'no'"):
        explain(gap_net(), IMAGES, method, **{option: "no"})
