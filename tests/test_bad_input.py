"""What a reader gets wrong is refused in words that say what was expected, what came, and what to do."""

import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torchvision import models

from cam_course import compare, explain, layers, metrics, overlay, targets, visualize_class
from tests.small_nets import gap_net

IMAGES = torch.rand(2, 3, 9, 11, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
MAPS = torch.rand(2, 5, 7)
MASKS = MAPS > 0.5
TWO_LAYERS = ["0", "1"]


@pytest.mark.parametrize(
    ("method", "options", "error", "message"),
    [
        ("cam", {"relu": "no"}, TypeError, "expected relu as True or False, got 'no'"),
        (
            "layer_cam",
            {"layer": TWO_LAYERS, "gamma": -1},
            ValueError,
            "expected gamma as a finite.* above 0, got -1",
        ),
        ("layer_cam", {"layer": TWO_LAYERS, "gamma": "a"}, ValueError, "expected gamma as a finite number.*got 'a'"),
        ("layer_cam", {"gamma": 3}, ValueError, "expected gamma with a list of layers, got gamma=3 with one layer"),
        ("score_cam", {"baseline": "blur"}, ValueError, "expected a baseline.*got 'blur'; for a blurred copy pass"),
        (
            "score_cam",
            {"baseline": float("nan")},
            ValueError,
            "expected a baseline as a finite number.*got nan",
        ),
        ("score_cam", {"batch_size": 1.5}, TypeError, "expected batch_size as an int, got 1.5"),
        ("score_cam", {"progress": "yes"}, TypeError, "expected progress as True or False, got 'yes'"),
        ("Grad-CAM++", {}, ValueError, "did you mean 'grad_cam_plus_plus'"),
        (["cam"], {}, TypeError, r"got \['cam'\]; for several methods use compare"),
        (None, {}, TypeError, "got None; see METHODS"),
    ],
)
def test_options_and_names(method, options, error, message):
    with pytest.raises(error, match=message):
        explain(gap_net(), IMAGES, method, target=1, **options)


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        (targets.Class, TypeError, r"got the class Class itself; write Class\(...\)"),
        (torch.eye(2, 3).long(), TypeError, "expected target as None"),
        (
            targets.Class(torch.eye(2, 3).long()),
            ValueError,
            r"got a table \(2, 3\); for one-hot rows pass",
        ),
        (targets.Word(0), ValueError, "expected the output of a captioning network"),
    ],
)
def test_targets(target, error, message):
    with pytest.raises(error, match=message) as caught:
        explain(gap_net(), IMAGES, target=target)
    assert len(str(caught.value)) < 400


def test_a_negated_class_has_no_probability():
    with pytest.raises(ValueError, match="every weight would be negative"):
        explain(gap_net(), IMAGES, "score_cam", target=targets.Counterfactual(1), weights="probability")


def test_torchscript_is_refused_before_any_hook():
    scripted = torch.jit.script(gap_net())
    for ask in (lambda: explain(scripted, IMAGES), lambda: compare(scripted, IMAGES, ["cam"], layer="0")):
        with pytest.raises(TypeError, match="got TorchScript in it"):
            ask()


def test_an_unknown_layer_of_a_large_network_is_answered_in_a_sentence():
    net = models.resnet18(weights=None)
    with pytest.raises(ValueError, match=r"got 'layer5'; did you mean 'layer4'\? layers\(model, image\) lists them"):
        explain(net, torch.rand(1, 3, 64, 64), layer="layer5")


class TestChannelsLast:
    NET, IMAGE = models.convnext_tiny(weights=None).eval(), torch.rand(3, 64, 64)

    def test_layers_leaves_out_what_works_on_channels_last(self):
        found = {layer.name: layer for layer in layers(self.NET, self.IMAGE)}
        inside = [name for name in found if name.endswith((".block.2", ".block.3", ".block.4", ".block.5"))]
        assert inside == []
        assert found["features.7"].default
        assert all(layer.shape[0] in (96, 192, 384, 768) for layer in found.values())

    def test_one_that_is_named_is_refused(self):
        with pytest.raises(ValueError, match=r"got \(N, h, w, K\), channels last, from 'features.7.2.block.3'"):
            explain(self.NET, self.IMAGE, target=0, layer="features.7.2.block.3")


