"""Judges a function that says how much light moves between two maps, by values on hidden maps, some of them empty."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.lesson.exercises import Mistake, Verdict, compare_function


def _shares(maps: Tensor) -> Tensor:
    total = maps.sum((-2, -1), keepdim=True)
    return maps / total.where(total > 0, 1)


def moved(first: Tensor, second: Tensor) -> Tensor:
    """The share of the light that has to move to turn one map into the other: (N,); 0 where one of them is empty."""
    both = first.flatten(1).any(1) & second.flatten(1).any(1)
    return (_shares(first) - _shares(second)).abs().sum((-2, -1)) / 2 * both


def _two_maps(seed: int) -> tuple[Tensor, Tensor]:
    """Maps of different strength: unlike, alike up to a factor, apart; then one is empty, the other, and both."""
    draw = torch.Generator().manual_seed(seed)
    first, second = torch.rand(7, 4, 6, generator=draw).square(), 3 * torch.rand(7, 4, 6, generator=draw)
    second[1] = 7 * first[1]
    first[2, :, :3], second[2, :, 3:] = 0, 0
    first[3], second[5], first[6], second[6] = 0, 0, 0, 0
    return first, second


SIGNS_CANCEL = (
    "You get 0 wherever both maps have light: what is missing in one place is new in another, and before the "
    "magnitudes are taken the two cancel. Magnitude first, sum last."
)
MOVED_MISTAKES: list[Mistake] = [
    (
        "not divided by the sum",
        lambda a, b: (a - b).abs().sum((1, 2)) / 2,
        "One map is twice another, and you say that light has moved. Two scores have two strengths: turn each map into "
        "shares of its own sum first.",
    ),
    (
        "divided by the maximum",
        lambda a, b: sum_of_peaks(a, b),
        "You divided by each map's maximum. Shares of the light are shares of the *sum*.",
    ),
    (
        "counted twice",
        lambda a, b: 2 * moved(a, b),
        "Two maps with nothing in common get 2, not 1: light that moves is missing in one place and new in another, so "
        "you counted it twice.",
    ),
    (
        "counted twice, and empty maps forgotten",
        lambda a, b: (_shares(a) - _shares(b)).abs().sum((1, 2)),
        "Two maps with nothing in common get 2, not 1: light that moves is missing in one place and new in another, so "
        "you counted it twice. (And where one map is empty, 0 is asked for.)",
    ),
    (
        "what leaves, of a first map that has light",
        lambda a, b: (_shares(a) - _shares(b)).relu().sum((1, 2)),
        "Right where both maps have light. Where the *second* is empty, all light seems to leave, and the task asks "
        "for 0.",
    ),
    (
        "an empty second map",
        lambda a, b: (_shares(a) - _shares(b)).abs().sum((1, 2)) / 2 * a.flatten(1).any(1),
        "Right but where the *second* map is empty: the task asks for 0 there as well.",
    ),
    (
        "an empty first map",
        lambda a, b: (_shares(a) - _shares(b)).abs().sum((1, 2)) / 2 * b.flatten(1).any(1),
        "Right but where the *first* map is empty: the task asks for 0 there as well.",
    ),
    ("signs cancel", lambda a, b: (_shares(a) - _shares(b)).sum((1, 2)) / 2, SIGNS_CANCEL),
    ("signs cancel, then a magnitude", lambda a, b: (_shares(a) - _shares(b)).sum((1, 2)).abs() / 2, SIGNS_CANCEL),
    (
        "what stays",
        lambda a, b: 1 - moved(a, b),
        "You return the share that stays. 0 means that the second map is the first again.",
    ),
    (
        "a mean over pixels",
        lambda a, b: (_shares(a) - _shares(b)).abs().mean((1, 2)) / 2,
        "You took a mean over the pixels: the number would depend on the size of the picture. Shares add up.",
    ),
    (
        "empty is 0.5",
        lambda a, b: (_shares(a) - _shares(b)).abs().sum((1, 2)) / 2,
        "Right but for pictures in which one map is empty: nothing can be said of those, and the task asks for 0.",
    ),
    (
        "0/0",
        lambda a, b: (a / a.sum((1, 2), keepdim=True) - b / b.sum((1, 2), keepdim=True)).abs().sum((1, 2)) / 2,
        "An empty map has the sum 0, and 0/0 is no number. Say what happens there.",
    ),
    (
        "all pictures in one",
        lambda a, b: moved(a, b).mean(),
        "You returned one number. Return the share of every picture, (N,): without them there is no interval.",
    ),
    (
        "one sum for the batch",
        lambda a, b: (a / a.sum() - b / b.sum()).abs().sum((1, 2)) / 2,
        "You divided by the sum over the whole batch. Each map has a sum of its own: keep the first axis.",
    ),
]


def sum_of_peaks(first: Tensor, second: Tensor) -> Tensor:
    """What comes out when maps are divided by their maxima."""
    scaled = [m / m.amax((1, 2), keepdim=True).where(m.amax((1, 2), keepdim=True) > 0, 1) for m in (first, second)]
    return (scaled[0] - scaled[1]).abs().sum((1, 2)) / 2


def judged_moved(answer: Callable) -> Verdict:
    """Half the sum of the magnitudes of differences, of maps that each add up to one."""
    inputs = [_two_maps(121), _two_maps(122)]
    praise = "0 for the same map, 1 for maps that share no place. It needs no mask: ask it of your own network."
    return compare_function(answer, moved, inputs, mistakes=MOVED_MISTAKES, praise=praise)
