"""The picture in which every plant has a frame that says whether a map found it."""

from __future__ import annotations

import torch
from torch import Tensor

FOUND, MISSED = (0.0, 0.45, 1.0), (1.0, 0.55, 0.0)  # blue and orange: told apart by every eye


def roll_call(
    image: Tensor,
    heatmap: Tensor,
    plants: Tensor,
    boxes: Tensor,
    threshold: float,
    *,
    region: Tensor | None = None,
    background: Tensor | None = None,
    **frame: object,
) -> Tensor:
    """An image in color where a map is high, else gray, and a frame round each plant that says whether it was found.

    The options are there to make the mistakes that a reader may make.

    Args:
        image: ``(3, H, W)`` in 0…1.
        heatmap: ``(H, W)``, at least 0. A map that is zero everywhere finds nothing.
        plants: ``(I, H, W)`` bool, where the map has to be high for a plant to be found.
        boxes: ``(I, 4)``: x0, y0, x1, y1 in pixels, x1 and y1 one past the last.
        threshold: share of the map's maximum.
        region: what counts as high, ``(H, W)`` bool, in place of what the threshold says.
        background: what stands where the map is low, in place of gray.
        **frame: `wide` in pixels, `colors` of found and missed, `filled`, and `by_box`: look in the box, not the mask.

    Returns:
        ``(3, H, W)`` in 0…1.
    """
    region = (heatmap >= threshold * heatmap.max()) & (heatmap > 0) if region is None else region
    background = image.mean(0, keepdim=True) if background is None else background
    shown = torch.where(region, image, background)
    for plant, box in zip(plants, boxes.tolist(), strict=True):
        _frame(shown, box, region, plant, **frame)
    return shown


def _frame(
    shown: Tensor,
    box: list[int],
    region: Tensor,
    plant: Tensor,
    wide: int = 2,
    colors: tuple = (FOUND, MISSED),
    filled: bool = False,
    by_box: bool = False,
) -> None:
    """Paint the frame of one plant into a picture."""
    x0, y0, x1, y1 = box
    hit = region[y0:y1, x0:x1] if by_box else region & plant
    inner = (slice(None), slice(y0 + wide, y1 - wide), slice(x0 + wide, x1 - wide))
    kept = shown[inner].clone()
    shown[:, y0:y1, x0:x1] = torch.tensor(colors[0 if hit.any() else 1])[:, None, None]
    if not filled:
        shown[inner] = kept
