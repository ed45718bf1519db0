"""Checks of lesson 11, beyond classification: detection and segmentation."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.lesson.checks.counts import judged_counts
from cam_course.lesson.exercises import Mistake, Verdict, compare_function, exercise, wrong


def _logits(seed: int) -> tuple[Tensor, Tensor, int]:
    """Logits of a segmentation in which the class asked for wins at some pixels of the region and loses at others."""
    draw = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(2, 4, 5, 6, generator=draw)
    mask = torch.rand(5, 6, generator=draw) < 0.4
    return logits, mask, seed % 4


def _rivals(logits: Tensor, of: int) -> Tensor:
    """The highest logit of another class at each pixel: (N, H, W)."""
    return torch.cat([logits[:, :of], logits[:, of + 1 :]], 1).amax(1)


def margin(logits: Tensor, mask: Tensor, of: int) -> Tensor:
    """By how much a class wins in a region, on average over its pixels: (N,)."""
    return (logits[:, of] - _rivals(logits, of))[:, mask].mean(1)


def _of_means(logits: Tensor, mask: Tensor, of: int) -> Tensor:
    means = logits[:, :, mask].mean(-1)  # (N, classes)
    others = torch.cat([means[:, :of], means[:, of + 1 :]], 1)
    return means[:, of] - others.amax(1)


MARGIN_MISTAKES: list[Mistake] = [
    (
        "the class alone",
        lambda x, m, of: x[:, of][:, m].mean(1),
        "That is the mean logit of the class, `targets.Region`: it does not ask what stands against it at each pixel.",
    ),
    (
        "itself among the rivals",
        lambda x, m, of: (x[:, of] - x.amax(1))[:, m].mean(1),
        "Where the class wins, your difference is 0: it competes with itself. Its rivals are the *other* classes.",
    ),
    (
        "one rival for the region",
        _of_means,
        "You averaged first and then looked for the strongest rival: one rival for the whole region. Each pixel has "
        "its own.",
    ),
    (
        "always the second",
        lambda x, m, of: (x[:, of] - x.topk(2, dim=1).values[:, 1])[:, m].mean(1),
        "You always take the second highest logit as the rival. Where the class does not win, it is the highest.",
    ),
    (
        "written into the logits",
        lambda x, m, of: x.new_full((len(x),), -torch.inf),
        "Minus infinity everywhere: you wrote it into the logits, and then subtracted from it. Change a copy.",
    ),
    (
        "a sum",
        lambda x, m, of: (x[:, of] - _rivals(x, of))[:, m].sum(1),
        "You added up over the region. A mean is asked for, so that large regions do not get larger scores.",
    ),
    (
        "the whole picture",
        lambda x, m, of: (x[:, of] - _rivals(x, of)).mean((1, 2)),
        "You averaged over all pixels of the picture; only those of the region were asked for.",
    ),
    (
        "divided by all pixels",
        lambda x, m, of: ((x[:, of] - _rivals(x, of)) * m).mean((1, 2)),
        "Outside the region you put zeros, and then counted them in the mean: divide by the number of pixels that are "
        "true in the mask.",
    ),
    (
        "the sign",
        lambda x, m, of: -margin(x, m, of),
        "The sign is turned round: positive where the class wins.",
    ),
    (
        "cut at zero",
        lambda x, m, of: (x[:, of] - _rivals(x, of)).relu()[:, m].mean(1),
        "Pixels at which the class loses count as 0 in your mean. They count as negative: losing is evidence too.",
    ),
    (
        "probabilities",
        lambda x, m, of: margin(x.softmax(1), m, of),
        "You compared probabilities. Take logits: where the network is sure, a softmax is flat and its gradient "
        "vanishes.",
    ),
    (
        "all images together",
        lambda x, m, of: margin(x, m, of).mean(),
        "You returned one number for the whole batch. A target gives one score per image: (N,).",
    ),
]


@exercise("11.1", title="Write a target: by how much does the class win in the region")
def check_margin(answer: Callable) -> Verdict:
    """The values first, then that a gradient can flow back."""
    praise = "A target is nothing but a function from the output to one number per image. Yours is one."
    verdict = compare_function(answer, margin, [_logits(111), _logits(114)], mistakes=MARGIN_MISTAKES, praise=praise)
    logits, mask, of = _logits(112)
    if verdict.status == "right" and not answer(logits.requires_grad_(), mask, of).requires_grad:
        return wrong(
            "The numbers are right, but no gradient flows back from them: something in your function (`detach`, "
            "`item`, `no_grad`) cuts the graph, and without a gradient there is no map."
        )
    return verdict


def _shares(maps: Tensor) -> Tensor:
    total = maps.sum((-2, -1), keepdim=True)
    return maps / total.where(total > 0, 1)


def moved(first: Tensor, second: Tensor) -> Tensor:
    """The share of the light that has to move to turn one map into the other: (N,); 0 where one of them is empty."""
    both = first.flatten(1).any(1) & second.flatten(1).any(1)
    return (_shares(first) - _shares(second)).abs().sum((-2, -1)) / 2 * both


def _two_maps(seed: int) -> tuple[Tensor, Tensor]:
    """Maps of different strength: unlike, alike up to a factor, apart from each other, and one that is empty."""
    draw = torch.Generator().manual_seed(seed)
    first, second = torch.rand(5, 4, 6, generator=draw).square(), 3 * torch.rand(5, 4, 6, generator=draw)
    second[1] = 7 * first[1]
    first[2, :, :3], second[2, :, 3:] = 0, 0
    first[3] = 0
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


@exercise("11.2", title="Measure how much of the light moves, without a mask")
def check_moved(answer: Callable) -> Verdict:
    """Half the sum of the magnitudes of differences, of maps that each add up to one."""
    inputs = [_two_maps(121), _two_maps(122)]
    praise = "0 for the same map, 1 for maps that share no place. It needs no mask: ask it of your own network."
    return compare_function(answer, moved, inputs, mistakes=MOVED_MISTAKES, praise=praise)


exercise("11.3", title="Turn the detector into a network that counts")(judged_counts)
