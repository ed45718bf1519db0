"""The pictures of the page: each map on the photograph, small enough that the page is one file that can be sent."""

from __future__ import annotations

import base64
import io
import math
import warnings
from dataclasses import dataclass, replace

import torch  # noqa: F401 - the example uses it
from PIL import Image, ImageDraw
from torch import Tensor

from cam_course.images import Fitted
from cam_course.images.geometry import Axis, Geometry

SIDE = 640  # pixels of the longer side: as wide as the page shows a picture, and sharp in print at half of its width
QUALITIES = (88, 80, 70, 58, 45)  # tried in this order: the first that is small enough is taken
_FRAME = (("black", 5), ("white", 3))  # round what the network sees: seen on light and on dark


@dataclass(frozen=True)
class Shown:
    """A picture for an ``img``: its data as an address, its size in pixels."""

    address: str
    width: int
    height: int


def reduced(fitted: Fitted, side: int = SIDE) -> Fitted:
    """The same view of a smaller copy of the photograph, which is never enlarged."""
    picture = fitted.picture
    share = min(1, side / max(picture.size))
    width, height = (max(1, round(share * of)) for of in picture.size)
    geometry = Geometry(_scaled(fitted.geometry.rows, height), _scaled(fitted.geometry.columns, width))
    small = picture.resize((width, height), Image.Resampling.LANCZOS) if share < 1 else picture
    return Fitted(small, fitted.image, geometry)


def photograph(fitted: Fitted, most_bytes: int) -> Shown:
    """The photograph with a frame round what the network sees, where that is not all of it."""
    picture, (left, top, right, bottom) = fitted.picture.copy(), fitted.box
    if (left, top, right, bottom) != (0, 0, *picture.size):
        for color, width in _FRAME:
            ImageDraw.Draw(picture).rectangle((left, top, right - 1, bottom - 1), outline=color, width=width)
    return as_data(picture, most_bytes)


def overlay(fitted: Fitted, heatmap: Tensor, most_bytes: int) -> Shown:
    """One map ``(h, w)`` on the photograph, its highest hundredth in one color."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a flat map the page says so itself
        return as_data(fitted.overlay(bounded(heatmap)), most_bytes)


def bounded(heatmap: Tensor) -> Tensor:
    """A map cut at what 99 of 100 of its pixels do not exceed, so that a single pixel does not darken all others.

    A map that is the same in 99 of 100 pixels stays as it is.

    >>> bounded(torch.arange(200.0).view(10, 20)).max()
    tensor(197.)
    """
    bound = heatmap.flatten().kthvalue(math.ceil(0.99 * heatmap.numel())).values
    return heatmap.clamp(max=bound) if bound > heatmap.min() else heatmap


def as_data(picture: Image.Image, most_bytes: int) -> Shown:
    """A picture as a JPEG of at most so many bytes: a lower quality first, then fewer pixels."""
    for quality in QUALITIES:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= most_bytes or max(picture.size) <= 16:
            data = base64.b64encode(buffer.getvalue()).decode("ascii")
            return Shown(f"data:image/jpeg;base64,{data}", *picture.size)
    smaller = (max(1, int(side * 0.8)) for side in picture.size)
    return as_data(picture.resize(tuple(smaller), Image.Resampling.LANCZOS), most_bytes)


def _scaled(axis: Axis, of: int) -> Axis:
    share = of / axis.of
    return replace(axis, of=of, scale=axis.scale * share, offset=axis.offset * share)
