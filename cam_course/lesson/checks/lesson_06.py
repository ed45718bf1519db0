"""Checks of lesson 06, Grad-CAM++."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.lesson.exercises import Mistake, Verdict, compare_function, exercise
from cam_course.lesson.roll_call_mistakes import MISTAKES, backwards, crossing
from cam_course.lesson.roll_calls import roll_call


def _random(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _layer(seed: int) -> tuple[Tensor, Tensor]:
    """Activations after a rectifier, and gradients of either sign, one of them exactly zero."""
    A, g = _random(seed, 6, 4, 5).relu(), _random(seed + 1, 6, 4, 5)
    g[0, 0, 0] = 0
    return A, g


def _total(A: Tensor) -> Tensor:
    return A.sum((-2, -1), keepdim=True)


def cubed(A: Tensor, g: Tensor, y: float) -> Tensor:
    """The weights for Y = y³: alpha = y / (2 y + S g), times Y' = 3 y² g where that is positive."""
    return _summed(A, 3 * y**2 * g.relu(), y / (2 * y + _total(A) * g.relu()))


def _summed(A: Tensor, first: Tensor, alpha: Tensor) -> Tensor:
    return (alpha * first.relu()).sum((-2, -1))


def _cubed_without_relu(A: Tensor, g: Tensor, y: float) -> Tensor:
    found = 3 * y**3 * g / (2 * y + _total(A) * g)
    return found.sum((-2, -1))


_CUBE: list[Mistake] = [
    (
        "Grad-CAM++ itself",
        lambda A, g, y: _summed(A, g, 1 / (2 + _total(A) * g.relu())),
        "These are the weights for Y = exp(y). Go back to the three derivatives of Y and take those of y³: each has "
        "its own power of y.",
    ),
    (
        "alpha of exp",
        lambda A, g, y: _summed(A, 3 * y**2 * g, 1 / (2 + _total(A) * g.relu())),
        "Your Y' is right, but α is that of exp(y), whose three derivatives share one factor. Those of y³ do not: "
        "what is left of y in α?",
    ),
    (
        "gradient of the logit",
        lambda A, g, y: _summed(A, g, y / (2 * y + _total(A) * g.relu())),
        "α is right. What it multiplies is Y', the derivative of Y and not of the logit: keep its factors.",
    ),
    (
        "one alpha short",
        lambda A, g, y: _summed(A, 3 * y**2 * g, y / (y + _total(A) * g.relu())),
        "In your α the second derivative counts once in the denominator. Equation 4 holds it twice: once from the "
        "sum, once from the product rule.",
    ),
    (
        "no ReLU",
        _cubed_without_relu,
        "Places of negative gradient take part. Equation 2 has a ReLU round Y': only positive gradients count.",
    ),
    (
        "the mean",
        lambda A, g, y: cubed(A, g, y) / (g.shape[-1] * g.shape[-2]),
        "You took the mean over places; equation 2 has a sum.",
    ),
    (
        "place by place",
        lambda A, g, y: _summed(A, 3 * y**2 * g, y / (2 * y + A * g.relu())),
        "You multiplied by the activation of the same place. S is the sum of the whole feature map, one number per "
        "channel.",
    ),
    (
        "sum over all channels",
        lambda A, g, y: _summed(A, 3 * y**2 * g, y / (2 * y + A.sum() * g.relu())),
        "Your S adds up all channels. Each feature map has a sum of its own: add up over rows and columns only.",
    ),
    (
        "a constant lost",
        lambda A, g, y: cubed(A, g, y) / 3,
        "All your weights are too small by one and the same number: a constant of Y' is missing. Differentiate y³ "
        "once more, and cancel nothing in Y': only in α do factors cancel.",
    ),
    (
        "S without its gradient",
        lambda A, g, y: _summed(A, 3 * y**2 * g, y / (2 * y + _total(A))),
        "In your α, S stands without a gradient. Each derivative brings one more factor g: the third has one more "
        "than the second, and not all of them cancel.",
    ),
    (
        "mean for S",
        lambda A, g, y: _summed(A, 3 * y**2 * g, y / (2 * y + A.mean((-2, -1), keepdim=True) * g.relu())),
        "Your S is the mean of the feature map. In equation 1 a map is added up over its places.",
    ),
]