def test_on_small_images_the_last_layer_with_places_is_said_to_be_that():
    torch.manual_seed(0)  # of all weights and pictures drawn at random, a few have an empty map, which is told, too
    net, image = models.resnet18(weights=None).eval(), torch.rand(3, 32, 32)
    (default,) = [layer for layer in layers(net, image) if layer.default]
    assert (default.name, "more than one position" in default.note) == ("layer3", True)
    with pytest.warns(UserWarning, match="have one position for images of .32, 32. pixels, so 'layer3' is explained"):
        explain(net, image, target=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explain(net, torch.rand(3, 64, 64), target=0)


def test_a_map_of_one_place_is_said_to_show_none():
    net = models.resnet18(weights=None).eval()
    with pytest.warns(UserWarning, match=r"the maps of 'avgpool' are 1 × 1 and say nothing about places"):
        explain(net, torch.rand(3, 64, 64), "hires_cam", target=0, layer="avgpool")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": lambda model, images: images}, r"gives maps \(2, 12, 12\), one per image, got \(2, 3, 12, 12\)"),
        ({"layers": []}, "expected layers with parameters to draw anew, got none"),
        ({"layers": ["1"]}, "expected layers with parameters to draw anew, got '1'"),
        ({"classes": [0, 1]}, "expected target, got classes"),
    ],
)
def test_randomization(options, message):
    images = torch.rand(2, 3, 12, 12, dtype=torch.float64)
    with pytest.raises(ValueError, match=message):
        metrics.randomization(gap_net(), images, **options)


def test_a_zero_gradient_is_not_called_missing_evidence():
    constant = nn.Sequential(gap_net(), nn.Hardtanh(1e9, 2e9))
    with pytest.warns(UserWarning, match="saliency are zero everywhere: the score does not depend on"):
        explain(constant, IMAGES, "saliency", target=0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.instance_recall(MAPS[0], MASKS[0], 0.3), ValueError, r"for one instance pass mask\[None\]"),
        (lambda: metrics.energy_inside(MAPS, MASKS[0, 0]), ValueError, "expected masks of the maps' shape"),
        (lambda: metrics.iou(MAPS, MASKS[:, :1], 0.3), ValueError, "expected masks of the maps' shape"),
        (lambda: metrics.iou(-MAPS, MASKS, 0.3), ValueError, "expected maps that are at least 0"),
        (lambda: metrics.energy_inside(MAPS / 0, MASKS), ValueError, "expected finite maps, got NaN or infinity"),
        (lambda: metrics.pointing_game(MAPS * np.nan, MASKS), ValueError, "expected finite maps"),
        (
            lambda: overlay(255 * torch.rand(3, 5, 7), MAPS[0]),
            ValueError,
            "expected an image in 0…1.*divide 0…255",
        ),
        (lambda: overlay(torch.rand(3, 5, 7), MAPS[0], colormap="virids"), ValueError, "did you mean 'viridis'"),
    ],
)
def test_measures_and_pictures(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"size": (3,)}, ValueError, r"expected size as a side or \(H, W\).*got \(3,\)"),
        ({"size": 0}, ValueError, "expected size as a side"),
        ({"steps": 1.5}, TypeError, "expected steps as an int, got 1.5"),
        ({"jitter": -1}, ValueError, "expected jitter of at least 0, got -1"),
        ({"l2": "a"}, TypeError, "expected l2 as a number, got 'a'"),
        ({"std": torch.zeros(3)}, ValueError, "expected std above 0 for each color"),
        ({"mean": torch.zeros(2)}, ValueError, "expected mean and std of 3 numbers"),
    ],
)
def test_class_models(options, error, message):
    with pytest.raises(error, match=message):
        visualize_class(gap_net(), 0, **{"size": 8, "steps": 2, **options})
