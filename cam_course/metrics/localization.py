"""Measures of a map against what is known of the image: masks and boxes."""

from __future__ import annotations

import torch
from torch import Tensor

from cam_course.metrics.components import largest_component


def pointing_game(maps: Tensor, masks: Tensor, *, tolerance: float = 0) -> Tensor:
    """Whether the maximum of each map lies in its mask, or near it (ties: the first in reading order).

    Args:
        maps: ``(N, H, W)``; with more dimensions in front, all of them are kept.
        masks: bool, of the same shape, or broadcastable to it.
        tolerance: largest distance from the maximum to the mask that still counts, in pixels between their centers.
            The paper's 15 is for photographs and boxes; exact masks need none.

    Returns:
        ``(N,)`` bool. A map without a positive value points nowhere: False.

    Raises:
        ValueError: shapes that do not fit, or a negative tolerance.
        TypeError: masks that are not bool.

    References:
        Zhang et al., Top-down Neural Attention by Excitation Backprop, 2016, arXiv:1608.00507.

    >>> maps = torch.tensor([[[0.0, 2.0], [1.0, 0.0]], [[3.0, 0.0], [0.0, 0.0]]])
    >>> mask = torch.tensor([[False, True], [False, False]])
    >>> pointing_game(maps, mask).tolist(), pointing_game(maps, mask, tolerance=1).tolist()
    ([True, False], [True, True])
    """
    if not tolerance >= 0:
        raise ValueError(f"expected a tolerance of at least 0 pixels, got {tolerance}; 0 asks for a hit in the mask")
    masks = _fitting(maps, masks)
    peak = maps.flatten(-2).argmax(-1)[..., None, None]  # (N, 1, 1), a flat index
    rows, columns = (torch.arange(side, device=maps.device) for side in maps.shape[-2:])
    dy, dx = rows[:, None] - peak // len(columns), columns - peak % len(columns)  # (N, H, 1), (N, 1, W)
    near = dy**2 + dx**2 <= tolerance**2  # (N, H, W)
    return (near & masks).flatten(-2).any(-1) & (maps.flatten(-2).amax(-1) > 0)


def energy_inside(maps: Tensor, masks: Tensor) -> Tensor:
    """The share of each map's sum that lies in its mask.

    Args:
        maps: ``(N, H, W)``, at least 0; with more dimensions in front, all of them are kept.
        masks: bool, of the same shape, or broadcastable to it.

    Returns:
        ``(N,)``, 0…1; 0 for an empty mask. An all-zero map has no energy anywhere: 0.

    Raises:
        ValueError: shapes that do not fit, or a negative value in a map.
        TypeError: masks that are not bool.

    References:
        Wang et al., Score-CAM, 2020, arXiv:1910.01279, sec. 4.3, with masks in place of boxes.

    >>> maps = torch.tensor([[[0.0, 2.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]])
    >>> energy_inside(maps, torch.tensor([[False, True], [False, True]])).tolist()
    [0.75, 0.0]
    """
    masks = _fitting(maps, masks)
    _are_positive(maps)
    maps = maps.to(torch.promote_types(maps.dtype, torch.float32))  # half precision overflows in a sum of pixels
    total = maps.sum((-2, -1))
    inside = (maps * masks).sum((-2, -1))
    return torch.where(total > 0, inside / torch.where(total > 0, total, torch.ones_like(total)), total)


