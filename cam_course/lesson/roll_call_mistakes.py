"""What readers get wrong when they call the roll of the plants, and the scenes on which it shows."""

from __future__ import annotations

import torch
from torch import Tensor

from cam_course.lesson.roll_calls import FOUND, MISSED, roll_call
from cam_course.lesson.verdicts import Mistake

_LUMINANCE = torch.tensor([0.299, 0.587, 0.114])[:, None, None]  # how bright red, green and blue look


def crossing(peak: float, threshold: float, floor: float = 0.0) -> tuple[Tensor, Tensor, Tensor, Tensor, float]:
    """Two plants whose boxes cross: one at the map's peak; one at a fifth of it, with a strong place beside it."""
    image = torch.rand(3, 30, 40, generator=torch.Generator().manual_seed(7)) * 0.8 + 0.1
    plants, heatmap = torch.zeros(2, 30, 40, dtype=torch.bool), torch.full((30, 40), floor)
    plants[0, 4:10, 5:11], plants[1, 12:20, 24:32] = True, True
    for rows, columns, share in ((5, 6, 1), (14, 26, 0.2), (22, 30, 0.5)):
        heatmap[rows : rows + 3, columns : columns + 3] += share * peak
    return image, heatmap, plants, torch.tensor([[3, 2, 26, 16], [22, 9, 36, 28]]), threshold


def backwards(image: Tensor, heatmap: Tensor, plants: Tensor, boxes: Tensor, threshold: float) -> tuple:
    """The same scene, its plants in reverse order."""
    return image, heatmap, plants.flip(0), boxes.flip(0), threshold


def _inverted(image: Tensor, heatmap: Tensor, *rest: object) -> Tensor:
    gray = image.mean(0, keepdim=True).expand_as(image)
    return _at_marks(roll_call(image, heatmap, *rest, background=image), image, gray, heatmap, *rest)


def _at_marks(shown: Tensor, image: Tensor, gray: Tensor, heatmap: Tensor, *rest: object) -> Tensor:
    """Gray where the map marks the picture and no frame lies."""
    marked = (heatmap >= rest[-1] * heatmap.max()) & (heatmap > 0) & (shown == image).all(0)
    return torch.where(marked, gray, shown)


def _stretched(heatmap: Tensor) -> Tensor:
    return (heatmap - heatmap.min()) / (heatmap.max() - heatmap.min())


MISTAKES: list[Mistake] = [
    (
        "an absolute threshold",
        lambda i, heat, p, b, t: roll_call(i, heat, p, b, t, region=(heat >= t) & (heat > 0)),
        "You compared the map with the threshold itself. Maps are raw: the threshold is a share of the map's maximum.",
    ),
    (
        "the minimum subtracted",
        lambda i, heat, p, b, t: roll_call(i, heat, p, b, t, region=_stretched(heat) >= t),
        "You subtracted the map's minimum first. The threshold is a share of the maximum of the map as it is.",
    ),
    (
        "above, not at",
        lambda i, heat, p, b, t: roll_call(i, heat, p, b, t, region=heat > t * heat.max()),
        "A place that lies exactly at the threshold reaches it: it counts as well.",
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
        "the last plant first",
        lambda *given: roll_call(*backwards(*given)),
        "Where two frames cross, the wrong one lies on top. The later plant's does: paint them in the order given.",
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
        "the eye's gray",
        lambda i, *rest: roll_call(i, *rest, background=(i * _LUMINANCE).sum(0, keepdim=True)),
        "Your gray weighs the channels as the eye does. Take their plain mean.",
    ),
    (
        "an empty map marks everything",
        lambda i, heat, p, b, t: roll_call(i, heat, p, b, t, region=heat >= t * heat.max()),
        "A map that is zero everywhere marks the whole picture and finds every plant: 0 ≥ t · 0 is true. It should "
        "find nothing.",
    ),
]
