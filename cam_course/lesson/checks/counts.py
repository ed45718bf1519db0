"""Judges a function that turns a detector's output into counts: on hidden scenes, and by what moves the counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from cam_course import weights
from cam_course.lesson.checks.written_into import shared
from cam_course.lesson.exercises import Verdict, right, wrong
from cam_course.lesson.guarding import AnswerError
from cam_course.pots import KINDS, Scenes

HIDDEN = 100  # scenes that the lesson does not show
GOOD_ENOUGH = 0.8  # share of scenes in which all four counts are right; adding up the scores alone reaches about 0.7
STEPS = 19  # scores that one detection is given, from 0.05 to 0.95

Found = list[dict[str, Tensor]]
_NONE = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64), "scores": torch.zeros(0)}


@cache
def _hidden() -> tuple[Found, Tensor]:
    """What the detector finds in hidden scenes, without a graph, and how many of each kind stand there."""
    scenes = Scenes("mixed", "val", n=HIDDEN)
    items = [scenes[i] for i in range(HIDDEN)]
    truth = torch.tensor([[item["kinds"].count(kind) for kind in range(len(KINDS))] for item in items])
    with torch.no_grad():
        return weights.load("pots_detection")(torch.stack([item["image"] for item in items])), truth


def _fresh(found: Found) -> Found:
    return [{**one, "scores": one["scores"].clone().requires_grad_()} for one in found]


def judged_counts(answer: Callable) -> Verdict:
    """Any rule will do that counts right on hidden scenes, and of which every detection that counts has a gradient."""
    stops = _stops_at_nothing(answer)  # a stub is told so before scenes are rendered
    found, truth = _hidden()
    counted = answer(_fresh(found), len(KINDS))
    if stops:
        return wrong("Your function stops at a picture without any detection, which must still give a row of zeros.")
    if problem := _form(counted, truth) or _without_detections(answer, found[0]):
        return wrong(problem)
    share = float((counted.detach().round() == truth).all(1).double().mean())
    if share < GOOD_ENOUGH:
        return wrong(_advice(counted.detach(), found, truth, share))
    if problem := _mixed(counted, found, answer) or _gradient(answer, found[:10], counted):
        return wrong(problem)
    return right(
        f"All four counts are right in {share:.0%} of {HIDDEN} hidden scenes, and each detection can move its count. "
        "Do all plants that you counted have light below? Compare it with the slopes."
    )


def _stops_at_nothing(answer: Callable) -> bool:
    try:
        answer([_NONE], len(KINDS))
    except AnswerError:
        return True
    return False


def _form(counted: object, truth: Tensor) -> str | None:
    if not isinstance(counted, Tensor):
        return f"Expected a tensor, got {type(counted).__name__}: `torch.stack` makes one of a list of tensors."
    if counted.shape == truth.T.shape and counted.shape != truth.shape:
        return f"Rows and columns changed places: one row per image, {tuple(truth.shape)}, got {tuple(counted.shape)}."
    if counted.shape != truth.shape:
        return f"Expected one row per image and one column per kind, {tuple(truth.shape)}, got {tuple(counted.shape)}."
    if not counted.is_floating_point():
        return (
            f"Expected numbers with a fraction, got {counted.dtype}: whole numbers have no gradient, and without one "
            "there is no map. Which number of a detection says how much there is to it?"
        )
    if counted.requires_grad and (counted == counted.round()).all():
        return (
            "All your counts are whole numbers: a threshold, or a rounded sum, is flat: its gradient is 0 wherever "
            "it has one. The check rounds; your function should not."
        )
    return None


def _mixed(counted: Tensor, found: Found, answer: Callable) -> str | None:
    """Whether a picture's counts depend on the others in its batch."""
    if torch.allclose(torch.cat([answer([one], len(KINDS)) for one in found[:10]]), counted[:10], atol=1e-4):
        return None
    return "A picture counted alone gives other numbers than in its batch: something adds up over pictures."


def _without_detections(answer: Callable, one: dict[str, Tensor]) -> str | None:
    counted = answer([{name: values[:0] for name, values in one.items()}], len(KINDS))
    if isinstance(counted, Tensor) and counted.shape == (1, len(KINDS)) and not counted.any():
        return None
    return "In a picture without any detection, each count is 0; yours is not. Does a loop run over nothing there?"


def _advice(counted: Tensor, found: Found, truth: Tensor, share: float) -> str:
    said = f"All four counts are right in {share:.0%} of {HIDDEN} hidden scenes; {GOOD_ENOUGH:.0%} are asked for."
    if (counted == counted[:, :1]).all():
        return f"{said} Every kind gets the same number: which detections belong to a kind?"
    if (counted.round() == truth.clamp(max=1)).all(1).double().mean() > GOOD_ENOUGH:
        return f"{said} You never count more than one of a kind: a maximum or a mean does not add up."
    if (counted.round() == truth.roll(1, 1)).all(1).double().mean() > share:
        return f"{said} The kinds are off by one: the labels of this detector begin at 0."
    if (counted > truth + 0.5).double().mean() > 0.1:
        return f"{said} Too many: may one plant count for more than one?"
    if (counted - _added_up(found)).abs().max() < 1e-4:
        return (
            f"{said} You added up the scores. This detector gives many a true plant 0.7: two of them count as 1.4, and "
            "that rounds to 1. What should a detection count that is *surely* there?"
        )
    return (
        f"{said} This detector gives many a true plant a score of 0.3 to 0.5: what do those count? Print your counts "
        "of one scene beside its kinds."
    )


def _added_up(found: Found) -> Tensor:
    kinds = torch.arange(len(KINDS))
    return torch.stack([((one["labels"][:, None] == kinds) * one["scores"][:, None]).sum(0) for one in found])


def _gradient(answer: Callable, found: Found, counted: Tensor) -> str | None:
    if not counted.requires_grad:
        return (
            "The counts are right, but they are counted, not computed: no gradient leads back to the detector, so "
            "nothing can be explained. Let each detection add a number that rises with its score."
        )
    if any(_rise(answer, one, i) <= 0 for one in found for i in range(len(one["scores"]))):
        return (
            "The counts are right, but a detection that gets surer does not pull its count up: at every score its "
            "gradient is 0, or negative. Something cuts the graph (`detach`, `item`, a comparison), and its map would "
            "be empty."
        )
    return None


def _rise(answer: Callable, one: dict[str, Tensor], i: int) -> float:
    """The largest gradient of detection i's count as its score goes from 0.05 to 0.95, less 1 where one is negative."""
    label, none = int(one["labels"][i]), {name: values[:0] for name, values in one.items()}
    grown = []
    for score in torch.linspace(0.05, 0.95, STEPS):
        scores = one["scores"].clone()
        scores[i] = score
        grown.append({**one, "scores": shared(scores.requires_grad_())})
    counted = answer([none, *grown, none], len(KINDS))[1:-1, label]
    if not counted.requires_grad:
        return 0.0
    found = torch.autograd.grad(counted.sum(), [g["scores"] for g in grown], allow_unused=True)
    slopes = torch.stack([torch.zeros(()) if g is None else g[i] for g in found])  # (STEPS,)
    return float(slopes.max()) - float(slopes.min() < 0)
