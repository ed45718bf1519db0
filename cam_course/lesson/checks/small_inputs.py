"""Small pictures and a small network, for checks that take gradients."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

SIDE = 8


def normal(seed: int, *shape: int) -> Tensor:
    """Numbers of the normal distribution, always the same for a seed."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def image_of(seed: int) -> Tensor:
    """Pixels in 0…1, some of them black or white."""
    pixels = torch.rand(3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (1.2 * pixels - 0.1).clamp(0, 1)


def network_of(seed: int, *, pixel_sized: float = 1.0) -> nn.Module:
    """A small network with a rectifier: its logits are no straight line."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 36, 4)).double()
        net[0].weight.data *= pixel_sized
        return net.eval().requires_grad_(False)


def gradient_of(score: Callable[[Tensor], Tensor], image: Tensor) -> Tensor:
    """The gradient of a score at an image."""
    x = image.detach().clone().requires_grad_()
    return torch.autograd.grad(score(x), x)[0]
