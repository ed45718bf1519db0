"""Drawing primitives: a pen that paints polygons, lines, dots and leaves on a layer of its own."""

import colorsys
import math

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Color = tuple[int, int, int]
Points = npt.ArrayLike


def hsv(hue: float, saturation: float, value: float) -> Color:
    """RGB bytes of a color given by its hue in degrees and two shares in 0…1 (clamped).

    >>> hsv(120, 1, 1)
    (0, 255, 0)
    """
    rgb = colorsys.hsv_to_rgb(hue % 360 / 360, min(max(saturation, 0), 1), min(max(value, 0), 1))
    return tuple(int(255 * channel) for channel in rgb)


def shade(color: Color, factor: float) -> Color:
    """The same color in more or less light.

    >>> shade((100, 50, 200), 1.5)
    (150, 75, 255)
    """
    return tuple(int(min(255, max(0, channel * factor))) for channel in color)


def blend(color: Color, other: Color, share: float) -> Color:
    """A color mixed with a share (0…1) of another."""
    return tuple(int(a * (1 - share) + b * share) for a, b in zip(color, other, strict=True))


def curve(start: Points, bend: Points, end: Points, points: int) -> np.ndarray:
    """Points on the quadratic Bézier curve from start to end, pulled towards `bend`: ``(points, 2)``."""
    t = np.linspace(0, 1, points)[:, None]
    start, bend, end = (np.asarray(p, float) for p in (start, bend, end))
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end


def normals(path: np.ndarray) -> np.ndarray:
    """Unit vectors at right angles (to the left) to a path of points ``(n, 2)``."""
    step = np.empty_like(path)
    step[1:-1], step[0], step[-1] = path[2:] - path[:-2], path[1] - path[0], path[-1] - path[-2]
    length = np.hypot(step[:, 0], step[:, 1])
    length[length == 0] = 1  # a path that stands still has no normal: zero
    return np.stack([-step[:, 1], step[:, 0]], 1) / length[:, None]


class Pen:
    """Paints on its own transparent layer, in an object's units: u to the right, v up, from the object's origin.

    Args:
        side: the layer's side in pixels.
        x, y: where the origin lies, as shares of the picture's side (y downwards).
        unit: how long one unit is, as a share of the picture's side.
        tilt: turns everything counter-clockwise, in radians.
    """

    def __init__(self, side: int, x: float, y: float, unit: float, tilt: float = 0.0) -> None:
        self.layer = Image.new("RGBA", (side, side), (0, 0, 0, 0))
        self.origin, self.unit = (x * side, y * side), unit * side
        self._brush = ImageDraw.Draw(self.layer)
        self._cos, self._sin = math.cos(tilt), math.sin(tilt)

    def pixels(self, points: Points) -> np.ndarray:
        """Pixel coordinates of points given in the object's units: ``(n, 2)``."""
        u, v = np.atleast_2d(np.asarray(points, float)).T
        right, up = u * self._cos - v * self._sin, u * self._sin + v * self._cos
        return np.stack([self.origin[0] + right * self.unit, self.origin[1] - up * self.unit], 1)

    def covers(self, point: Points) -> bool:
        """Whether something has been drawn at a point that lies in the picture."""
        (x, y), side = np.floor(self.pixels(point)[0]).astype(int).tolist(), self.layer.width
        return 0 <= x < side and 0 <= y < side and self.layer.getpixel((x, y))[3] > 0

    def polygon(self, points: Points, color: Color) -> None:
        """Fill the outline through the points."""
        self._brush.polygon(self.pixels(points).ravel().tolist(), fill=color)

    def line(self, points: Points, color: Color, width: float) -> None:
        """Draw through the points; never thinner than a pixel."""
        thick = max(1, round(width * self.unit))
        self._brush.line(self.pixels(points).ravel().tolist(), fill=color, width=thick, joint="curve")

    def dot(self, center: Points, radius: float, color: Color) -> None:
        """Fill a circle; never smaller than 0.8 pixels in radius."""
        (x, y), r = self.pixels(center)[0], max(0.8, radius * self.unit)
        self._brush.ellipse([x - r, y - r, x + r, y + r], fill=color)

    def ellipse(self, center: Points, radii: tuple[float, float], color: Color) -> None:
        """Fill an upright ellipse (it does not follow the tilt)."""
        (x, y), a, b = self.pixels(center)[0], radii[0] * self.unit, radii[1] * self.unit
        self._brush.ellipse([x - a, y - b, x + a, y + b], fill=color)

    def ring(self, center: Points, radius: float, color: Color, width: float) -> None:
        """Draw a circle's outline."""
        (x, y), r = self.pixels(center)[0], radius * self.unit
        self._brush.ellipse([x - r, y - r, x + r, y + r], outline=color, width=max(2, int(width * self.unit)))

    def blade(self, path: np.ndarray, width: float, color: Color, taper: float = 1.0) -> None:
        """Fill a leaf along a path of points; above 1, `taper` moves its broadest place towards the tip."""
        half = width * np.sin(np.pi * np.linspace(0, 1, len(path)) ** taper).clip(0) ** 0.8
        edge = normals(path) * half[:, None]
        self.polygon(np.concatenate([path + edge, (path - edge)[::-1]]), color)
