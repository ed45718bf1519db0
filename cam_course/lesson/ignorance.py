"""A detector that has forgotten what it learned, and how to ask it about cells: a control for maps of places."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from cam_course.pots.dataset import Item
from cam_course.targets import Region

CELL = 8  # pixels on a side


class Ignorant(nn.Module):
    """A copy of a detector with all weights drawn anew but the head's; it gives the heat's logits and seeks no peaks.

    Args:
        net: left as it is; its layers are found under ``net.`` in the copy.
        seed: of the new weights, drawn on the CPU, so that every machine draws the same.
    """

    def __init__(self, net: nn.Module, seed: int = 0) -> None:
        super().__init__()
        place, changed = next(net.parameters()).device, copy.deepcopy(net).cpu()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            for part in [*changed.stages.modules(), *changed.neck.modules()]:
                if hasattr(part, "reset_parameters"):
                    part.reset_parameters()
        self.net = changed.to(place)
        self.eval()

    def forward(self, images: Tensor) -> Tensor:
        """The heat's logits, ``(N, kinds, H/8, W/8)``."""
        return self.net.fields(images)[0]


def at_its_cell(item: Item) -> list[Region]:
    """For each thing of a scene the heat of its kind in the cell that holds the middle of its box."""
    height, width = (side // CELL for side in item["image"].shape[-2:])
    middles = (item["boxes"].double().view(-1, 2, 2).mean(1) / CELL).long()  # (I, 2): column, row
    cells = torch.zeros(len(middles), height, width, dtype=torch.bool)
    cells[range(len(middles)), middles[:, 1], middles[:, 0]] = True
    return [Region(cell, kind) for cell, kind in zip(cells, item["kinds"], strict=True)]
