"""Which part of a photograph a model sees, and at what size: resizing and cropping, axis by axis, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .decoding import MOST_PIXELS

# steps of torchvision's transforms, old and new, that change numbers but no places
_PLACELESS = {
    *("ToTensor", "PILToTensor", "ToImage", "ConvertImageDtype", "ToDtype", "ToPureTensor", "Normalize"),
    *("Identity", "ObjectDetection"),
}
_REMEDY = "pass a size, as fit(picture, 224), or a transform of Resize, CenterCrop, ToTensor and Normalize"


@dataclass(frozen=True)
class Axis:
    """Rows or columns of what a model sees: position u there is `offset` + `scale` · u of the photograph's pixels."""

    of: int  # pixels of the photograph
    size: int  # pixels that the model sees
    scale: float = 1.0  # photograph's pixels per pixel seen
    offset: float = 0.0  # where the seen part begins, in the photograph's pixels

    def resized(self, size: int) -> Axis:
        """The same part at another size."""
        return replace(self, size=size, scale=self.scale * self.size / size)

    def cropped(self, size: int) -> Axis:
        """The middle part, of so many pixels.

        Raises:
            ValueError: more pixels than there are.
        """
        if size > self.size:
            raise ValueError(
                f"expected a crop of at most {self.size} pixels, got {size}; put a larger Resize before it"
            )
        start = round((self.size - size) / 2)  # a half to the even side, as torchvision does
        return replace(self, size=size, offset=self.offset + self.scale * start)

    @property
    def ends(self) -> tuple[float, float]:
        """Where the seen part begins and ends, in the photograph's pixels."""
        return self.offset, min(self.of, self.offset + self.scale * self.size)  # the sum may round up

    @property
    def seen(self) -> tuple[int, int]:
        """First and one past the last of the photograph's pixels whose centers the model sees."""
        first, last = self.ends
        return round(first), round(last)

    def neighbors(self, size: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
        """For each seen pixel of the photograph, between which two of a map's values it lies, and how far along.

        Args:
            size: of the map along this axis, which spans what the model sees.
            device: of the map.

        Returns:
            lower and upper index, and the share of the upper, each of length ``seen[1] - seen[0]``.
        """
        centers = torch.arange(*self.seen, dtype=torch.float64) + 0.5  # on the CPU: not every device has float64
        at = ((centers - self.offset) / self.scale / self.size * size - 0.5).clamp(0, size - 1)
        first = at.floor().long()
        second, share = (first + 1).clamp(max=size - 1), (at - first).float()
        return first.to(device), second.to(device), share.to(device)


@dataclass(frozen=True)
class Geometry:
    """The part of a photograph that a model sees."""

    rows: Axis
    columns: Axis

    @classmethod
    def whole(cls, width: int, height: int) -> Geometry:
        """All of a photograph, at its own size."""
        return cls(Axis(height, height), Axis(width, width))

    def resized(self, size: tuple[int, ...]) -> Geometry:
        """Resized to one number, which the shorter side gets, or to (height, width).

        Raises:
            ValueError: a strip so long that resizing its shorter side would fill the memory.
        """
        height, width = self.rows.size, self.columns.size
        if len(size) == 1:
            (side,), short = size, min(height, width)
            size = (side * height // short, side * width // short)
        if size[0] * size[1] > MOST_PIXELS:
            raise ValueError(
                f"expected at most {MOST_PIXELS:,} pixels after resizing, got {size[1]} × {size[0]} from {width} × "
                f"{height}; crop the picture first"
            )
        return Geometry(self.rows.resized(size[0]), self.columns.resized(size[1]))

    def cropped(self, size: tuple[int, ...]) -> Geometry:
        """The middle of it, of one side or of (height, width)."""
        return Geometry(self.rows.cropped(size[0]), self.columns.cropped(size[-1]))

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of what the model sees."""
        return self.rows.size, self.columns.size


def after(transform: object, geometry: Geometry) -> Geometry:
    """What is seen after one of torchvision's transforms.

    Args:
        transform: of a `Weights` enum, or Resize and CenterCrop among steps that move nothing, in a Compose or not.
        geometry: before it.

    Raises:
        ValueError: a step whose way back is not known, as one by chance.
    """
    for step in _steps(transform):
        name = type(step).__name__
        if name in ("ImageClassification", "SemanticSegmentation", "Resize"):
            geometry = _resized(step, geometry)
        if name in ("ImageClassification", "CenterCrop"):
            geometry = geometry.cropped(_pair(step.crop_size if name == "ImageClassification" else step.size))
        elif name not in ("Resize", "SemanticSegmentation") and name not in _PLACELESS:
            raise ValueError(f"expected a transform that can be undone on the map, got the step {name}; {_REMEDY}")
    return geometry


def _resized(step: object, geometry: Geometry) -> Geometry:
    if getattr(step, "max_size", None) is not None:
        raise ValueError(f"expected Resize without max_size, got {step.max_size}; {_REMEDY}")
    size = step.size if type(step).__name__ == "Resize" else step.resize_size
    return geometry if size is None else geometry.resized(_pair(size))


def _pair(size: int | list[int] | tuple[int, ...]) -> tuple[int, ...]:
    return (size,) if isinstance(size, int) else tuple(size)


def _steps(transform: object) -> Iterator[object]:
    if type(transform).__name__ in ("Compose", "Sequential"):
        inner = getattr(transform, "transforms", transform)
        for step in inner:
            yield from _steps(step)
    else:
        yield transform
