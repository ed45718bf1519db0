"""The four kinds of plants: succulent rosette, cactus, broad leaves, fern with small white flowers."""

import math

import numpy as np

from .names import KINDS
from .pen import Color, Pen, blend, curve, hsv, normals, shade

WHITE: Color = (250, 248, 240)
POLLEN: Color = (240, 205, 80)
PALE: Color = (250, 245, 220)
FLOWERING = 0.3  # share of rudo, baya and greg that flower: a flower alone must not give yuki away


def draw_plant(kind: int, pen: Pen, rng: np.random.Generator) -> None:
    """Draw one plant of a kind; the pen's origin is the middle of the pot's rim, its unit about the pot's width."""
    green = hsv(rng.uniform(82, 150), rng.uniform(0.3, 0.72), rng.uniform(0.42, 0.8))
    _DRAW[KINDS[kind]](pen, rng, green)
    if KINDS[kind] != "yuki" and rng.random() < FLOWERING:
        for _ in range(rng.integers(1, 4)):
            petal = hsv(rng.uniform(0, 360), rng.choice([0.0, 0.5]), 0.95)
            center = rng.uniform(-0.35, 0.35), rng.uniform(0.15, 0.7)
            if pen.covers(center):  # no flower in the air
                flower(pen, center, 0.04, petal)


def flower(pen: Pen, center: tuple[float, float] | np.ndarray, radius: float, petal: Color = WHITE) -> None:
    """Five round petals about a yellow heart."""
    for angle in np.arange(5) * math.tau / 5:
        pen.dot(center + radius * np.array([math.cos(angle), math.sin(angle)]), radius * 0.75, petal)
    pen.dot(center, radius * 0.5, POLLEN)


def _rudo(pen: Pen, rng: np.random.Generator, green: Color) -> None:
    radius, squash, height = rng.uniform(0.48, 0.68), rng.uniform(0.5, 0.95), rng.uniform(0.12, 0.3)
    outermost, turn = int(rng.integers(9, 13)), rng.uniform(0, math.tau)
    pen.blade(curve((0, -0.1), (0, 0.1), (0, height + 0.1), 11), 0.1, shade(green, 0.6))
    for ring, share in enumerate((1.0, 0.8, 0.6, 0.4, 0.22)):
        count, heart = max(5, outermost - ring), np.array([0, height + 0.06 * ring])
        angles = turn + ring * 0.37 + np.arange(count) * math.tau / count
        for angle in angles[np.argsort(-np.sin(angles), kind="stable")]:  # the farthest leaves first
            reach = radius * share * np.array([math.cos(angle), squash * math.sin(angle)])
            leaf = shade(green, (0.62 + 0.13 * ring) * rng.uniform(0.93, 1.07))
            _fleshy_leaf(pen, heart, reach, radius * share, leaf)


def _fleshy_leaf(pen: Pen, heart: np.ndarray, reach: np.ndarray, length: float, color: Color) -> None:
    pen.blade(curve(heart, heart + 0.6 * reach, heart + reach, 11), 0.21 * length, shade(color, 0.7), 1.6)
    pen.blade(curve(heart, heart + 0.6 * reach, heart + 0.95 * reach, 11), 0.16 * length, shade(color, 1.08), 1.6)
    gleam = curve(heart + 0.45 * reach, heart + 0.6 * reach, heart + 0.88 * reach, 7)
    pen.blade(gleam + np.array((0, 0.03 * length)), 0.06 * length, blend(shade(color, 1.2), PALE, 0.15), 1.4)


def _baya(pen: Pen, rng: np.random.Generator, green: Color) -> None:
    height, width = rng.uniform(0.65, 1.1), rng.uniform(0.17, 0.27)
    if rng.random() < 0.55:
        for sign in rng.permutation([-1, 1])[: rng.integers(1, 3)]:
            _arm(pen, rng, sign, height, width, green)
    else:
        for sign in rng.permutation([-1, 1])[: rng.integers(1, 3)]:
            foot, size = sign * width * 1.15, (width * 0.7, height * rng.uniform(0.45, 0.75))
            _column(pen, (foot, -0.08), size, shade(green, 0.9), 5, sign * 0.12)
    _column(pen, (0, -0.08), (width, height), green, int(rng.integers(6, 9)))


def _arm(pen: Pen, rng: np.random.Generator, sign: int, height: float, width: float, green: Color) -> None:
    start, out = rng.uniform(0.25, 0.5) * height, width + rng.uniform(0.1, 0.2)
    elbow = curve((0, start), (sign * out, start - 0.02), (sign * out, start + 0.2), 9)
    pen.line(elbow, shade(green, 0.75), width * 0.96)
    _column(pen, (sign * out, start + 0.1), (width * 0.48, rng.uniform(0.25, 0.5)), green, 4)


