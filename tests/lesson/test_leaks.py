"""Five hundred moves later: no figure, hook, widget or channel more, and hardly any memory."""

import gc

import ipywidgets
import psutil
import pytest
import torch
from comm import get_comm_manager
from matplotlib import pyplot

from cam_course import visualize, weights
from cam_course.lesson import widgets
from cam_course.pots import KINDS, Scenes

MOVES, WARM = 500, 60
MOST = 20e6  # bytes


@pytest.fixture(scope="module")
def model():
    return weights.load("pots")


@pytest.fixture(scope="module")
def scene():
    return Scenes("pair", "test", n=18)[17]


def explorer(model, scene):
    regions, image = {"plants": scene["plants"].any(0)}, scene["image"]
    layers, start = ["stages.1", "stages.2", "stages.3"], {"class_": 0, "layer": "stages.3"}
    return widgets.class_and_layer(model, image, regions, classes=KINDS, layers=layers, start=start, alt="A map.")


def player(model, scene):
    found = {"pots": [visualize.visualize_class(model, kind, size=32, steps=4) for kind in range(2)]}
    return widgets.class_models(found, {"pots": model}, [scene["image"]] * 2, classes=KINDS, start=0, alt="Squares.")


def bench(model, scene):
    methods = ["saliency", "grad_cam", "layer_cam", "guided_backprop"]
    return widgets.workbench(model, scene["image"], classes=KINDS, methods=methods, start={"second": "layer_cam"})


def values(control):
    return [value for _, value in control.options]


def move(widget, times):
    """Turn all controls, each at its own pace, so that many different states are met."""
    controls = list(widget.controls.values())
    for turn in range(times):
        control = controls[turn % len(controls)]
        choices = values(control)
        control.value = choices[(choices.index(control.value) + 1) % len(choices)]


def held(model):
    """What could be forgotten: figures, widgets, channels, and hooks."""
    gc.collect()
    hooks = sum(
        len(part._forward_hooks) + len(part._forward_pre_hooks) + len(part._backward_hooks) for part in model.modules()
    )
    registry = getattr(ipywidgets.widgets.widget, "_instances", None)  # 7.7: Widget.widgets
    registry = ipywidgets.Widget.widgets if registry is None else registry
    return len(pyplot.get_fignums()), len(registry), len(get_comm_manager().comms), hooks


@pytest.mark.parametrize("make", [explorer, player, bench], ids=lambda make: make.__name__)
def test_five_hundred_moves_leave_nothing_behind(make, model, scene):
    widget = make(model, scene)
    move(widget, WARM)
    before, memory = held(model), psutil.Process().memory_info().rss
    move(widget, MOVES)
    assert held(model) == before
    assert psutil.Process().memory_info().rss - memory <= MOST
    assert 'role="status"' in widget._numbers.value


def test_what_is_left_behind_would_be_found(model):
    before = held(model)
    pyplot.figure()
    hook = model.register_forward_hook(lambda *_: None)
    label = ipywidgets.Label()
    after = held(model)
    hook.remove()
    label.close()
    pyplot.close("all")
    assert [now - then for now, then in zip(after, before, strict=True)][0::3] == [1, 1]
    assert after[1] > before[1]
    assert after[2] > before[2]
    assert torch.is_grad_enabled()
