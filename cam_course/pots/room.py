"""The room behind the plants: wall or window, table or sill, picture frame, books."""

import numpy as np
from PIL import Image, ImageDraw

from .pen import Color, blend, hsv, shade
from .vessels import distractor_color


class Room:
    """An empty room, drawn at once.

    Args:
        side: the picture's side in pixels.
        rng: what the room looks like.

    Attributes:
        image: RGB picture of it.
        shelf: height of the table's back edge, as a share of the side from the top.
        front: height of its front edge; beyond 1 where the picture ends before the table does.
        light: where the light comes from: -1 left, 1 right.
    """

    def __init__(self, side: int, rng: np.random.Generator) -> None:
        self._side, self._rng = side, rng
        self.shelf, self.light = rng.uniform(0.7, 0.84), float(rng.choice([-1, 1]))
        self._wall = hsv(rng.uniform(0, 360), rng.uniform(0.03, 0.25), rng.uniform(0.6, 0.95))
        self.image = Image.new("RGB", (side, side), self._wall)
        self._brush = ImageDraw.Draw(self.image)
        self._paper()
        if rng.random() < 0.25:
            self._window()
        elif rng.random() < 0.6:
            self._frame()
        self.front = self.shelf + rng.uniform(0.14, 0.18) if self.shelf < 0.77 and rng.random() < 0.6 else 2.0
        self._table()
        if rng.random() < 0.6:
            self._books()

    def _box(self, left: float, top: float, right: float, bottom: float, color: Color) -> None:
        edges = [round(share * self._side) for share in (left, top, right, bottom)]
        if edges[2] > edges[0] and edges[3] > edges[1]:
            self._brush.rectangle([edges[0], edges[1], edges[2] - 1, edges[3] - 1], fill=color)

    def _shape(self, points: list[tuple[float, float]], color: Color) -> None:
        self._brush.polygon([share * self._side for point in points for share in point], fill=color)

    def _paper(self) -> None:
        """Stripes, bricks, or a plain wall."""
        rng = self._rng
        pattern, step = rng.integers(0, 4), rng.uniform(0.08, 0.2)
        color, start = shade(self._wall, rng.uniform(0.88, 0.97)), rng.uniform(0, step)
        if pattern == 0:
            for x in np.arange(start, 1, 2 * step):
                self._box(x, 0, x + step, 1, color)
        if pattern == 1:
            for row, y in enumerate(np.arange(0, 1, step)):
                self._box(0, y, 1, y + 0.008, color)
                for x in np.arange(row % 2 * step, 1, 2 * step):
                    self._box(x, y, x + 0.008, y + step, color)

    def _window(self) -> None:
        """A window above its sill: pale sky, far hills, white bars."""
        rng, sill = self._rng, self.shelf - 0.03
        left, right, top = rng.uniform(0, 0.25), rng.uniform(0.75, 1), rng.uniform(-0.1, 0.1)
        sky, bars = hsv(rng.uniform(190, 215), rng.uniform(0.06, 0.2), 0.97), hsv(45, 0.05, rng.uniform(0.8, 0.97))
        self._box(left - 0.04, top - 0.04, right + 0.04, self.shelf, shade(bars, 0.88))
        for y in np.linspace(top, sill, 12)[:-1]:  # the sky pales towards the horizon
            self._box(left, y, right, sill, blend(sky, (250, 247, 240), (y - top) / (sill - top)))
        hill = hsv(rng.uniform(80, 150), rng.uniform(0.12, 0.3), rng.uniform(0.62, 0.8))
        heights = sill - rng.uniform(0.05, 0.2, 5)
        ridge = [*zip(np.linspace(left, right, 5), heights, strict=True)]
        self._shape([(left, sill), *ridge, (right, sill)], hill)
        middle, half = (left + right) / 2, 0.014
        self._box(middle - half, top, middle + half, sill, bars)
        cross = top + (sill - top) * rng.uniform(0.3, 0.45)
        self._box(left, cross - half, right, cross + half, bars)

    def _frame(self) -> None:
        """A framed landscape, perhaps a green one: green alone must not be a plant."""
        rng = self._rng
        (width, height), x, y = rng.uniform(0.18, 0.35, 2), rng.uniform(-0.1, 0.85), rng.uniform(0.02, 0.3)
        edge = 0.1 * width
        self._box(x + 0.008, y + 0.008, x + width + 0.012, y + height + 0.014, shade(self._wall, 0.78))
        self._box(x, y, x + width, y + height, distractor_color(rng))
        left, right, low = x + edge, x + width - edge, y + height - edge
        self._box(left, y + edge, right, low, hsv(rng.uniform(180, 220), 0.3, 0.85))
        land = hsv(rng.uniform(70, 160), rng.uniform(0.2, 0.6), rng.uniform(0.3, 0.7))
        peak, far = (x + 0.4 * width, y + 0.45 * height), (right, y + 0.7 * height)
        self._shape([(left, low), (left, y + 0.75 * height), peak, far, (right, low)], land)

    def _table(self) -> None:
        """Table, sill or shelf, its grain running across."""
        rng, back = self._rng, self.shelf
        wood = hsv(rng.uniform(18, 45), rng.uniform(0.1, 0.55), rng.uniform(0.35, 0.85))
        for y in np.linspace(back, 1, 8)[:-1]:  # lighter towards the viewer
            self._box(0, y, 1, 1, shade(wood, 0.92 + 0.16 * (y - back) / (1 - back)))
        for _ in range(6):
            y, slant, tone = rng.uniform(back, 1), rng.uniform(-0.012, 0.012), rng.uniform(0.85, 1.1)
            line = [0, y * self._side, self._side, (y + slant) * self._side]
            self._brush.line(line, fill=shade(wood, tone), width=max(1, round(0.004 * self._side)))
        self._box(0, back - 0.006, 1, back + 0.006, shade(wood, 0.7))
        if self.front < 1:  # a shelf: its edge, its shadow, the wall below
            self._box(0, self.front, 1, 1, shade(self._wall, 0.72))
            self._box(0, self.front, 1, self.front + 0.065, shade(self._wall, 0.55))
            self._box(0, self.front, 1, self.front + 0.035, shade(wood, 0.78))
            self._box(0, self.front, 1, self.front + 0.008, shade(wood, 1.12))

    def _books(self) -> None:
        """Two to five books, standing."""
        rng, foot = self._rng, self.shelf + 0.016
        x = rng.uniform(-0.05, 0.8)
        for _ in range(rng.integers(2, 6)):
            width, height, color = rng.uniform(0.03, 0.07), rng.uniform(0.15, 0.32), distractor_color(rng)
            self._box(x, foot - height, x + width, foot, color)
            self._box(x + 0.75 * width, foot - height, x + width, foot, shade(color, 0.85))
            self._box(x, foot - 0.8 * height, x + width, foot - 0.72 * height, shade(color, 1.3))
            self._box(x, foot - 0.2 * height, x + width, foot - 0.16 * height, shade(color, 1.3))
            x += width + 0.004
