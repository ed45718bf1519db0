"""A picture as a model takes it, and the model's map back on the picture, at the picture's own resolution."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from cam_course._checks import is_count
from cam_course.heatmap import normalize, overlay

from .geometry import Geometry, after

_STRIPE = 256  # rows drawn at once: the numbers of all of a large photograph would take gigabytes
_LEVELS = 256  # of a map and of gray, as many as a screen shows
_UNSEEN = 0.5  # brightness of what the model did not see


@dataclass(frozen=True)
class Fitted:
    """A picture, what a model sees of it, and the way back.

    Attributes:
        picture: the original, upright, RGB.
        image: ``(3, h, w)``, what the model takes; after a transform with Normalize no longer in 0…1.
        geometry: which part of the picture that is.
    """

    picture: Image.Image
    image: Tensor
    geometry: Geometry

    @property
    def box(self) -> tuple[int, int, int, int]:
        """What the model sees, in pixels of the picture: left, top, right, bottom; the last two are one past it."""
        (top, bottom), (left, right) = self.geometry.rows.seen, self.geometry.columns.seen
        return left, top, right, bottom

    @property
    def view(self) -> Tensor:
        """What the model sees, ``(3, h, w)`` in 0…1: to be shown beside a map of the same size."""
        return _as_tensor(_resized(self.picture, self.geometry))

    def back(self, maps: Tensor, *, outside: float = 0.0) -> Tensor:
        """Maps of what the model sees as maps of the picture, bilinearly, with half-pixel centers.

        Args:
            maps: ``(..., h, w)`` over what the model sees, at any resolution: `Explanation.maps`, or `.raw`.
            outside: the value where the model did not look.

        Returns:
            ``(..., H, W)``, float, of the picture's size, in the unit of the maps.

        Raises:
            ValueError: fewer than two dimensions.
            TypeError: no tensor of numbers.
        """
        _check_maps(maps)
        rows, columns = self.geometry.rows, self.geometry.columns
        (top, _), (left, right) = rows.seen, columns.seen
        shown = torch.full((*maps.shape[:-2], rows.of, columns.of), outside, device=maps.device)
        for start, part in self._stripes(maps.detach().float()):
            shown[..., top + start : top + start + part.shape[-2], left:right] = part
        return shown

    def overlay(self, heatmap: Tensor, *, strength: float = 0.6, colormap: str = "viridis") -> Image.Image:
        """The picture at its own resolution with a map laid over it; what the model did not see is darker.

        Args:
            heatmap: ``(h, w)`` over what the model sees; normalized here, before it is enlarged.
            strength: opacity of the map's colors at its maximum, 0…1.
            colormap: a name that Matplotlib knows.

        Returns:
            RGB, of the picture's size; colors within 3 of 255 of what `cam_course.overlay` makes of the same levels.

        Raises:
            ValueError: a map of other dimensions or not finite, a strength outside 0…1, an unknown colormap.
            TypeError: no tensor of numbers.
        """
        _check_maps(heatmap)
        if heatmap.ndim != 2:
            raise ValueError(f"expected one map (h, w), got {tuple(heatmap.shape)}; take one, as maps[0]")
        levels = normalize(heatmap.detach().float().cpu()) * (_LEVELS - 1)
        colors = _table(strength, colormap)
        gray = np.asarray(self.picture.convert("L", matrix=(1 / 3, 1 / 3, 1 / 3, 0)))
        shown = np.repeat((gray * np.float32(_UNSEEN)).astype(np.uint8)[..., None], 3, -1)
        left, top, right, _ = self.box
        for start, part in self._stripes(levels):
            at = slice(top + start, top + start + len(part)), slice(left, right)
            shown[at] = colors[part.round().to(torch.uint8).numpy(), gray[at]]
        return Image.fromarray(shown)

    def _stripes(self, maps: Tensor) -> Iterator[tuple[int, Tensor]]:
        """Some rows at a time, the seen part of the picture's map: the first row's number, and the rows."""
        first, second, share = self.geometry.columns.neighbors(maps.shape[-1], maps.device)
        wide = torch.lerp(maps[..., first], maps[..., second], share)  # (..., h, W)
        first, second, share = self.geometry.rows.neighbors(maps.shape[-2], maps.device)
        for start in range(0, len(share), _STRIPE):
            at = slice(start, start + _STRIPE)
            yield start, torch.lerp(wide[..., first[at], :], wide[..., second[at], :], share[at, None])


def fit(picture: Image.Image, to: object, *, crop: bool = True) -> Fitted:
    """A picture as a model takes it.

    Args:
        picture: as `read` returns it; it stays as it is.
        to: a side in pixels, for networks that take 0…1 as those of this course; or the model's own transform:
            torchvision's ``weights.transforms()``, the weights themselves, or Resize, CenterCrop, ToTensor and
            Normalize in a Compose.
        crop: with a side: True takes the largest square in the middle; False squeezes all of the picture into a
            square.

    Raises:
        ValueError: a side below 1; a transform whose way back is not known, or whose result is no ``(3, h, w)``.
        TypeError: no picture, or neither side nor transform.

    >>> fitted = fit(Image.new("RGB", (400, 200)), 100)
    >>> fitted.image.shape, fitted.box
    (torch.Size([3, 100, 100]), (100, 0, 300, 200))
    """
    if not isinstance(picture, Image.Image) or picture.mode != "RGB":
        got = f"mode {picture.mode}" if isinstance(picture, Image.Image) else type(picture).__name__
        raise TypeError(f"expected picture as an RGB PIL.Image, got {got}; pass what images.read returns")
    geometry = Geometry.whole(*picture.size)
    if isinstance(to, int):
        is_count("to", to)
        geometry = (geometry.cropped((min(picture.size),)) if crop else geometry).resized((to, to))
        return Fitted(picture, _as_tensor(_resized(picture, geometry)), geometry)
    transform: Any = to.transforms() if callable(getattr(to, "transforms", None)) else to
    if not callable(transform):
        raise TypeError(f"expected a side in pixels or a transform, got {type(to).__name__}; pass weights.transforms()")
    geometry = after(transform, geometry)
    return Fitted(picture, _transformed(transform, picture, geometry.size), geometry)


def _resized(picture: Image.Image, geometry: Geometry) -> Image.Image:
    """The seen part at the size seen; each pixel is the mean of those that it stands for, weighted bilinearly."""
    (top, bottom), (left, right) = geometry.rows.ends, geometry.columns.ends
    height, width = geometry.size
    return picture.resize((width, height), Image.Resampling.BILINEAR, box=(left, top, right, bottom))


def _transformed(transform: Callable[[Image.Image], Any], picture: Image.Image, size: tuple[int, int]) -> Tensor:
    image = transform(picture)
    if not isinstance(image, Tensor) or not image.is_floating_point() or image.shape != (3, *size):
        got = f"{image.dtype} {tuple(image.shape)}" if isinstance(image, Tensor) else type(image).__name__
        raise ValueError(
            f"expected the transform to give floating-point numbers (3, {size[0]}, {size[1]}), got {got}; "
            "end it with ToTensor, and check its sizes"
        )
    return image


def _as_tensor(picture: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float().div(255).contiguous()


def _table(strength: float, colormap: str) -> np.ndarray:
    """What `cam_course.overlay` gives for each level of a map, and each gray: (256, 256, 3), uint8."""
    ramp = torch.linspace(0, 1, _LEVELS)
    levels, grays = torch.meshgrid(ramp, ramp, indexing="ij")
    return overlay(grays[None], levels, strength=strength, colormap=colormap)


def _check_maps(maps: object) -> None:
    if not isinstance(maps, Tensor):
        raise TypeError(f"expected maps as a tensor, got {type(maps).__name__}; pass Explanation.maps")
    if maps.ndim < 2 or 0 in maps.shape:
        raise ValueError(f"expected maps (..., h, w), none of them 0, got {tuple(maps.shape)}; pass Explanation.maps")
