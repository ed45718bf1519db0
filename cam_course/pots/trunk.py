"""The stages that turn a picture into maps, for networks that go on to speak of it."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .nets import stage

POOLED = 3  # stages that pool, as of a `PotNet`: the maps of a picture of 128 pixels are 16×16


def trunk(widths: Sequence[int]) -> nn.Sequential:
    """Stages of convolution, batch norm and ReLU, the first three of which pool.

    Args:
        widths: channels of each stage.
    """
    steps = zip((3, *widths[:-1]), widths, strict=True)
    return nn.Sequential(*(stage(*step, pool=i < POOLED) for i, step in enumerate(steps)))


def places(maps: Tensor) -> Tensor:
    """Two more maps behind those of ``(N, K, h, w)``: how far to the right and how far down, -1…1.

    >>> places(torch.zeros(1, 1, 1, 3))[0, 1].tolist()
    [[-1.0, 0.0, 1.0]]
    """
    high, wide = maps.shape[-2:]
    down, right = (torch.linspace(-1, 1, side, device=maps.device, dtype=maps.dtype) for side in (high, wide))
    where = torch.stack([right.expand(high, wide), down[:, None].expand(high, wide)])
    return torch.cat([maps, where.expand(len(maps), 2, high, wide)], 1)
