"""What a network can learn from the pictures, one module a task; training and testing ask it, and know nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from torch import Tensor, nn

from ..recipes import Recipe
from . import captions, classification, detection, questions, segmentation

Tensors = dict[str, Tensor]


class Task(Protocol):
    """What training and testing ask of a task.

    Attributes:
        CLASSES: what the network's scores stand for, in their order; written into the card.
    """

    CLASSES: tuple[str, ...]

    def data(self, recipe: Recipe, *, workers: int, cache: Path) -> Tensors:
        """Training pictures, ``"image"`` (n, 3, H, W) uint8, and what else is needed, all with the same first axis."""

    def flipped(self, batch: Tensors, which: Tensor) -> Tensors:
        """The batch with some of its pictures, ``which`` (N,) bool, mirrored left to right, and their truth with them.

        The images are floats in 0…1 by then, and everything is on the CPU.
        """

    def loss(self, net: nn.Module, batch: Tensors) -> Tensor:
        """What is made small, () with a gradient; the batch is on the network's device, its images in 0…1."""

    def figures(self, net: nn.Module, *, size: int, n: int, workers: int, cache: Path) -> dict[str, float]:
        """How good a network in eval mode is on the first n unseen scenes of the split test; written into the card."""


TASKS: Mapping[str, Task] = {
    "classification": classification,
    "detection": detection,
    "segmentation": segmentation,
    "captions": captions,
    "questions": questions,
}
