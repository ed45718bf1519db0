"""Checks of lesson 08, LayerCAM."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from cam_course import weights
from cam_course.capture import capture
from cam_course.lesson.exercises import Verdict, compare_function, exercise, right, wrong
from cam_course.methods.cams import grad_cam, hires_cam, layer_cam
from cam_course.metrics import iou
from cam_course.pots import Scenes

HIDDEN = 24  # scenes of the third exercise, with pots that the lesson's pictures do not have
GOOD_ENOUGH = 0.64  # mean IoU; the last stage alone, at the threshold that suits it best, reaches about 0.62


def _layer(seed: int) -> tuple[Tensor, Tensor]:
    """Activations after a rectifier, and gradients of either sign."""
    draw = torch.Generator().manual_seed(seed)
    shape = (6, 4, 5)
    return torch.randn(shape, generator=draw).relu(), torch.randn(shape, generator=draw)


def _removed(activations: Tensor, gradients: Tensor) -> Tensor:
    return (activations * (-gradients).relu()).sum(0)


@exercise("08.1", title="Take the inner ReLU away, and show what it removes")
def check_hires_and_removed(answer: Callable) -> Verdict:
    """Where the ReLU stands, before the sum or after it, is all the difference."""

    def both(activations: Tensor, gradients: Tensor) -> tuple[Tensor, Tensor]:
        return hires_cam(activations, gradients), _removed(activations, gradients)

    def with_first(first: Callable) -> Callable:
        return lambda A, g: (first(A, g), _removed(A, g))

    def with_second(second: Callable) -> Callable:
        return lambda A, g: (hires_cam(A, g), second(A, g))

    mistakes = [
        (
            "kept the inner ReLU",
            with_first(layer_cam),
            "Your first map is LayerCAM: its gradients are still rectified before the sum. HiResCAM lets the negative "
            "terms take part in the sum.",
        ),
        (
            "took the mean",
            with_first(grad_cam),
            "Your first map takes the mean of the gradient over all places: that is Grad-CAM. HiResCAM multiplies "
            "place by place.",
        ),
        (
            "forgot the outer ReLU",
            with_first(lambda A, g: (A * g).sum(0)),
            "Your first map has negative values: only the inner ReLU goes, the one after the sum stays.",
        ),
        (
            "the difference of finished maps",
            with_second(lambda A, g: layer_cam(A, g) - hires_cam(A, g)),
            "Your second map is the difference of two finished maps. Where the sum is negative, HiResCAM's outer ReLU "
            "has cut it to zero, and the difference no longer holds all that was dropped.",
        ),
        (
            "rectified after the sum",
            with_second(lambda A, g: (A * -g).sum(0).relu()),
            "Your second map rectifies after the sum: it shows the places where the negative terms win. The inner ReLU "
            "acts on every term, before the sum, also where the positive terms win.",
        ),
        ("the sign", with_second(lambda A, g: -_removed(A, g)), "Your second map is negative; a size is at least 0."),
        (
            "the size of every term",
            with_second(lambda A, g: (A * g).abs().sum(0)),
            "Your second map also counts the terms that speak for the class. They are kept: what is dropped?",
        ),
        (
            "gradients alone",
            with_second(lambda A, g: (-g).relu().sum(0)),
            "Your second map adds up gradients alone. A negative gradient where the channel is silent removes nothing: "
            "each term is gradient times activation.",
        ),
        (
            "swapped",
            lambda A, g: both(A, g)[::-1],
            "The two maps are in the wrong order: HiResCAM first, then what the inner ReLU removes.",
        ),
    ]
    praise = "Before the outer ReLU, LayerCAM = HiResCAM + what the inner ReLU removes: at every place."
    return compare_function(answer, both, [_layer(81), _layer(82)], mistakes=mistakes, praise=praise)


def _soft(seed: int, sharpness: tuple[float, float]) -> tuple[Tensor, Tensor, list[float]]:
    """Blobs around masks, the two halves of the pictures of different softness, so that they want other thresholds."""
    draw = torch.Generator().manual_seed(seed)
    place = torch.linspace(-1, 1, 24)
    distance = (place[:, None].square() + place.square()).sqrt()  # (24, 24)
    radius = 0.4 + 0.3 * torch.rand(10, 1, 1, generator=draw)
    steep = torch.tensor(sharpness).repeat_interleave(5)[:, None, None]
    noise = 1 + 0.2 * torch.rand(10, 24, 24, generator=draw)
    return noise * torch.exp(-steep * distance.square()), distance < radius, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]


def _table(maps: Tensor, masks: Tensor, thresholds: list[float]) -> Tensor:
    return torch.stack([iou(maps, masks, t) for t in thresholds])  # (thresholds, N)


def _by_halves(scores: Tensor, own: bool, *, step: bool = False) -> Tensor:
    """Each half at a threshold chosen on itself or on the other one."""
    parts = (scores[:, ::2], scores[:, 1::2]) if step else scores.chunk(2, dim=1)
    judges = parts if own else parts[::-1]
    found = [part[int(judge.mean(1).argmax())] for part, judge in zip(parts, judges, strict=True)]
    return torch.stack(found, 1).flatten() if step else torch.cat(found)


def honest_iou(maps: Tensor, masks: Tensor, thresholds: list[float]) -> Tensor:
    """IoU of each picture at the threshold that suits the other half best."""
    return _by_halves(_table(maps, masks, thresholds), own=False)


@exercise("08.2", title="Choose the threshold on one half, measure on the other")
def check_honest_iou(answer: Callable) -> Verdict:
    """What was fitted on a picture must not be measured on it."""

    def mistaken(change: Callable[[Tensor], Tensor]) -> Callable:
        return lambda maps, masks, thresholds: change(_table(maps, masks, thresholds))

    mistakes = [
        (
            "chosen where it is measured",
            mistaken(lambda s: _by_halves(s, own=True)),
            "Each half is measured at the threshold that was chosen on itself: that is the very thing to avoid. Let "
            "the halves change places between choosing and measuring.",
        ),
        (
            "chosen on all",
            mistaken(lambda s: s[s.mean(1).argmax()]),
            "One threshold, chosen on all pictures, and measured on the same ones. No picture may take part in the "
            "choice of the threshold at which it is measured.",
        ),
        (
            "best for each picture",
            mistaken(lambda s: s.amax(0)),
            "You took for each picture the threshold that suits it best. To know that one you need the mask, which "
            "nobody has who needs a heatmap.",
        ),
        (
            "mean over the thresholds",
            mistaken(lambda s: s.mean(0)),
            "You averaged over the thresholds. Choose one for each half: that of the other half's highest mean IoU.",
        ),
        (
            "halves change places in the result",
            mistaken(lambda s: _by_halves(s, own=False).roll(s.shape[1] // 2)),
            "The numbers are right, but in another order: the first half of the result belongs to the first half of "
            "the pictures.",
        ),
        (
            "every second picture",
            mistaken(lambda s: _by_halves(s, own=False, step=True)),
            "You split into every second picture. That is as honest, but here the halves are the first N/2 pictures "
            "and the rest.",
        ),
        (
            "averaged at the end",
            mistaken(lambda s: _by_halves(s, own=False).mean()),
            "You returned one number. Return the IoU of every picture, (N,): without them there is no interval.",
        ),
    ]
    inputs = [_soft(821, (1.0, 6.0)), _soft(822, (8.0, 2.0))]
    return compare_function(answer, honest_iou, inputs, mistakes=mistakes)


@cache
def _hidden() -> tuple[Tensor, list[list[Tensor]], Tensor]:
    """Scenes, their LayerCAM maps (64×64 to 16×16, raw), and their plants' masks."""
    batch = Scenes("swapped", "test", n=HIDDEN).batch(progress=False)
    stages = [f"stages.{i}" for i in range(4)]
    shown = capture(weights.load("pots"), batch["image"], stages, target=batch["label"])
    maps = [layer_cam(shown.activations[stage], shown.gradients[stage]) for stage in stages]
    return batch["image"], [list(one) for one in zip(*maps, strict=True)], batch["plant"]


