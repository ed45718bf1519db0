"""Checks of lesson 00, start here."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.lesson.exercises import Verdict, compare_function, exercise, right, wrong


def _is_nan(value: object) -> bool:
    """Whether a value is one number, and that number NaN; anything else is judged later."""
    try:
        return math.isnan(float(value))
    except (TypeError, ValueError, RuntimeError):
        return False


def _scenes() -> list[tuple[Tensor, Tensor]]:
    """Three maps and masks: an ordinary one, one brighter than 1, an empty map."""
    generator = torch.Generator().manual_seed(5)
    maps = [torch.rand(6, 7, generator=generator), 9 * torch.rand(6, 7, generator=generator), torch.zeros(6, 7)]
    masks = [torch.rand(6, 7, generator=generator) > threshold for threshold in (0.6, 0.3, 0.5)]
    return list(zip(maps, masks, strict=True))


def energy(heatmap: Tensor, mask: Tensor) -> Tensor:
    """The share of a map's sum inside a mask."""
    total = heatmap.sum()
    return heatmap[mask].sum() / total if total > 0 else total


@exercise("00.1", title="Measure how much of a map lies in a mask")
def check_energy(answer: Callable) -> Verdict:
    """Energy inside: a share of the map's sum, not of its pixels."""
    mistakes = [
        (
            "mean inside",
            lambda m, mask: m[mask].mean(),
            "This is the mean of the map inside the mask. The energy is a share: the sum inside, over the sum of all.",
        ),
        (
            "share of pixels",
            lambda m, mask: mask.double().mean(),
            "This is how much of the picture the mask covers; the map plays no part in it. Sum the map's values.",
        ),
        (
            "sum inside",
            lambda m, mask: m[mask].sum(),
            "This is the sum inside the mask, in the map's own unit. Divide by the sum over the whole map.",
        ),
        (
            "inside over outside",
            lambda m, mask: m[mask].sum() / m[~mask].sum().clamp(min=1e-9),
            "You divided by the sum outside the mask. A share of the whole divides by the whole, inside included.",
        ),
        (
            "outside",
            lambda m, mask: m[~mask].sum() / m.sum() if m.sum() > 0 else m.sum(),
            "This is the share outside: the mask is inverted.",
        ),
    ]
    if callable(answer) and _is_nan(answer(torch.zeros(2, 2), torch.ones(2, 2).bool())):
        return wrong("An empty map gives NaN, which is 0/0. A map without energy has none in the mask: return 0 then.")
    return compare_function(answer, energy, _scenes(), mistakes=mistakes, praise="And an empty map counts as 0.")


def _verdicts() -> list[tuple[Tensor, Tensor, Tensor]]:
    """Predictions, labels and pot colors, of which the last have no wrong prediction at all."""
    generator = torch.Generator().manual_seed(6)
    draw = lambda: torch.randint(4, (40,), generator=generator)  # noqa: E731 - one line, used three times
    labels, colors = draw(), draw()
    predicted = torch.where(torch.rand(40, generator=generator) < 0.5, colors, draw())
    return [(predicted, labels, colors), (labels, labels, colors)]


def follows(predicted: Tensor, labels: Tensor, colors: Tensor) -> Tensor:
    """Among wrong predictions, the share that names the usual owner of the pot."""
    at_fault = predicted != labels
    return (predicted == colors)[at_fault].double().mean() if at_fault.any() else torch.tensor(0.0)


@exercise("00.2", title="Find the culprit among the errors")
def check_follows(answer: Callable) -> Verdict:
    """Errors that follow the pot: of the errors, not of all predictions."""
    mistakes = [
        (
            "of all predictions",
            lambda p, t, c: (p == c).double().mean(),
            "You counted over all predictions. Right ones tell nothing here: keep the wrong ones only.",
        ),
        (
            "errors over all",
            lambda p, t, c: ((p == c) & (p != t)).double().mean(),
            "You divided by the number of all predictions. Of the wrong ones, which share names the pot's owner?",
        ),
        (
            "error rate",
            lambda p, t, c: (p != t).double().mean(),
            "This is the error rate. Now look only at those errors, and ask what they name.",
        ),
        (
            "labels instead of predictions",
            lambda p, t, c: (t == c)[p != t].double().mean() if (p != t).any() else torch.tensor(0.0),
            "You compared the labels with the pots. The question is what the network said: compare the predictions.",
        ),
        (
            "a count",
            lambda p, t, c: ((p == c) & (p != t)).sum(),
            "This is a count. Divide by the number of wrong predictions, so that more pictures do not mean more.",
        ),
    ]
    if callable(answer) and _is_nan(answer(*_verdicts()[1])):
        return wrong("A network without errors gives NaN, the mean of nothing. Return 0 then.")
    praise = "A number near 1 says whom the network listens to when it is wrong."
    return compare_function(answer, follows, _verdicts(), mistakes=mistakes, praise=praise)


@exercise("00.3", title="Put one thing into the spotlight")
def check_spotlight(answer: Callable) -> Verdict:
    """A picture is judged by what it must show: colors inside, gray and darker outside."""
    image = torch.rand(3, 8, 9, generator=torch.Generator().manual_seed(8)) * 0.8 + 0.1
    mask = torch.zeros(8, 9, dtype=torch.bool)
    mask[2:6, 3:7] = True
    shown = answer(image, mask)
    problem = _not_a_picture(shown) or _not_a_spotlight(shown, image, mask)
    return wrong(problem) if problem else right("What is lit keeps its colors; the rest steps back.")


def _not_a_picture(shown: object) -> str | None:
    if not isinstance(shown, Tensor) or shown.shape != (3, 8, 9):
        got = tuple(shown.shape) if isinstance(shown, Tensor) else type(shown).__name__
        return f"Expected a tensor of shape (3, H, W), like the image, got {got}. torch.where keeps the shape."
    return None


def _not_a_spotlight(shown: Tensor, image: Tensor, mask: Tensor) -> str | None:
    inside, outside = shown[:, mask], shown[:, ~mask]
    if torch.allclose(shown[:, ~mask], image[:, ~mask], atol=1e-3) and not torch.allclose(inside, image[:, mask]):
        return "The light falls on the wrong side: the mask is inverted."
    if not torch.allclose(inside, image[:, mask], atol=1e-3):
        return "Inside the mask the picture must stay as it was, color and brightness."
    if torch.allclose(outside, image[:, ~mask], atol=1e-3):
        return "Outside the mask nothing changed: make it gray and darker there."
    if (outside.amax(0) - outside.amin(0)).max() > 0.02:
        return (
            "Outside the mask there are still colors: average over the three channels, then use the mean for all three."
        )
    if outside.mean() > 0.55 * image[:, ~mask].mean():
        return "Outside the mask it is gray but not dark enough: at most half as bright as before."
    if outside.min() < 0:
        return "Outside the mask some values are below 0: multiply to make it darker, do not subtract."
    if outside.std() < 0.005:
        return "Outside the mask nothing can be seen any more: keep the gray picture, darker."
    return None
