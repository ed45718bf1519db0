"""Maps made equally bright, so that a comparison of them is none of brightness."""

from __future__ import annotations

from torch import Tensor

from cam_course.heatmap import normalize


def equally_bright(maps: Tensor, like: Tensor) -> Tensor:
    """Maps raised to one power, so that on average they let through as much light as others.

    Args:
        maps: ``(N, H, W)``; each is scaled to 0…1 first.
        like: ``(M, H, W)`` in 0…1, whose mean is to be met.

    Returns:
        ``(N, H, W)`` in 0…1. The power is between 1/16 and 16; below 1 it brightens, above it darkens.

    >>> import torch
    >>> equally_bright(torch.tensor([[[0.0, 0.5, 1.0]]]), torch.tensor([[[0.0, 0.25, 1.0]]])).round(decimals=2)
    tensor([[[0.0000, 0.2500, 1.0000]]])
    """
    scaled = normalize(maps)
    few, goal = scaled[..., ::3, ::3] if scaled.shape[-1] > 30 else scaled, float(like.mean())
    low, high = -4.0, 4.0  # of the power's logarithm; the mean falls as the power grows
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if float((few**2.0**middle).mean()) > goal else (low, middle)
    return scaled**2.0 ** ((low + high) / 2)
