"""Measures of an explanation against what is known of the image."""

from __future__ import annotations

import torch
from torch import Tensor


def pointing_game(maps: Tensor, masks: Tensor) -> Tensor:
    """Whether the maximum of each map lies in its mask (ties: the first in reading order).

    Args:
        maps: ``(N, H, W)``; with more dimensions in front, all of them are kept.
        masks: bool, of the same shape, or broadcastable to it.

    Returns:
        ``(N,)`` bool. An all-zero map points nowhere: False.

    Raises:
        ValueError: shapes that do not fit.
        TypeError: masks that are not bool.

    References:
        Zhang et al., Top-down Neural Attention by Excitation Backprop, 2016, arXiv:1608.00507, with tolerance 0.

    >>> maps = torch.tensor([[[0.0, 2.0], [1.0, 0.0]], [[3.0, 0.0], [0.0, 0.0]]])
    >>> mask = torch.tensor([[False, True], [False, False]])
    >>> pointing_game(maps, mask).tolist()
    [True, False]
    """
    masks = _fitting(maps, masks)
    peak = maps.flatten(-2).argmax(-1, keepdim=True)
    return masks.flatten(-2).gather(-1, peak)[..., 0] & (maps.flatten(-2).amax(-1) > 0)


def energy_inside(maps: Tensor, masks: Tensor) -> Tensor:
    """The share of each map's sum that lies in its mask.

    Args:
        maps: ``(N, H, W)``, at least 0; with more dimensions in front, all of them are kept.
        masks: bool, of the same shape, or broadcastable to it.

    Returns:
        ``(N,)``, 0…1. An all-zero map has no energy anywhere: 0.

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
    if (maps < 0).any():
        raise ValueError("expected maps that are at least 0, got a negative value; take maps.relu() or maps.abs()")
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
    peak = maps.amax((-2, -1), keepdim=True)
    region = (maps >= _share(threshold) * peak) & (peak > 0)
    union = (region | masks).sum((-2, -1))
    shared = (region & masks).sum((-2, -1))
    return torch.where(union > 0, shared / union.clamp(min=1), torch.zeros_like(shared, dtype=maps.dtype))


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
    masks = _fitting(heatmap.expand(len(instances), *heatmap.shape), instances)
    peak = heatmap.max()
    return ((heatmap >= _share(threshold) * peak) & (peak > 0) & masks).flatten(1).any(1)


def _share(threshold: float) -> float:
    if not 0 < threshold <= 1:
        raise ValueError(f"expected a threshold above 0 and up to 1, got {threshold}; it is a share of the maximum")
    return threshold


def _fitting(maps: Tensor, masks: Tensor) -> Tensor:
    for name, value in (("maps", maps), ("masks", masks)):
        if not isinstance(value, Tensor):
            raise TypeError(f"expected {name} as a tensor, got {type(value).__name__}; convert with torch.as_tensor")
    if masks.dtype != torch.bool:
        raise TypeError(f"expected masks of type bool, got {masks.dtype}; compare, for example masks > 0.5")
    if maps.ndim < 2:
        raise ValueError(f"expected maps (N, H, W), got {tuple(maps.shape)}; pass Explanation.maps")
    try:
        return masks.to(maps.device).expand_as(maps)
    except RuntimeError:
        raise ValueError(
            f"expected masks of the maps' shape {tuple(maps.shape)}, got {tuple(masks.shape)}; "
            "upsample the maps to the size of the image first"
        ) from None