def _column(
    pen: Pen, foot: tuple[float, float], size: tuple[float, float], green: Color, ribs: int, lean: float = 0.0
) -> None:
    (x, y), (width, height) = foot, size
    for rib in range(2 * ribs):  # each rib a lit and a shaded half
        across = np.linspace(-1 + rib / ribs, -1 + (rib + 1) / ribs, 4)
        top = y + height - width + width * np.sqrt(np.clip(1 - across**2, 0, 1))
        round_light = 0.62 + 0.42 * math.sqrt(max(0, 1 - (across.mean() + 0.25) ** 2))
        bottom = y - 0.2 * width * np.sqrt(np.clip(1 - across**2, 0, 1))
        up = [*zip(x + across * width + lean * height, top, strict=True)]
        down = [*zip(x + across * width, bottom, strict=True)]
        pen.polygon(up + down[::-1], shade(green, round_light * (0.9 if rib % 2 else 1.08)))
    for across in np.linspace(-1, 1, ribs + 1)[1:-1]:
        top = y + height - width + width * math.sqrt(1 - across**2)
        heights = np.arange(y + 0.06, top - 0.02, 0.11)
        for v, u in zip(heights, x + across * width + lean * (heights - y), strict=True):
            pen.line([(u - 0.03, v + 0.03), (u, v), (u + 0.03, v + 0.03)], blend(green, PALE, 0.7), 0.012)


def _fan(rng: np.random.Generator, count: int, spread: float, jitter: float) -> np.ndarray:
    """Angles from the vertical, in radians, evenly spread with some disorder."""
    return np.linspace(-spread, spread, count) + rng.normal(0, jitter, count)


def _greg(pen: Pen, rng: np.random.Generator, green: Color) -> None:
    count = int(rng.integers(6, 11))
    angles, reach = _fan(rng, count, 1.25, 0.12), rng.uniform(0.75, 1.1)
    for angle in angles[np.argsort(-0.4 * np.abs(angles) + rng.uniform(0, 1, count))]:  # outer leaves rather behind
        length = reach * rng.uniform(0.75, 1.1) * (1 - 0.12 * abs(angle))
        way, color = np.array([math.sin(angle), math.cos(angle)]), shade(green, rng.uniform(0.68, 1.12))
        base, tip = 0.38 * length * way, length * way + (0.12 * angle, -0.1 * abs(angle))
        pen.line(curve((0, -0.1), (0, 0.15), base, 6), shade(green, 0.6), 0.03)
        midrib = curve(base, 0.75 * length * way + (0, 0.06), tip, 11)
        _broad_leaf(pen, midrib, length * rng.uniform(0.16, 0.22), color)


def _broad_leaf(pen: Pen, midrib: np.ndarray, width: float, color: Color) -> None:
    pen.blade(midrib, width, color, 0.8)
    half = width * np.sin(np.pi * np.linspace(0, 1, 11) ** 0.8).clip(0) ** 0.8 * 0.92
    lower = midrib - normals(midrib) * (half * np.sign(midrib[-1, 0] or 1) * -1)[:, None]
    pen.polygon(np.concatenate([midrib, lower[::-1]]), shade(color, 1.1))  # the half that faces up
    vein = blend(color, (230, 240, 190), 0.45)
    for at in (3, 5, 7):
        ahead = midrib[at + 2] - midrib[at]
        for side in (-1, 1):
            pen.line([midrib[at], midrib[at] + ahead + side * 0.7 * half[at] * normals(midrib)[at]], vein, 0.008)
    pen.line(midrib[:-1], vein, 0.018)


def _yuki(pen: Pen, rng: np.random.Generator, green: Color) -> None:
    count, flowers = int(rng.integers(9, 14)), []
    angles, reach = _fan(rng, count, 1.35, 0.1), rng.uniform(0.75, 1.1)
    for angle in rng.permutation(angles):
        length, color = reach * rng.uniform(0.75, 1.1), shade(green, rng.uniform(0.68, 1.12))
        bend = (math.sin(angle) * length * 0.45, math.cos(angle) * length * 0.7 + 0.1)
        tip = (math.sin(angle) * length, math.cos(angle) * length * 0.75 - 0.18 * abs(angle))
        stem = curve((0, -0.1), bend, tip, 15)
        _frond(pen, stem, length, color)
        if rng.random() < 0.45:
            flowers.append(stem[rng.integers(8, 14)] + rng.normal(0, 0.02, 2))
    for center in filter(pen.covers, flowers):
        flower(pen, center, 0.04)


def _frond(pen: Pen, stem: np.ndarray, length: float, color: Color) -> None:
    pen.line(stem, shade(color, 0.75), 0.022)
    across, joints = normals(stem), np.arange(3, 15)
    leaflets = 0.17 * length * np.sin(np.pi * (joints / 15) ** 0.8) + 0.03
    for joint, leaflet in zip(joints, leaflets, strict=True):
        root, ahead = stem[joint], np.array([across[joint, 1], -across[joint, 0]])
        for side in (-1, 1):
            tip = root + side * leaflet * across[joint] + 0.5 * leaflet * ahead
            middle = (root + tip) / 2
            outline = [root - 0.018 * ahead, middle + 0.03 * ahead, tip, middle - 0.03 * ahead]
            pen.polygon(outline, shade(color, 1 + 0.1 * side))


_DRAW = {"rudo": _rudo, "baya": _baya, "greg": _greg, "yuki": _yuki}