@exercise("06.1", title="Derive the weights for another function of the logit")
def check_cubed(answer: Callable) -> Verdict:
    """The derivation anew: exp was a choice, made after equation 5."""
    inputs = [(*_layer(10), 1.5), (*_layer(20), 4.0)]
    praise = (
        "And it has a property that exp lacks: put 10 y and 10 g in place of y and g, and α stays as it is, so that "
        "the map keeps its shape."
    )
    return compare_function(answer, cubed, inputs, mistakes=_CUBE, praise=praise)


def dial(A: Tensor, g: Tensor, amount: float) -> Tensor:
    """Grad-CAM in which negative gradients count by a share."""
    return _map(A, g.relu() - amount * (-g).relu())


def _map(A: Tensor, pieces: Tensor) -> Tensor:
    return (pieces.mean((-2, -1), keepdim=True) * A).sum(-3).relu()


_DIAL: list[Mistake] = [
    (
        "after the average",
        lambda A, g, share: _map(A, g.mean((-2, -1), keepdim=True).relu() - share * (-g).mean((-2, -1), True).relu()),
        "You turned the dial after the average: whole channels count less. The question is about gradients, place by "
        "place: split them before the mean.",
    ),
    (
        "the wrong way",
        lambda A, g, share: dial(A, g, 1 - share),
        "The dial turns the wrong way: at 1 the map must be Grad-CAM, at 0 the negative gradients are gone.",
    ),
    (
        "added",
        lambda A, g, share: dial(A, g, -share),
        "Negative gradients raise your map. They speak against the class: mind the sign with which they come back.",
    ),
    (
        "no ReLU at the end",
        lambda A, g, share: ((g.relu() - share * (-g).relu()).mean((-2, -1), keepdim=True) * A).sum(-3),
        "Your map has negative values: the last step of Grad-CAM, its ReLU, is missing.",
    ),
    (
        "the dial on everything",
        lambda A, g, share: _map(A, share * g),
        "You turned all gradients down. The positive ones count fully, whatever the dial says.",
    ),
    (
        "place by place",
        lambda A, g, share: ((g.relu() - share * (-g).relu()) * A).sum(-3).relu(),
        "You multiplied gradient and activation place by place. One weight per channel: take the mean over places "
        "first.",
    ),
    (
        "the sum",
        lambda A, g, share: dial(A, g, share) * g.shape[-1] * g.shape[-2],
        "You added up over places; at 1 your map must be Grad-CAM, which takes the mean.",
    ),
    (
        "clamped",
        lambda A, g, share: dial(A, g, min(max(share, 0.0), 1.0)),
        "Between 0 and 1 your dial is right, but it stops there. The cell below turns it to 1.5 and to −1.",
    ),
    (
        "two finished maps mixed",
        lambda A, g, share: (1 - share) * dial(A, g, 0) + share * dial(A, g, 1),
        "You mixed two finished maps. The share belongs to the gradients, before the mean and before the last ReLU.",
    ),
    (
        "divided by the maximum",
        lambda A, g, share: dial(A, g, share) / dial(A, g, share).max(),
        "Your map is divided by its maximum. Return it raw, as the weighted sum leaves it.",
    ),
    (
        "the share on the positive ones",
        lambda A, g, share: _map(A, share * g.relu() - (-g).relu()),
        "You turned the positive gradients. They count fully; the share is for the negative ones.",
    ),
    (
        "deaf",
        lambda A, g, share: _map(A, g),
        "The dial has no effect: this is Grad-CAM at every setting.",
    ),
]


@exercise("06.2", title="Turn the negative gradients down")
def check_dial(answer: Callable) -> Verdict:
    """One knob between Grad-CAM and Grad-CAM with positive gradients."""
    inputs = [(*_layer(10 * i), share) for i, share in enumerate((0.3, 1.0, 0.0, 1.5, -1.0), start=3)]
    praise = "Grad-CAM at 1, positive gradients alone at 0. Now read the curve: what do you pay for each plant found?"
    return compare_function(answer, dial, inputs, mistakes=_DIAL, praise=praise)


@exercise("06.3", title="Call the roll of the plants")
def check_roll_call(answer: Callable) -> Verdict:
    """A picture that says which plants a map finds."""
    image, heatmap, *rest = crossing(1.0, 0.3)
    inputs = [crossing(4.0, 0.3), backwards(*crossing(0.02, 0.1)), crossing(4.0, 0.3, floor=1.0), crossing(4.0, 0.5)]
    inputs.append((image, 0 * heatmap, *rest))
    praise = "One picture, and a friend sees what the map found and what it missed."
    return compare_function(answer, roll_call, inputs, mistakes=MISTAKES, praise=praise)
