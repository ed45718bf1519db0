"""Connected components of regions, and the largest of them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

TOUCHING = np.ones((3, 3), dtype=int)  # pixels that touch at a corner are connected


def components(regions: Tensor) -> Tensor:
    """Numbers the connected components of each region; pixels that touch at a corner are connected.

    Args:
        regions: ``(..., H, W)`` bool.

    Returns:
        ``(..., H, W)`` int64 on the regions' device: 0 outside, inside 1, 2, … in the order in which the components
        of a region begin in reading order.

    >>> components(torch.tensor([[True, False, True], [True, False, False], [False, False, True]])).tolist()
    [[1, 0, 2], [1, 0, 0], [0, 0, 3]]
    """
    from scipy import ndimage  # here: who needs no boxes need not wait for it

    arrays = regions.reshape(regions.shape[:-2].numel(), *regions.shape[-2:]).cpu().numpy()  # (B, H, W)
    labels = np.zeros(arrays.shape, dtype=np.int64)
    for array, label in zip(arrays, labels, strict=True):
        ndimage.label(array, TOUCHING, output=label)
    return torch.from_numpy(labels).to(regions.device).reshape(regions.shape)


def largest_component(regions: Tensor) -> Tensor:
    """Only the largest connected component of each region (ties: the one that begins first in reading order).

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
