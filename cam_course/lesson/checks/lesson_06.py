"""Checks of lesson 06, Grad-CAM++."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.lesson.exercises import Mistake, Verdict, compare_function, exercise
from cam_course.lesson.roll_calls import FOUND, MISSED, roll_call


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
        "deaf",
        lambda A, g, share: _map(A, g),
        "The dial has no effect: this is Grad-CAM at every setting.",
    ),
]


@exercise("06.2", title="Turn the negative gradients down")
def check_dial(answer: Callable) -> Verdict:
    """One knob between Grad-CAM and Grad-CAM with positive gradients."""
    inputs = [(*_layer(30), 0.3), (*_layer(40), 1.0), (*_layer(50), 0.0)]
    praise = "Grad-CAM at 1, positive gradients alone at 0. Now read the curve: what do you pay for each plant found?"
    return compare_function(answer, dial, inputs, mistakes=_DIAL, praise=praise)


def _scene(peak: float, threshold: float) -> tuple[Tensor, Tensor, Tensor, Tensor, float]:
    """Two plants: one at the map's peak; one at a fifth of it, with a strong place in its box beside it."""
    image = torch.rand(3, 30, 40, generator=torch.Generator().manual_seed(7)) * 0.8 + 0.1
    plants, heatmap = torch.zeros(2, 30, 40, dtype=torch.bool), torch.zeros(30, 40)
    plants[0, 4:10, 5:11], plants[1, 12:20, 24:32] = True, True
    heatmap[5:8, 6:9], heatmap[14:17, 26:29], heatmap[23:25, 26:29] = peak, peak / 5, peak / 2
    return image, heatmap, plants, torch.tensor([[3, 2, 14, 16], [22, 9, 36, 28]]), threshold


def _inverted(image: Tensor, heatmap: Tensor, *rest: object) -> Tensor:
    gray = image.mean(0, keepdim=True).expand_as(image)
    return _at_marks(roll_call(image, heatmap, *rest, background=image), image, gray, heatmap, *rest)


def _at_marks(shown: Tensor, image: Tensor, gray: Tensor, heatmap: Tensor, *rest: object) -> Tensor:
    """Gray where the map marks the picture and no frame lies."""
    marked = (heatmap >= rest[-1] * heatmap.max()) & (heatmap > 0) & (shown == image).all(0)
    return torch.where(marked, gray, shown)


_ROLL: list[Mistake] = [
    (
        "an absolute threshold",
        lambda i, heat, p, b, t: roll_call(i, heat, p, b, t, region=heat >= t),
        "You compared the map with the threshold itself. Maps are raw: the threshold is a share of the map's maximum.",
    ),
    (
        "colors swapped",
        lambda *given: roll_call(*given, colors=(MISSED, FOUND)),
        "The frames' colors are swapped: FOUND is for plants that the map finds.",
    ),
    (
        "the whole box",
        lambda *given: roll_call(*given, by_box=True),
        "You looked for the map in the whole box, where the pot is too, and the wall. A plant is found where the map "
        "is high inside its mask.",
    ),
    (
        "columns for rows",
        lambda i, heat, p, b, t: roll_call(i, heat, p, b[:, [1, 0, 3, 2]], t),
        "Rows and columns are swapped: a box is x0, y0, x1, y1, and a tensor is indexed by row (y) first.",
    ),
    (
        "filled boxes",
        lambda *given: roll_call(*given, filled=True),
        "You filled the boxes: a frame leaves its inside as it is.",
    ),
    (
        "a thin frame",
        lambda *given: roll_call(*given, wide=1),
        "Your frames are one pixel wide; on a projector that is nothing. Make them two pixels wide, inside the box.",
    ),
    (
        "inverted",
        _inverted,
        "Gray and color are swapped: places that the map marks keep their color.",
    ),
    (
        "black instead of gray",
        lambda *given: roll_call(*given, background=torch.zeros(())),
        "Where the map is low the picture is black. Keep it there, in gray: its mean over the three channels.",
    ),
    (
        "an empty map marks everything",
        lambda i, heat, p, b, t: roll_call(i, heat, p, b, t, region=heat >= t * heat.max()),
        "A map that is zero everywhere marks the whole picture and finds every plant: 0 ≥ t · 0 is true. It should "
        "find nothing.",
    ),
]


@exercise("06.3", title="Call the roll of the plants")
def check_roll_call(answer: Callable) -> Verdict:
    """A picture that says which plants a map finds."""
    image, heatmap, *rest = _scene(1.0, 0.3)
    inputs = [_scene(4.0, 0.3), _scene(0.02, 0.1), (image, 0 * heatmap, *rest)]
    praise = "One picture, and a friend sees what the map found and what it missed."
    return compare_function(answer, roll_call, inputs, mistakes=_ROLL, praise=praise)
