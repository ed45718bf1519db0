"""Checks of lesson 07, Score-CAM."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cam_course.lesson.checks import cheap_maps
from cam_course.lesson.exercises import Verdict, compare_function, exercise, right, wrong


def _random(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def mask_weights(logits: Tensor, blank: Tensor, live: Tensor, target: int) -> Tensor:
    """The softmax over the maps that are not flat, of the increase over the blank picture."""
    increase = logits[:, target] - blank[target]
    weight = torch.zeros_like(increase)
    weight[live] = increase[live].softmax(0)
    return weight


def _table(seed: int) -> tuple[Tensor, Tensor, Tensor, int]:
    """Logits under seven masks; two maps are flat, and what stands in their rows means nothing."""
    logits, live = 2 * _random(seed, 7, 4), torch.ones(7, dtype=torch.bool)
    live[[1, 5]] = False
    logits[1], logits[5] = 9.0, -3.0
    return logits, _random(seed + 1, 4), live, seed % 4


def _increase(logits: Tensor, blank: Tensor, target: int) -> Tensor:
    return logits[:, target] - blank[target]


@exercise("07.1", title="From scores to weights")
def check_mask_weights(answer: Callable) -> Verdict:
    """Over what the softmax runs, and what a flat map does to it."""
    mistakes = [
        (
            "the mask the wrong way round",
            lambda S, b, live, c: _increase(S, b, c).masked_fill(live, -torch.inf).softmax(0),
            "Only flat feature maps have a weight, those that show something have none: your mask is the wrong way "
            "round. Where is `live` true?",
        ),
        (
            "softmax of probabilities",
            lambda S, b, live, c: (S.softmax(1)[:, c] - b.softmax(0)[c]).masked_fill(~live, -torch.inf).softmax(0),
            "The softmax runs over the feature maps, but of probabilities: these lie so near to each other that all "
            "weights are almost alike. Asked for is the increase of the logit.",
        ),
        (
            "cut off at zero",
            lambda S, b, live, c: _increase(S, b, c).relu() * live,
            "You cut the increase off at 0. A softmax needs no such cut: it takes negative numbers, and makes them "
            "small weights. Do these weights add up to 1?",
        ),
        (
            "flat maps in the softmax",
            lambda S, b, live, c: _increase(S, b, c).softmax(0),
            "Flat feature maps have a weight. They have no mask (0/0), and their rows mean nothing: keep them out.",
        ),
        (
            "zeroed after the softmax",
            lambda S, b, live, c: _increase(S, b, c).softmax(0) * live,
            "The weights of what is not flat do not add up to 1: the flat ones were still in the sum below "
            "the fraction. Remove them before the softmax, not after it.",
        ),
        (
            "zeroed before the softmax",
            lambda S, b, live, c: (_increase(S, b, c) * live).softmax(0),
            "You set the increase of flat ones to 0, and e⁰ is 1: they still take a share. Which number has e to the "
            "power of it equal to 0?",
        ),
        (
            "softmax over the classes",
            lambda S, b, live, c: (S - b).softmax(1)[:, c] * live,
            "This softmax runs over the classes: one probability per feature map. Here these compete with each "
            "other, for one class.",
        ),
        (
            "difference of probabilities",
            lambda S, b, live, c: (S.softmax(1)[:, c] - b.softmax(0)[c]) * live,
            "These are differences of class probabilities. Asked for is the increase of the logit, and then a softmax "
            "over the feature maps.",
        ),
        (
            "no softmax",
            lambda S, b, live, c: _increase(S, b, c) * live,
            "This is the increase itself: some of these weights are negative, and they do not add up to 1. One step is "
            "missing.",
        ),
        (
            "divided by the sum",
            lambda S, b, live, c: _increase(S, b, c) * live / (_increase(S, b, c) * live).sum(),
            "You divided by the sum, which may be near 0 or negative and then turns signs round; a softmax cannot.",
        ),
    ]
    praise = (
        "Feature maps compete for one class. Leave out the blank picture, and look: a constant cancels in a softmax."
    )
    return compare_function(answer, mask_weights, [_table(10), _table(21)], mistakes=mistakes, praise=praise)


class _Corners(nn.Module):
    """Logits of a picture of 4×4: one wants both corners (and), one either (or), one adds up what is where."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.share = nn.Parameter(_random(seed, 16).abs(), requires_grad=False)

    def forward(self, images: Tensor) -> Tensor:
        a, b = images[:, 0, 0, 0], images[:, 0, 3, 3]
        both, either = (a + b - 0.6).relu(), torch.maximum(a, b)
        total = images.mean(1).flatten(1) @ self.share
        return torch.stack([3 * both + 0.3 * total - 0.7, 2 * either + 0.1 * total + 0.4, total + 1.5], 1)


def together(model: Callable[[Tensor], Tensor], image: Tensor, a: Tensor, b: Tensor, target: int) -> Tensor:
    """The gain of two masks together, less the gain of each."""
    return _gain(model, image, torch.maximum(a, b), target) - _apart(model, image, a, b, target)


