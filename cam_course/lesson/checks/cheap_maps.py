"""Maps made with few runs, which exercise 07.3 asks for: what they cost, and whether they resemble the dear one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cam_course import weights
from cam_course.capture import capture
from cam_course.pots import Scenes

BUDGET = 24
ALIKE = 0.95  # mean correlation with the full map; samples of 24 reach 0.97 and more, the 24 strongest maps 0.9
SCENES = 6


class Asked(NamedTuple):
    """A hidden picture, its feature maps, and the class that is asked for."""

    image: Tensor
    activations: Tensor
    target: int


def hidden() -> tuple[nn.Module, list[Asked]]:
    """The network, and what is asked about the hidden pictures: one plant of two, by turns the left and the right."""
    model, scenes = weights.load("pots"), Scenes("pair", "val", n=SCENES)
    asked = [(scenes[i]["image"], scenes[i]["kinds"][i % 2]) for i in range(SCENES)]
    layer = "stages.3"
    shown = capture(model, torch.stack([image for image, _ in asked]), layer, target=0).activations[layer]
    return model, [Asked(x, A, c) for (x, c), A in zip(asked, shown, strict=True)]


def _paper(scores: Tensor) -> Tensor:
    """The weights of the paper's algorithm."""
    return scores.softmax(0)


def _score_cam(
    model: nn.Module,
    image: Tensor,
    activations: Tensor,
    target: int,
    weigh: Callable[[Tensor], Tensor] = _paper,
) -> Tensor:
    """Score-CAM of these maps alone, with the paper's weights or others."""
    some = activations[activations.amax((-2, -1)) > activations.amin((-2, -1))]
    large = F.interpolate(some[None], image.shape[-2:], mode="bilinear", align_corners=False)[0]
    low, high = large.amin((-2, -1), keepdim=True), large.amax((-2, -1), keepdim=True)
    with torch.no_grad():
        pictures = (image * ((large - low) / (high - low))[:, None]).split(16)
        scores = torch.cat([model(some)[:, target] for some in pictures])
    return (weigh(scores)[:, None, None] * some).sum(0).relu()


def counted(model: nn.Module, answer: Callable, one: Asked) -> tuple[object, int]:
    """What the answer returns for one picture, and how many pictures it showed to the network."""
    runs = 0

    def ask(images: Tensor) -> Tensor:  # a function, so that copying the arguments does not copy the counter
        nonlocal runs
        runs += len(images)
        return model(images)

    return answer(ask, one.image, one.activations, one.target, BUDGET), runs


def form(shown: list[object], hidden: list[Asked]) -> str | None:
    """What is wrong with the answers before they are looked at as maps, or None."""
    for one, wanted in zip(shown, hidden, strict=True):
        size = wanted.activations.shape[1:]
        if not isinstance(one, Tensor) or one.shape != size:
            got = tuple(one.shape) if isinstance(one, Tensor) else type(one).__name__
            return f"Expected a map of the layer's size, {tuple(size)}, got {got}."
        if not torch.isfinite(one).all():
            return "Your map holds NaN or infinity: a feature map may be flat, and scaling it is 0/0. Leave it out."
        if one.min() < 0:
            return "The map has negative values: Score-CAM ends in a ReLU."
    return None


def price(runs: int) -> str | None:
    """What is wrong with the number of runs, or None."""
    if runs > BUDGET:
        return f"You showed the network {runs} pictures, the budget was {BUDGET}: every picture in a batch counts."
    if runs == 0:
        return (
            "You never asked the network. Such a map is the same for every class; in a picture of two plants it cannot "
            "know which one was meant."
        )
    return None


@cache
def dear() -> list[Tensor]:
    """The maps of all masks of the hidden pictures, made once: they take hundreds of runs."""
    model, asked = hidden()
    return [_score_cam(model, *one) for one in asked]


def unlike(shown: list[Tensor]) -> str | None:
    """In what the maps differ from those of all masks, or None where they are alike."""
    found = _mean_correlation(shown, dear())
    if found >= ALIKE:
        return None
    said = f"Mean correlation with the map of all 96 masks: {found:.2f}, asked for is {ALIKE}. "
    for number, (message, _, near) in enumerate(_VARIANTS):
        if _mean_correlation(shown, _mistaken(number)) > near:
            return said + message
    return said + "Compare the two maps in the cell below: what does yours miss?"


@cache
def _mistaken(number: int) -> list[Tensor]:
    """The maps that a named mistake gives for the hidden pictures, made once."""
    model, asked = hidden()
    return [_VARIANTS[number][1](model, one) for one in asked]


def _mean_correlation(shown: list[Tensor], others: list[Tensor]) -> float:
    found = [_correlation(one.detach(), other) for one, other in zip(shown, others, strict=True)]
    return sum(found) / len(found)


def _increase_cam(model: nn.Module, one: Asked) -> Tensor:
    """Score-CAM of all maps with the increase over the black picture as weight."""
    score = model(torch.zeros_like(one.image)[None])[0, one.target].detach()
    return _score_cam(model, *one, weigh=lambda scores: scores - score)


def _strongest(strength: Callable[[Tensor], Tensor]) -> Callable[[nn.Module, Asked], Tensor]:
    def variant(model: nn.Module, one: Asked) -> Tensor:
        chosen = strength(one.activations).topk(BUDGET).indices
        return _score_cam(model, one.image, one.activations[chosen], one.target)

    return variant


_STRONGEST = (
    "You took the strongest feature maps. They are the same ones whichever class is asked for, and in a picture of "
    "two plants they may lie on the other one. A sample need not be made of the strongest."
)
_VARIANTS = [  # what is said, the map that makes the mistake, and how like it an answer must be
    (_STRONGEST, _strongest(lambda A: A.sum((-2, -1))), 0.9999),
    (_STRONGEST + " (You judged by the maximum.)", _strongest(lambda A: A.amax((-2, -1))), 0.9999),
    (
        "It resembles the map of the class that the network predicts. Mind which class `target` asks for.",
        lambda model, one: _score_cam(model, one.image, one.activations, int(model(one.image[None]).argmax())),
        ALIKE,
    ),
    (
        "It resembles the map whose weights are increases over the black picture, some below zero. Asked for is the "
        "map of the channel softmax.",
        _increase_cam,
        0.8,  # less: the sample and the recipe both differ
    ),
]


def _correlation(a: Tensor, b: Tensor) -> float:
    pair = torch.stack([a.flatten().double(), b.flatten().double()])
    return float(torch.corrcoef(pair)[0, 1].nan_to_num())  # a flat map resembles nothing
