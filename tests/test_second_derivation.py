"""Every method derived a second time: plain autograd on an ordinary copy, the papers' sums written out, in float64."""

import copy
from functools import cache

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torchvision import models

from cam_course import compare, explain, weights
from tests.test_masked import plain as plain_score_cam

# the layer explained, and an early one with few maps for Score-CAM, whose cost is a run a map
FAMILIES = {
    "vgg11": ("features.19", "features.1"),
    "resnet18": ("layer4", "layer1"),
    "squeezenet1_1": ("features.12", "features.3.squeeze_activation"),
    "mobilenet_v2": ("features.18", "features.2"),
    "shufflenet_v2_x0_5": ("conv5", "conv1"),
    "regnet_y_400mf": ("trunk_output", "stem"),
    "mnasnet0_5": ("layers.16", "layers.8"),
    "pots": ("stages.3", "stages.0.2"),
    "pots_flat": ("stages.3.2", "stages.0.2"),
}
PLANS = ["grad_cam", "grad_cam_plus_plus", "layer_cam", "hires_cam"]


@cache
def network(family):
    if family in weights.names():
        return weights.load(family).double()
    torch.manual_seed(3)
    return getattr(models, family)(weights=None).double().eval()


def pictures(family):
    side = 128 if family in weights.names() else 64
    return torch.rand(2, 3, side, side, dtype=torch.float64, generator=torch.Generator().manual_seed(8))


def ordinary(model):
    """A copy in which nothing works in place."""
    model = copy.deepcopy(model)
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    return model


def layer_and_gradient(model, images, layer, c):
    model, kept = ordinary(model), []
    model.get_submodule(layer).register_forward_hook(lambda _, __, output: kept.append(output))
    y = model(images)[:, c].sum()
    return kept[0].detach(), torch.autograd.grad(y, kept[0])[0]


def literal(method, A, g):
    """The papers' sums, channel by channel."""
    total = torch.zeros_like(A[:, 0])
    for k in range(A.shape[1]):
        a, d = A[:, k], g[:, k]
        if method == "grad_cam":
            term = d.sum((1, 2), keepdim=True) / d[0].numel() * a
        elif method == "grad_cam_plus_plus":
            numerator, denominator = d**2, 2 * d**2 + a.sum((1, 2), keepdim=True) * d**3
            alpha = torch.where(d > 0, numerator / denominator, torch.zeros_like(d))
            term = (alpha * d.clamp(min=0)).sum((1, 2), keepdim=True) * a
        else:
            term = (d.clamp(min=0) if method == "layer_cam" else d) * a
        total = total + term
    return total.clamp(min=0)


def near(mine, expected):
    assert float(expected.abs().max()) > 0, "all zero: this test shows nothing"
    torch.testing.assert_close(mine, expected, rtol=1e-6, atol=1e-9 * float(expected.abs().max()))


@pytest.mark.parametrize("family", FAMILIES)
def test_class_activation_maps(family):
    model, images, (layer, _) = network(family), pictures(family), FAMILIES[family]
    c = int(model(images)[0].argmax())
    A, g = layer_and_gradient(model, images, layer, c)
    answers = compare(model, images, [*PLANS, "guided_grad_cam"], target=c, layer=layer)
    for method in PLANS:
        expected = literal(method, A, g)
        near(answers[method].raw, expected)
        side = images.shape[-2:]
        near(answers[method].maps, F.interpolate(expected[:, None], size=side, mode="bilinear")[:, 0])
    guided = by_hooks(model, images, c, lambda inwards, outwards: inwards.relu())
    near(answers["guided_grad_cam"].attribution, guided * answers["grad_cam"].maps[:, None])


def by_hooks(model, images, c, rule):
    """Input gradients with a backward hook at every rectifier module."""
    model, images = ordinary(model), images.clone().requires_grad_()
    for module in model.modules():
        if isinstance(module, (nn.ReLU, nn.ReLU6)):
            module.register_full_backward_hook(lambda _, inwards, outwards: (rule(inwards[0], outwards[0]),))
    return torch.autograd.grad(model(images)[:, c].sum(), images)[0]


@pytest.mark.parametrize("family", FAMILIES)
def test_methods_in_pixel_space(family):
    model, images = network(family), pictures(family)
    c = int(model(images)[0].argmax())
    answers = compare(model, images, ["saliency", "guided_backprop", "deconvnet"], target=c)
    near(answers["saliency"].attribution, by_hooks(model, images, c, lambda inwards, outwards: inwards))
    near(answers["guided_backprop"].attribution, by_hooks(model, images, c, lambda inwards, outwards: inwards.relu()))
    near(answers["deconvnet"].attribution, by_hooks(model, images, c, lambda inwards, outwards: outwards.relu()))


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "vgg11"])  # 64 runs of it take long
def test_score_cam(family):
    model, images, (_, layer) = network(family), pictures(family)[:1], FAMILIES[family]
    c = int(model(images)[0].argmax())
    A, _ = layer_and_gradient(model, images, layer, c)
    with torch.no_grad():
        expected = plain_score_cam(model, images, A, [c])
    near(explain(model, images, "score_cam", target=c, layer=layer).raw, expected)


@pytest.mark.parametrize(
    ("family", "layers"),
    [
        ("pots", ["stages.1", "stages.2", "stages.3"]),
        ("resnet18", ["layer2", "layer3", "layer4"]),
    ],
)
def test_fused_layers(family, layers):
    model, images = network(family), pictures(family)
    c = int(model(images)[0].argmax())
    *shallow, deepest = (literal("layer_cam", *layer_and_gradient(model, images, layer, c)) for layer in layers)
    scaled = [(2 * map_ / map_.amax((1, 2), keepdim=True)).tanh() for map_ in shallow]
    scaled += [deepest / deepest.amax((1, 2), keepdim=True)]
    expected = torch.zeros_like(images[:, 0])
    for map_ in scaled:
        expected = expected.maximum(F.interpolate(map_[:, None], size=images.shape[-2:], mode="bilinear")[:, 0])
    answer = explain(model, images, "layer_cam", target=c, layer=[layers[1], layers[2], layers[0]])
    near(answer.maps, expected)
    assert answer.raw is None
    assert answer.layers == tuple(layers), "the deepest is the last to run, however they are listed"
