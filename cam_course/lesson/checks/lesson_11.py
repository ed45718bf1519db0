"""Checks of lesson 11, beyond classification: detection and segmentation."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.lesson.checks.counts import judged_counts
from cam_course.lesson.checks.moving import judged_moved
from cam_course.lesson.checks.written_into import shared, writes_into
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
        "the first against the second",
        lambda x, m, of: x.topk(2, dim=1).values.diff(dim=1).neg()[:, 0][:, m].mean(1),
        "Your number is never negative: it compares the winner with the second, whoever wins. Ask for class `of`.",
    ),
    (
        "the strongest of the region",
        lambda x, m, of: (x[:, of][:, m] - _rivals(x, of)[:, m].amax(1, keepdim=True)).mean(1),
        "Every pixel meets the strongest rival of the whole region. Its own rival is the strongest at that pixel.",
    ),
    (
        "rivals of zero",
        lambda x, m, of: (x[:, of] - _rivals(x, of).relu())[:, m].mean(1),
        "A 0 stands among your rivals: where all others are negative it wins. Which number loses against every logit?",
    ),
    (
        "an average rival",
        lambda x, m, of: (x[:, of] - (x.sum(1) - x[:, of]) / (x.shape[1] - 1))[:, m].mean(1),
        "You took the mean of the other classes. What stands in the way is the strongest of them.",
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
    """The values first, then that the same gradient flows back: to the class and to its rivals."""
    praise = "A target is nothing but a function from the output to one number per image. Yours is one."
    verdict = compare_function(answer, margin, [_logits(111), _logits(114)], mistakes=MARGIN_MISTAKES, praise=praise)
    if verdict.status == "right" and (problem := _cut(answer, *_logits(112))):
        return wrong(problem)
    return verdict


def _cut(answer: Callable, logits: Tensor, mask: Tensor, of: int) -> str | None:
    if writes_into(lambda x: answer(x, mask, of), logits):
        return "The numbers are right, but you wrote into `logits`, which others still need. Work on a copy."
    got = answer(shared(logits.requires_grad_()), mask, of)
    if not got.requires_grad:
        return (
            "The numbers are right, but no gradient flows back from them: something in your function (`detach`, "
            "`item`, `no_grad`) cuts the graph, and without a gradient there is no map."
        )
    (found,) = torch.autograd.grad(got.sum(), logits, allow_unused=True)
    (wanted,) = torch.autograd.grad(margin(logits, mask, of).sum(), logits)
    if found is None or not torch.allclose(found, wanted, atol=1e-5):
        return (
            "The numbers are right, the gradient is not: it must reach the class *and* the strongest rival of each "
            "pixel. If something (`detach`, `item`) cuts one of them off, the map is that of the plain logit."
        )
    return None


exercise("11.2", title="Measure how much of the light moves, without a mask")(judged_moved)
exercise("11.3", title="Turn the detector into a network that counts")(judged_counts)