def iou(maps: Tensor, masks: Tensor, threshold: float) -> Tensor:
    """Intersection over union of each mask with the region where the map reaches a share of its maximum.

    Args:
        maps: ``(N, H, W)``, at least 0; with more dimensions in front, all of them are kept.
        masks: bool, of the same shape, or broadcastable to it.
        threshold: t in 0…1, not 0; the region is map ≥ t · maximum.

    Returns:
        ``(N,)``, 0…1. An all-zero map has an empty region: 0.

    Raises:
        ValueError: shapes that do not fit, or a threshold outside its range.
        TypeError: masks that are not bool.

    References:
        Zhou et al., CVPR 2016, arXiv:1512.04150, sec. 3.2, with masks in place of boxes.

    >>> maps = torch.tensor([[[0.0, 4.0], [1.0, 2.0]]])
    >>> iou(maps, torch.tensor([[True, True], [False, False]]), threshold=0.5).tolist()  # 1 of 3 pixels shared
    [0.3333333432674408]
    """
    masks = _fitting(maps, masks)
    region = _region(maps, threshold)
    union = (region | masks).sum((-2, -1))
    shared = (region & masks).sum((-2, -1))
    return torch.where(union > 0, shared / union.clamp(min=1), torch.zeros_like(shared, dtype=maps.dtype))


def largest_box(maps: Tensor, threshold: float) -> Tensor:
    """The smallest box round the largest connected component of the region where a map reaches a share of its maximum.

    Args:
        maps: ``(N, H, W)``, at least 0; with more dimensions in front, all of them are kept.
        threshold: t in 0…1, not 0; the region is map ≥ t · maximum. Pixels that touch at a corner are connected;
            of equally large components, the one that begins first in reading order is taken.

    Returns:
        ``(N, 4)`` int64: x0, y0, x1, y1 in pixels, x1 and y1 one past the last; four zeros for an all-zero map.

    Raises:
        ValueError: fewer than two dimensions, or a threshold outside its range.

    References:
        Zhou et al., CVPR 2016, arXiv:1512.04150, sec. 3.2, with t = 0.2.

    >>> largest_box(torch.tensor([[[9.0, 0.0, 5.0], [0.0, 0.0, 6.0]]]), threshold=0.5).tolist()
    [[2, 0, 3, 2]]
    """
    component = largest_component(_region(maps, threshold))  # (N, H, W)
    (x0, x1), (y0, y1) = (_extent(component.any(dim)) for dim in (-2, -1))
    return torch.stack([x0, y0, x1, y1], -1)


def box_iou(maps: Tensor, boxes: Tensor, threshold: float) -> Tensor:
    """Intersection over union of each box with the one that the map proposes, which `largest_box` gives.

    Args:
        maps: ``(N, H, W)``, at least 0; with more dimensions in front, all of them are kept.
        boxes: ``(N, 4)``, or broadcastable to it: x0, y0, x1, y1 in pixels, x1 and y1 one past the last.
        threshold: t in 0…1, not 0; Zhou et al. take 0.2.

    Returns:
        ``(N,)``, 0…1. The paper counts a place as found where it is at least 0.5. An all-zero map proposes nothing: 0.

    Raises:
        ValueError: shapes that do not fit, boxes without area, or a threshold outside its range.

    References:
        Zhou et al., CVPR 2016, arXiv:1512.04150, sec. 3.2.

    >>> maps = torch.tensor([[[9.0, 0.0, 5.0], [0.0, 0.0, 6.0]]])  # proposes columns 2 to 3, rows 0 to 2: 2 pixels
    >>> box_iou(maps, torch.tensor([[1, 1, 3, 2]]), threshold=0.5).tolist()  # 1 pixel shared, 3 in the union
    [0.3333333432674408]
    """
    boxes = _fitting_boxes(maps, boxes)
    proposed = largest_box(maps, threshold).to(boxes.dtype)  # (N, 4)
    overlap = torch.cat([proposed[..., :2].maximum(boxes[..., :2]), proposed[..., 2:].minimum(boxes[..., 2:])], -1)
    shared = _area(overlap)
    return shared / (_area(proposed) + _area(boxes) - shared)


