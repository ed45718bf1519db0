"""A small U-Net: down to maps that know what, up again to maps that know where."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .nets import Normalize, stage


class PotUNet(nn.Module):
    r"""Stages on the way down, a bottom, and on the way up as many, each with the maps of its own size from above.

    Args:
        classes: how many scores a pixel gets; the background is one.
        widths: channels of each stage on the way down; the bottom has those of the last.

    >>> PotUNet().eval()(torch.rand(1, 3, 128, 128)).shape
    torch.Size([1, 6, 128, 128])
    """

    def __init__(self, classes: int = 6, widths: Sequence[int] = (16, 32, 64, 96)) -> None:
        super().__init__()
        self.normalize = Normalize()
        steps = zip((3, *widths[:-1]), widths, strict=True)
        self.down = nn.ModuleList(stage(*step, pool=False) for step in steps)
        self.pool = nn.MaxPool2d(2)
        self.bottom = stage(widths[-1], widths[-1], pool=False)
        self.enlarge = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        below = (widths[-1], *widths[:0:-1])  # what comes from below, deepest first
        across = widths[::-1]  # what comes from the other side
        self.up = nn.ModuleList(stage(b + a, a, pool=False) for b, a in zip(below, across, strict=True))
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Scores of each pixel before softmax, ``(N, classes, H, W)``, of images ``(N, 3, H, W)`` in 0…1.

        Raises:
            ValueError: a height or width that cannot be halved once for each stage.
        """
        self._check(images)
        maps, kept = self.normalize(images), []
        for step in self.down:
            maps = step(maps)  # (N, K, h, w)
            kept.append(maps)
            maps = self.pool(maps)  # (N, K, h/2, w/2)
        maps = self.bottom(maps)  # (N, K, H/16, W/16)
        for step, same_size in zip(self.up, reversed(kept), strict=True):
            maps = step(torch.cat([self.enlarge(maps), same_size], 1))
        return self.head(maps)

    def _check(self, images: Tensor) -> None:
        multiple = 2 ** len(self.down)
        if images.shape[-1] % multiple or images.shape[-2] % multiple:
            got = "×".join(map(str, images.shape[-2:]))
            raise ValueError(f"expected images with sides of a multiple of {multiple} pixels, got {got}; resize them")
