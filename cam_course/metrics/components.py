"""Connected components of regions, and the largest of them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def components(regions: Tensor) -> Tensor:
    """Labels the connected components of each region; pixels that touch at a corner are connected.

    Every pixel starts with a number of its own. In each round it takes the largest number among its neighbors, and
    then that of the pixel whose number it took; the second step makes the rounds few where a component is long.

    Args:
        regions: ``(..., H, W)`` bool.

    Returns:
        ``(..., H, W)`` int64: 0 outside; inside, the same positive number for all pixels of a component (one more
        than the flat index of its last pixel in reading order).

    >>> components(torch.tensor([[True, False, True], [True, False, False], [False, False, True]])).tolist()
    [[4, 0, 3], [4, 0, 0], [0, 0, 9]]
    """
    *_, height, width = regions.shape
    exact = torch.float32 if height * width < 2**24 else torch.float64  # pooling takes no integers
    own = torch.arange(1, height * width + 1, dtype=exact, device=regions.device).view(height, width)
    inside = regions.reshape(-1, height, width)  # (B, H, W)
    labels = inside * own
    unsettled = torch.arange(len(labels), device=regions.device)
    while len(unsettled):
        before = labels[unsettled]
        after = F.max_pool2d(before[:, None], 3, stride=1, padding=1)[:, 0] * inside[unsettled]
        after = _label_of_label(after.flatten(1)).view_as(after)
        labels[unsettled] = after
        unsettled = unsettled[(after != before).flatten(1).any(1)]  # most regions settle long before the slowest
    return labels.long().reshape(regions.shape)


def _label_of_label(labels: Tensor) -> Tensor:
    with_outside = F.pad(labels, (1, 0))  # (B, 1 + H W): label 0 stays 0
    return with_outside.gather(1, labels.long())


def largest_component(regions: Tensor) -> Tensor:
    """Only the largest connected component of each region (ties: the one that ends first in reading order).

    Args:
        regions: ``(..., H, W)`` bool.

    Returns:
        The same shape, bool; empty where the region is.

    >>> largest_component(torch.tensor([[True, False, True], [True, False, False]])).tolist()
    [[True, False, False], [True, False, False]]
    """
    labels = components(regions).flatten(-2)  # (..., H W)
    sizes = torch.zeros(*labels.shape[:-1], labels.shape[-1] + 1, dtype=torch.long, device=labels.device)
    sizes.scatter_add_(-1, labels, torch.ones_like(labels))
    sizes[..., 0] = 0  # what is outside is no component
    largest = sizes.argmax(-1, keepdim=True)
    return ((labels == largest) & (labels > 0)).view_as(regions)