def instance_recall(heatmap: Tensor, instances: Tensor, threshold: float) -> Tensor:
    """Which instances of an image a map finds: those whose mask holds a value of at least a share of its maximum.

    Args:
        heatmap: ``(H, W)``, at least 0: one map, since images differ in how many instances they hold.
        instances: ``(I, H, W)`` bool, one mask per instance.
        threshold: t in 0…1, not 0; an instance is found where map ≥ t · maximum.

    Returns:
        ``(I,)`` bool; its mean is the recall. An all-zero map finds nothing.

    Raises:
        ValueError: shapes that do not fit, or a threshold outside its range.
        TypeError: masks that are not bool.

    >>> masks = torch.tensor([[[True, False, False]], [[False, False, True]]])
    >>> instance_recall(torch.tensor([[9.0, 1.0, 2.0]]), masks, threshold=0.3).tolist()
    [True, False]
    """
    if heatmap.ndim != 2:
        raise ValueError(f"expected one map (H, W), got {tuple(heatmap.shape)}; take one of Explanation.maps")
    if isinstance(instances, Tensor) and instances.ndim == 2:
        raise ValueError(f"expected masks (I, H, W), got {tuple(instances.shape)}; for one instance pass mask[None]")
    masks = _fitting(heatmap.expand(len(instances), *heatmap.shape), instances)
    return (_region(heatmap, threshold) & masks).flatten(1).any(1)


def _region(maps: Tensor, threshold: float) -> Tensor:
    if not 0 < threshold <= 1:
        raise ValueError(f"expected a threshold above 0 and up to 1, got {threshold}; it is a share of the maximum")
    _are_maps(maps)
    _are_positive(maps)
    peak = maps.amax((-2, -1), keepdim=True)
    return (maps >= threshold * peak) & (peak > 0)


def _are_positive(maps: Tensor) -> None:
    if (maps < 0).any():
        raise ValueError("expected maps that are at least 0, got a negative value; take maps.relu() or maps.abs()")


def _extent(occupied: Tensor) -> tuple[Tensor, Tensor]:
    """First index that is occupied, and one past the last: (..., L) bool -> (...), (...); zeros where none is."""
    first = occupied.byte().argmax(-1)
    past_last = occupied.shape[-1] - occupied.flip(-1).byte().argmax(-1)
    return first, torch.where(occupied.any(-1), past_last, torch.zeros_like(past_last))


def _area(boxes: Tensor) -> Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)


def _fitting(maps: Tensor, masks: Tensor) -> Tensor:
    _is_tensor("masks", masks)
    if masks.dtype != torch.bool:
        raise TypeError(f"expected masks of type bool, got {masks.dtype}; compare, for example masks > 0.5")
    _are_maps(maps)
    try:
        torch.empty(masks.shape[-2:]).view(maps.shape[-2:])  # a mask of one row must not serve for all of them
        return masks.to(maps.device).expand_as(maps)
    except RuntimeError:
        raise ValueError(
            f"expected masks of the maps' shape {tuple(maps.shape)}, got {tuple(masks.shape)}; "
            "upsample the maps to the size of the image first"
        ) from None


def _fitting_boxes(maps: Tensor, boxes: Tensor) -> Tensor:
    _is_tensor("boxes", boxes)
    _are_maps(maps)
    try:
        boxes = boxes.to(maps.device).expand(*maps.shape[:-2], 4)
    except RuntimeError:
        raise ValueError(
            f"expected one box (x0, y0, x1, y1) per map, {(*maps.shape[:-2], 4)}, got {tuple(boxes.shape)}; "
            "pass boxes of shape (N, 4)"
        ) from None
    if not (boxes[..., 2:] > boxes[..., :2]).all():
        raise ValueError("expected boxes with x1 > x0 and y1 > y0, got one without area; give corners, not sizes")
    return boxes


def _is_tensor(name: str, value: object) -> None:
    if not isinstance(value, Tensor):
        raise TypeError(f"expected {name} as a tensor, got {type(value).__name__}; convert with torch.as_tensor")


def _are_maps(maps: Tensor) -> None:
    _is_tensor("maps", maps)
    if maps.ndim < 2:
        raise ValueError(f"expected maps (N, H, W), got {tuple(maps.shape)}; pass Explanation.maps")
    if not torch.isfinite(maps).all():
        raise ValueError("expected finite maps, got NaN or infinity; look at the gradients that they come from")