@exercise("08.3", title="Cut the plant out")
def check_cut_out(answer: Callable) -> Verdict:
    """A cut-out is judged by what it covers, so that every rule that works is right."""
    images, maps, masks = _hidden()
    first = answer(images[0], maps[0])
    problem = _form(first, masks[0]) or _steady(answer, images[0], maps[0], first)
    if problem:
        return wrong(problem)
    shown = torch.stack([answer(image, one) for image, one in zip(images, maps, strict=True)]).cpu()
    return _score(shown, masks)


def _form(shown: object, mask: Tensor) -> str | None:
    if not isinstance(shown, Tensor):
        return f"Expected a tensor, got {type(shown).__name__}: compare a map with a number, as in `m > 0.5`."
    if shown.shape != mask.shape:
        return (
            f"Expected a cut-out of the image's size {tuple(mask.shape)}, got {tuple(shown.shape)}: `upsample(m, "
            "image.shape[-2:])` enlarges a map."
        )
    if shown.dtype != torch.bool:
        return f"Expected true or false for each pixel, got {shown.dtype}: a pair of scissors knows no gray."
    return None


def _steady(answer: Callable, image: Tensor, maps: list[Tensor], first: Tensor) -> str | None:
    if not torch.equal(answer(image, [100 * m for m in maps]), first):
        return (
            "The cut-out changes when all maps are 100 times as strong: they are raw, in score units. Take thresholds "
            "as shares of a maximum."
        )
    if (answer(image, [100 * maps[0], *maps[1:]]) != first).double().mean() > 0.01:
        return (
            "The cut-out changes when the map of stages.0 alone is 100 times as strong. The stages have different "
            "units: divide each map by its own maximum before you put them together."
        )
    empty = answer(image, [0 * m for m in maps])
    return "From empty maps something is cut out: look for 0/0, or for a `>=` where 0 ≥ 0." if empty.any() else None


def _score(shown: Tensor, masks: Tensor) -> Verdict:
    shared, found, true = ((one.sum((-2, -1)).double()) for one in (shown & masks, shown, masks))
    score = float((shared / (found + true - shared).clamp(min=1)).mean())
    precision, recall = float((shared / found.clamp(min=1)).mean()), float((shared / true).mean())
    if score >= GOOD_ENOUGH:
        return right(f"Mean IoU {score:.2f} on {HIDDEN} hidden scenes. Now show the picture below to somebody.")
    numbers = f"Mean IoU {score:.3f}; on {HIDDEN} hidden scenes it must reach {GOOD_ENOUGH}."
    shares = f"Of what you cut out, {precision:.0%} is plant; of the plants, you got {recall:.0%}."
    return wrong(f"{numbers} {shares} {_advice(shown, precision, recall)}")


def _advice(shown: Tensor, precision: float, recall: float) -> str:
    if shown.double().mean() > 0.6 and recall < 0.6:
        return "You seem to have kept everything but the plant: turn the comparison round."
    if recall > precision + 0.1:
        return "Too much is cut out: a higher threshold, or a second map that must agree."
    if precision > recall + 0.1:
        return "Too little is cut out: a lower threshold, or a map that fills the holes."
    return "Both fail alike: another threshold will not do. Which map, or which way to put them together, fits better?"
