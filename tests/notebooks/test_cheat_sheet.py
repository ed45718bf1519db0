"""The calls of the cheat sheet run, and cost what it says."""

import re

import pytest
import torch

import cam_course
from cam_course.pots.nets import PotNet

from .page_rules import PAGES, table

CALLS = re.findall(r"`((?:explain|visualize_class)\([^`]+\))`", PAGES["cheat_sheet"])


def test_the_cheat_sheet_has_every_method_and_the_class_model():
    called = re.findall(r'explain\(model, x, "(\w+)"', "\n".join(CALLS))
    assert sorted(called) == sorted(cam_course.METHODS)
    assert [call for call in CALLS if not call.startswith("explain")] == ["visualize_class(model, c)"]
    assert len(table(PAGES["cheat_sheet"], "method, lesson, call")) == len(CALLS)


@pytest.fixture(scope="module")
def tiny():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = PotNet(widths=(3, 4, 5, 6)).eval()
        return {"model": model, "x": torch.rand(2, 3, 32, 32), "c": 1}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_the_cheat_sheet_runs(call, tiny):
    names = {"explain": cam_course.explain, "visualize_class": quick_visualize_class}
    answer = eval(call, names | tiny)  # noqa: S307 - the course's own page
    shown = answer.maps if call.startswith("explain") else answer.image
    assert shown.shape[-2:] == (32, 32)
    assert torch.isfinite(shown).all()


def quick_visualize_class(model, target):
    return cam_course.visualize_class(model, target, size=32, steps=2)


PASSES = re.compile(r"^(?:(\d+|K \+ 1) F)(?: \+ (\d+) B)?")


@pytest.mark.parametrize("row", table(PAGES["cheat_sheet"], "method, lesson, call"), ids=lambda row: row["cost"][:12])
def test_counted_passes_are_what_the_package_runs_at_most(row, tiny):
    """Passes of the page, counted by a hook; the package adds what it checks: CAM's head, Score-CAM's activations."""
    call = re.search(r"`([^`]+)`", row["method, lesson, call"]).group(1)
    forward, _ = PASSES.match(row["cost"]).groups()
    if not call.startswith("explain"):
        assert forward == "256"  # the default number of steps
        return
    seen = []
    hook = tiny["model"].stages[0][0].register_forward_hook(lambda module, inputs, output: seen.append(len(inputs[0])))
    try:
        eval(call, {"explain": cam_course.explain} | tiny | {"x": tiny["x"][:1]})  # noqa: S307 - the course's own page
    finally:
        hook.remove()
    expected = 6 + 1 if forward == "K + 1" else int(forward)
    extra = {"cam": 1, "score_cam": 2}.get(re.search(r'"(\w+)"', call).group(1), 0)
    assert expected <= sum(seen) <= expected + extra
