"""Maps drawn in ink and framed, what of a map is fine, and an explorer of two maps and their product."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import Tensor, nn

from cam_course.explain import explain
from cam_course.heatmap import overlay
from cam_course.lesson.captions import captioned
from cam_course.lesson.figures import picture, rgb, side_by_side
from cam_course.lesson.ink import ink
from cam_course.lesson.measured import approx
from cam_course.lesson.widgets import Explorer, Frame, choice, explorer
from cam_course.metrics import energy_inside

WINDOW = 17  # pixels over which the course's networks spread one cell of their last maps when these are enlarged

Drawing = str | Callable[[Tensor], Tensor]  # the name of a method, or what makes maps of images


def drawing(ax: Axes, heatmap: Tensor, title: str = "") -> Axes:
    """A map ``(H, W)`` in `ink`, with a thin frame, so that white paper ends where it ends."""
    height, width = heatmap.shape
    picture(ax, ink(heatmap.detach().cpu()), title)
    ax.add_patch(Rectangle((-0.5, -0.5), width, height, fill=False, edgecolor="0.6", clip_on=False))
    return ax


def fineness(maps: Tensor, *, window: int = WINDOW) -> Tensor:
    r"""How much of a map is finer than a window: the share of its sum that has to move to even it out.

    .. math:: f = \frac{\sum_{ij} |m_{ij} - \bar m_{ij}|}{2 \sum_{ij} m_{ij}}

    with :math:`\bar m_{ij}` the mean over the window round pixel ij, as far as it lies in the map.

    Args:
        maps: ``(N, H, W)``, at least 0.
        window: odd side of the window, in pixels.

    Returns:
        ``(N,)``, 0 for a flat map, toward 1 for a few lonely pixels; 0 for a map that is zero everywhere.

    >>> import torch
    >>> stripes = torch.tensor([[[0.0, 1.0, 0.0, 1.0, 0.0, 1.0]]])  # means 1/2, 1/3, 2/3, 1/3, 2/3, 1/2
    >>> fineness(stripes, window=3)  # (1/2 + 2/3 + 2/3 + 2/3 + 2/3 + 1/2) / 6
    tensor([0.6111])
    """
    mean = F.avg_pool2d(maps[:, None], window, stride=1, padding=window // 2, count_include_pad=False)[:, 0]
    moved, total = (maps - mean).abs().sum((1, 2)) / 2, maps.sum((1, 2))
    return moved / total.where(total > 0, 1)


def drawing_and_class(
    model: nn.Module,
    image: Tensor,
    regions: Mapping[str, Tensor],
    *,
    drawings: Mapping[str, Drawing],
    classes: Sequence[str],
    start: dict[str, Any],
    alt: str,
) -> Explorer:
    """Chooses a fine map and the class; shows the image, the fine map, Grad-CAM and, last, their product.

    Args:
        model: a classifier.
        image: ``(3, H, W)`` in 0…1, on the model's device.
        regions: by name, masks ``(H, W)`` whose share of each map is told.
        drawings: from what is read to the fine map: the name of a method in pixel space, or a function from images
            ``(N, 3, H, W)`` to maps ``(N, H, W)`` that asks no model.
        classes: the names of the classes, in order.
        start: the first ``drawing`` (what is read) and ``class_`` (its number).
        alt: what the first state shows, for those who do not see it.
    """

    def draw(drawing: str, class_: int) -> Frame:
        how = drawings[drawing]
        fine = how(image[None]) if callable(how) else explain(model, image, how, target=class_).maps
        coarse = explain(model, image, "grad_cam", target=class_).maps
        maps = {drawing: fine, "Grad-CAM": coarse, "product": fine * coarse}
        told = "; ".join(f"{name}: {_shares(one, regions)}" for name, one in maps.items())
        heat = overlay(image, coarse[0], strength=0.75)
        pictures = [rgb(image), rgb(ink(fine[0])), heat, rgb(ink((fine * coarse)[0]))]
        sheet = captioned(side_by_side(pictures), ["the picture", *maps])
        return Frame(sheet, f"{classes[class_]}, share of each map. {told}")

    return explorer(
        draw,
        alt=alt,
        start=start,
        drawing=choice("drawing", {name: name for name in drawings}),
        class_=choice("class", {name: i for i, name in enumerate(classes)}),
    )


def _shares(maps: Tensor, regions: Mapping[str, Tensor]) -> str:
    return ", ".join(f"{name} {approx(float(energy_inside(maps, mask)[0]))}" for name, mask in regions.items())
