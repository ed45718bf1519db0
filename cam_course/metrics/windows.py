"""Weighted sums over a window that slides along rows or columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor


def slide(values: Tensor, weights: Sequence[float], dim: int) -> Tensor:
    """The weighted sum in every window that lies inside: a side of L becomes one of L - len(weights) + 1.

    Shifted copies are added up rather than convolved, since a GPU's convolution rounds to 10 bits unless told not to.

    >>> import torch
    >>> slide(torch.tensor([1.0, 2.0, 4.0, 8.0]), (-1, 0, 1), dim=0).tolist()
    [3.0, 6.0]
    """
    length = values.shape[dim] - len(weights) + 1
    return sum(weight * values.narrow(dim, shift, length) for shift, weight in enumerate(weights))


def smooth(values: Tensor, sigma: float, radius: int) -> Tensor:
    """The mean weighted by a Gaussian, in every window of (2 · radius + 1)² that lies inside: (..., H, W).

    >>> import torch
    >>> smooth(torch.ones(1, 3, 4), sigma=1.0, radius=1).tolist()
    [[[1.0, 1.0]]]
    """
    bell = [math.exp(-(offset**2) / (2 * sigma**2)) for offset in range(-radius, radius + 1)]
    weights = [height / sum(bell) for height in bell]
    return slide(slide(values, weights, -2), weights, -1)
