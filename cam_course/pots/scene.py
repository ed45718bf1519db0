"""One picture put together: room, shadows, plants, pots, mug, light and grain, and who owns each pixel."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .layout import Placement, lay_out, seeds
from .names import KINDS
from .pen import Pen
from .plants import draw_plant
from .room import Room
from .vessels import draw_back, draw_mug, draw_pot, draw_soil, pot_color

SUPERSAMPLING = 3
SMALLEST, LARGEST = 32, 1024
SHADOW = (22, 17, 14)
NOBODY = 0


@dataclass(frozen=True)
class Scene:
    """A picture and the truth about it.

    Attributes:
        pixels: ``(H, W, 3)`` uint8.
        owner: ``(H, W)`` uint8: 0 for the room, ``2 i + 1`` for plant i, ``2 i + 2`` for its pot.
        placements: what stands where, from left to right.
    """

    pixels: np.ndarray
    owner: np.ndarray
    placements: tuple[Placement, ...]

    @property
    def plants(self) -> np.ndarray:
        """A mask per plant: ``(I, H, W)`` bool. What hides a plant is not in its mask."""
        return np.stack([self.owner == 2 * i + 1 for i in range(len(self.placements))])

    @property
    def pots(self) -> np.ndarray:
        """A mask per pot: ``(I, H, W)`` bool. Neither its soil nor leaves in front are in it."""
        return np.stack([self.owner == 2 * i + 2 for i in range(len(self.placements))])


class _Canvas:
    """A picture in the making, and who owns each of its pixels; whatever is painted later hides the earlier."""

    def __init__(self, image: Image.Image) -> None:
        self.image, self.owner = image, Image.new("L", image.size, NOBODY)

    def paint(self, layer: Image.Image, owner: int, where: Image.Image | None = None) -> None:
        mask = layer.getchannel("A") if where is None else where
        box = mask.getbbox()
        if box is not None:
            self.image.paste(layer.crop(box), box, mask.crop(box))
            self.owner.paste(owner, box, mask.crop(box))

    def darken(self, shape: Image.Image, strength: float, softness: float) -> None:
        """A shadow of a gray shape, given at a quarter of the side, blurred by a share of the side."""
        soft = shape.filter(ImageFilter.GaussianBlur(softness * shape.width))
        soft = soft.point([int(strength * v) for v in range(256)]).resize(self.image.size, Image.Resampling.BILINEAR)
        box = soft.getbbox()
        if box is not None:
            self.image.paste(SHADOW, box, soft.crop(box))


def render(regime: str, split: str, index: int, size: int = 128) -> Scene:
    """Draw image number `index` of a regime and split.

    The same arguments give the same bytes on one machine and set of versions. The composition does not depend on
    the size; the grain does.

    Args:
        regime: one of `REGIMES`.
        split: one of `SPLITS`.
        index: at least 0.
        size: the picture's side in pixels, 32…1024.

    Raises:
        ValueError: an unknown name, a negative index, or a size out of range.
    """
    if not SMALLEST <= size <= LARGEST:
        raise ValueError(f"expected size to be {SMALLEST}…{LARGEST} pixels, got {size}; the course uses 128")
    layout_seed, drawing_seed, grain_seed = seeds(regime, split, index)
    placements = lay_out(regime, np.random.default_rng(layout_seed))
    canvas, light = _draw(placements, np.random.default_rng(drawing_seed), size * SUPERSAMPLING)
    pixels = canvas.image.resize((size, size), Image.Resampling.BOX)
    pixels = _develop(pixels, np.random.default_rng(grain_seed), light)
    return Scene(pixels, _majority(np.asarray(canvas.owner), size), placements)


def _draw(placements: tuple[Placement, ...], rng: np.random.Generator, side: int) -> tuple[_Canvas, float]:
    room = Room(side, rng)
    canvas = _Canvas(room.image)
    if rng.random() < 0.4:
        at = rng.uniform(0.05, 0.95), room.shelf + 0.04
        _mug(canvas, rng, at, rng.uniform(0.1, 0.16), room.light)
    for i in sorted(range(len(placements)), key=lambda i: placements[i].depth):  # the farthest first
        _potted_plant(canvas, rng, placements[i], i, room)
    if rng.random() < 0.25 and len(placements) < 3 and room.front > 1:  # and a mug in front, not before small pots
        at = rng.uniform(0.05, 0.95), rng.uniform(0.95, 1.05)
        _mug(canvas, rng, at, rng.uniform(0.14, 0.22), room.light)
    return canvas, room.light


def _mug(canvas: _Canvas, rng: np.random.Generator, at: tuple[float, float], width: float, light: float) -> None:
    _contact_shadow(canvas, at, width, light)
    pen = Pen(canvas.image.width, *at, width)
    draw_mug(pen, rng, light)
    canvas.paint(pen.layer, NOBODY)


def _potted_plant(canvas: _Canvas, rng: np.random.Generator, place: Placement, i: int, room: Room) -> None:
    side, height, color = canvas.image.width, rng.uniform(0.72, 0.95), pot_color(place.color, rng)
    base = min(room.shelf + 0.02 + 0.1 * place.depth, 0.985)
    rim = base - height * place.width
    back, soil, front = (Pen(side, place.x, rim, place.width) for _ in range(3))
    leaves = Pen(side, place.x, rim, place.width * rng.uniform(0.8, 1.15), rng.normal(0, 0.1))
    draw_back(back, color), draw_soil(soil)
    draw_plant(place.kind, leaves, rng)
    draw_pot(front, rng, color, height, room.light)
    _wall_shadow(canvas, leaves.layer, place.width, room.light)
    _contact_shadow(canvas, (place.x, base), place.width, room.light)
    plant, pot = 2 * i + 1, 2 * i + 2
    for pen, owner in ((back, pot), (soil, NOBODY), (leaves, plant), (front, pot)):
        canvas.paint(pen.layer, owner)
    if rng.random() < 0.5 and KINDS[place.kind] != "baya":  # a cactus does not droop
        canvas.paint(leaves.layer, plant, _hanging_over(leaves.layer, front))


def _hanging_over(leaves: Image.Image, pot: Pen) -> Image.Image:
    """The leaves beside the stem, down to a little below the rim: they may fall in front of the pot."""
    window = Image.new("L", leaves.size, 0)
    brush = ImageDraw.Draw(window)
    for sign in (-1, 1):
        corners = np.array([(0.3, 0.1), (2, 0.1), (2, -0.18), (0.4, -0.18)]) * (sign, 1)
        brush.polygon(pot.pixels(corners).ravel().tolist(), fill=255)
    return ImageChops.multiply(leaves.getchannel("A"), window)


def _contact_shadow(canvas: _Canvas, at: tuple[float, float], width: float, light: float) -> None:
    """The dark, soft patch on the table that makes a vessel stand on it."""
    side = canvas.image.width // 4
    shape = Image.new("L", (side, side), 0)
    x, y = at[0] - 0.16 * light * width, at[1] - 0.03 * width
    box = [x - 0.6 * width, y - 0.1 * width, x + 0.6 * width, y + 0.1 * width]
    ImageDraw.Draw(shape).ellipse([share * side for share in box], fill=255)
    canvas.darken(shape, 0.5, 0.012)


def _wall_shadow(canvas: _Canvas, leaves: Image.Image, width: float, light: float) -> None:
    """The plant's faint shadow on what is behind it, away from the light."""
    small = leaves.getchannel("A").reduce(4)
    shape = Image.new("L", small.size, 0)
    offset = round(-0.22 * light * width * small.width), round(0.12 * width * small.width)
    shape.paste(small, offset)
    canvas.darken(shape, 0.22, 0.02)


