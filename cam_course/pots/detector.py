"""A detector without anchors: every plant in its pot is the point in its middle, with an offset and a size."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .nets import PotNet

DILATIONS = (1, 2, 1)  # the middle one widens the view, so that a cell sees a plant to its edges
RARE = -3.0  # first bias of the heat: nearly every cell is empty, and an even guess would drown the few that are not


class PotDetector(nn.Module):
    r"""The stages of a `PotNet`, three convolutions on 16×16 cells, and one head: heat, offset and size of each cell.

    The heat of a kind says how likely the middle of a plant of this kind lies in the cell. Cells that are hotter than
    their eight neighbors are detections.

    Args:
        classes: how many kinds.
        widths: channels of each stage.
        threshold: the least score of a detection, 0…1.

    Attributes:
        stride: side of a cell in pixels.

    >>> net = PotDetector(threshold=0.0).eval()
    >>> found = net(torch.rand(2, 3, 128, 128))
    >>> len(found), sorted(found[0]), found[0]["boxes"].shape[1]
    (2, ['boxes', 'labels', 'scores'], 4)
    """

    def __init__(self, classes: int = 4, widths: Sequence[int] = (16, 32, 64, 96), threshold: float = 0.2) -> None:
        super().__init__()
        trunk, width = PotNet(classes, widths), widths[-1]
        self.threshold, self.stride = threshold, 2 ** (len(widths) - 1)
        self.normalize, self.stages = trunk.normalize, trunk.stages
        self.neck = nn.Sequential(*(_wide(width, dilation) for dilation in DILATIONS))
        self.head = nn.Conv2d(width, classes + 4, 1)
        nn.init.constant_(self.head.bias[:classes], RARE)

    def fields(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """What is said of each cell, before peaks are sought.

        Args:
            images: ``(N, 3, H, W)`` in 0…1.

        Returns:
            The heat's logits ``(N, classes, H/8, W/8)``, and ``(N, 4, H/8, W/8)``: where in the cell the middle lies, x
            and y before the sigmoid, and the logarithm of width and height in cells.
        """
        maps = self.neck(self.stages(self.normalize(images)))  # (N, K, H/8, W/8)
        said = self.head(maps)  # (N, classes + 4, H/8, W/8)
        return said[:, :-4], said[:, -4:]

    def forward(self, images: Tensor) -> list[dict[str, Tensor]]:
        """For each image the detections, the surest first, as torchvision's detectors give them.

        Args:
            images: ``(N, 3, H, W)`` in 0…1.

        Returns:
            For each image ``boxes`` (D, 4), x0 y0 x1 y1 in pixels, ``labels`` (D,) int64 and ``scores`` (D,) in 0…1;
            boxes and scores have gradients.
        """
        return [self._found(heat.sigmoid(), place) for heat, place in zip(*self.fields(images), strict=True)]

    def _found(self, heat: Tensor, place: Tensor) -> dict[str, Tensor]:
        hottest_around = nn.functional.max_pool2d(heat.detach(), 3, stride=1, padding=1)  # (classes, h, w)
        labels, rows, columns = ((heat == hottest_around) & (heat >= self.threshold)).nonzero(as_tuple=True)
        order = heat.detach()[labels, rows, columns].argsort(descending=True)
        labels, rows, columns = labels[order], rows[order], columns[order]
        place = place[:, rows, columns]  # (4, D)
        middle = torch.stack([columns, rows]) + place[:2].sigmoid()  # (2, D) in cells
        reach = place[2:].exp() / 2  # (2, D)
        boxes = self.stride * torch.cat([middle - reach, middle + reach]).T  # (D, 4)
        return {"boxes": boxes, "labels": labels, "scores": heat[labels, rows, columns]}


def _wide(width: int, dilation: int) -> nn.Sequential:
    convolution = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(width), nn.ReLU())
