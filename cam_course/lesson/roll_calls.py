"""The picture in which every plant has a frame that says whether a map found it."""

from __future__ import annotations

import torch
from torch import Tensor

FOUND, MISSED = torch.tensor([0.0, 0.45, 1.0]), torch.tensor([1.0, 0.55, 0.0])  # blue, orange: for every eye


def frame(picture: Tensor, box: Tensor, color: Tensor, *, wide: int = 2) -> None:
    """Paints a frame into a picture, in place, along the inner edge of a box.

    Args:
        picture: ``(3, H, W)``.
        box: ``(4,)``: x0, y0, x1, y1 in pixels, x1 and y1 one past the last.
        color: ``(3,)``.
        wide: in pixels.

    >>> picture = torch.zeros(3, 5, 5)
    >>> frame(picture, torch.tensor([0, 0, 5, 5]), torch.ones(3))
    >>> picture[0, 2].tolist()
    [1.0, 1.0, 0.0, 1.0, 1.0]
    """
    x0, y0, x1, y1 = (int(edge) for edge in box)
    inner = picture[:, y0 + wide : y1 - wide, x0 + wide : x1 - wide]
    kept = inner.clone()
    picture[:, y0:y1, x0:x1] = color.to(picture)[:, None, None]
    inner.copy_(kept)


def roll_call(
    image: Tensor,
    heatmap: Tensor,
    plants: Tensor,
    boxes: Tensor,
    threshold: float,
    *,
    region: Tensor | None = None,
    background: Tensor | None = None,
    colors: tuple[Tensor, Tensor] = (FOUND, MISSED),
    by_box: bool = False,
) -> Tensor:
    """An image in color where a map is high, else gray, and a frame round each plant that says whether it was found.

    The options are there to make the mistakes that a reader may make.

    Args:
        image: ``(3, H, W)`` in 0…1.
        heatmap: ``(H, W)``, at least 0. A map that is zero everywhere finds nothing.
        plants: ``(I, H, W)`` bool, where the map has to be high for a plant to be found.
        boxes: ``(I, 4)``, as for `frame`.
        threshold: share of the map's maximum.
        region: what counts as high, ``(H, W)`` bool, in place of what the threshold says.
        background: what stands where the map is low, in place of gray.
        colors: of found and of missed.
        by_box: look for the map in the box, not in the mask.

    Returns:
        ``(3, H, W)`` in 0…1.
    """
    region = (heatmap >= threshold * heatmap.max()) & (heatmap > 0) if region is None else region
    background = image.mean(0, keepdim=True) if background is None else background
    shown = torch.where(region, image, background)
    for plant, box in zip(plants, boxes, strict=True):
        x0, y0, x1, y1 = box.tolist()
        hit = region[y0:y1, x0:x1] if by_box else region & plant
        frame(shown, box, colors[0 if hit.any() else 1])
    return shown