def _develop(image: Image.Image, rng: np.random.Generator, light: float) -> np.ndarray:
    """Light, color temperature and grain of a camera: ``(H, W, 3)`` uint8."""
    size, tilt = image.width, rng.uniform(-0.9, 0.9)
    angle = tilt if light > 0 else math.pi - tilt
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    slope = rng.uniform(0, 0.3) * (x * math.cos(angle) + y * math.sin(angle))
    exposure = rng.uniform(0.78, 1.15) * (1 + slope - 0.08 * (x**2 + y**2))
    if rng.random() < 0.3:
        exposure = exposure * (1 + rng.uniform(0.1, 0.22) * _sunlit(rng, size))
    warmth = 1 + rng.uniform(-0.08, 0.08) * np.array([1, 0, -1])
    grain = rng.uniform(2, 7) * rng.standard_normal((size, size, 3), dtype=np.float32)
    picture = np.asarray(image, np.float32) * exposure[..., None] * warmth + grain
    return np.clip(picture, 0, 255).astype(np.uint8)


def _sunlit(rng: np.random.Generator, size: int) -> np.ndarray:
    """Where the sun falls in through a window with a cross: 0…1, ``(H, W)``."""
    scale = 64
    patch = Image.new("L", (scale, scale), 0)
    brush, (x, y) = ImageDraw.Draw(patch), rng.uniform(-0.1, 0.55, 2)
    slant, width, height = rng.uniform(-0.25, 0.25), rng.uniform(0.16, 0.26), rng.uniform(0.18, 0.28)
    for column in (0, 1):
        for row in (0, 1):
            left, top = x + column * (width + 0.03) + slant * row, y + row * (height + 0.03)
            right, low = left + width, top + height
            corners = [(left, top), (right, top), (right + slant * 0.9, low), (left + slant * 0.9, low)]
            brush.polygon([share * scale for corner in corners for share in corner], fill=255)
    patch = patch.filter(ImageFilter.GaussianBlur(1.2)).resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(patch, np.float32) / 255


def _majority(owner: np.ndarray, size: int) -> np.ndarray:
    """Who owns more than half of each pixel's samples, else nobody: ``(size, size)`` uint8."""
    blocks = owner.reshape(size, SUPERSAMPLING, size, SUPERSAMPLING)
    result = np.zeros((size, size), np.uint8)
    for name in range(1, int(owner.max()) + 1):
        result[(blocks == name).mean((1, 3)) > 0.5] = name
    return result