def _logit(model: Callable, image: Tensor, mask: Tensor, target: int) -> Tensor:
    return model((image * mask)[None])[0, target].detach()


def _gain(model: Callable, image: Tensor, mask: Tensor, target: int) -> Tensor:
    return _logit(model, image, mask, target) - _logit(model, image, mask * 0, target)


def _apart(model: Callable, image: Tensor, a: Tensor, b: Tensor, target: int) -> Tensor:
    return _gain(model, image, a, target) + _gain(model, image, b, target)


def _probable(model: Callable) -> Callable[[Tensor], Tensor]:
    return lambda images: model(images).softmax(1)


def _case(seed: int, target: int) -> tuple[nn.Module, Tensor, Tensor, Tensor, int]:
    a, b = (_random(seed + i, 4, 4).sigmoid() for i in (1, 2))
    a[0, 0], b[3, 3], a[3, 3], b[0, 0] = 1.0, 1.0, 0.2, 0.1
    return _Corners(seed).double(), _random(seed + 3, 3, 4, 4).sigmoid(), a, b, target


@exercise("07.2", title="More than the sum of two masks")
def check_together(answer: Callable) -> Verdict:
    """Interaction: what no mask alone can tell."""
    mistakes = [
        (
            "black forgotten",
            lambda f, x, a, b, c: together(f, x, a, b, c) - _logit(f, x, a * 0, c),
            "You compare logits, not gains. The black picture has a logit too: it is counted once on one side of your "
            "difference and twice on the other.",
        ),
        (
            "black twice too little",
            lambda f, x, a, b, c: together(f, x, a, b, c) - 2 * _logit(f, x, a * 0, c),
            "The black picture's logit has the wrong sign at the end. Write all three gains out, and count how often "
            "it is added and how often taken off.",
        ),
        (
            "either of two chances",
            lambda f, x, a, b, c: _gain(f, x, a + b - a * b, c) - _apart(f, x, a, b, c),
            "You joined the masks as one joins chances, a + b − ab: where both are one half, the pixel is three "
            "quarters shown. Take the larger of the two at each pixel.",
        ),
        (
            "masks added",
            lambda f, x, a, b, c: _gain(f, x, a + b, c) - _apart(f, x, a, b, c),
            "You added the masks: where both are 1 the picture becomes twice as bright as it is. Show each pixel as "
            "the brighter of the two masks does.",
        ),
        (
            "masks added and cut off",
            lambda f, x, a, b, c: _gain(f, x, (a + b).clamp(max=1), c) - _apart(f, x, a, b, c),
            "You added the masks and cut off at 1: where both are one half, the pixel is now fully shown, which "
            "neither mask does. Take the larger of the two at each pixel.",
        ),
        (
            "masks multiplied",
            lambda f, x, a, b, c: _gain(f, x, a * b, c) - _apart(f, x, a, b, c),
            "You multiplied the masks: that shows what lies under both of them, not what lies under one or the other.",
        ),
        (
            "the gain of both",
            lambda f, x, a, b, c: _gain(f, x, torch.maximum(a, b), c),
            "This is the gain of the two together. How much of it would you have expected from the two alone?",
        ),
        (
            "the sign",
            lambda f, x, a, b, c: -together(f, x, a, b, c),
            "The sign is reversed: where two masks gain more together than alone, the result is positive.",
        ),
        (
            "compared with the better one",
            lambda f, x, a, b, c: (
                _gain(f, x, torch.maximum(a, b), c) - torch.maximum(_gain(f, x, a, c), _gain(f, x, b, c))
            ),
            "You compared with the better of the two. Two masks that help independently would then seem to work "
            "together: compare with the sum of both gains.",
        ),
        (
            "probabilities",
            lambda f, x, a, b, c: together(_probable(f), x, a, b, c),
            "These are gains of the probability. A softmax makes even independent gains interact: take the logit.",
        ),
    ]
    inputs = [_case(30, 0), _case(40, 1), _case(50, 2)]
    praise = (
        "Positive: they need each other. Negative: each does what the other does. Weights of single masks see neither."
    )
    return compare_function(answer, together, inputs, mistakes=mistakes, praise=praise)


@exercise("07.3", title="A quarter of the price")
def check_cheap_score_cam(answer: Callable) -> Verdict:
    """A cheap map is judged by what it costs and by what it resembles, so that every way of saving may be right."""
    model, hidden = cheap_maps.hidden()
    counted = [cheap_maps.counted(model, answer, one) for one in hidden]
    shown = [made for made, _ in counted]
    problem = cheap_maps.form(shown, hidden) or cheap_maps.price(max(cost for _, cost in counted))
    problem = problem or cheap_maps.unlike(shown)
    return (
        wrong(problem)
        if problem
        else right(f"At most {cheap_maps.BUDGET} runs instead of 96, and nearly the same map.")
    )
