"""Round vessels seen a little from above: flower pots, and mugs as distractors."""

import math

import numpy as np

from .names import COLORS
from .pen import Color, Pen, blend, hsv, shade

SOIL: Color = (58, 42, 32)
GRAY: Color = (128, 128, 128)
GLEAM: Color = (255, 252, 244)
GLOSS = 0.13  # how white the brightest streak of a glaze is
LIP = 0.075  # half the height of the opening's ellipse, in pot widths: how far from above the pot is seen
STRIPS = 18  # vertical strips that make up the shading of a round wall


def pot_color(color: int, rng: np.random.Generator) -> Color:
    """A saturated pot color of the named family; muted or neighboring hues would weaken the shortcut."""
    u = rng.uniform
    ranges = {
        "blue": ((208, 226), (0.75, 0.95), (0.65, 0.9)),
        "terracotta": ((10, 20), (0.68, 0.85), (0.72, 0.88)),
        "yellow": ((46, 54), (0.75, 0.92), (0.85, 0.98)),
        "dark": ((0, 360), (0.0, 0.15), (0.13, 0.22)),
    }
    return hsv(*(u(low, high) for low, high in ranges[COLORS[color]]))


def distractor_color(rng: np.random.Generator) -> Color:
    """Any hue, muted, so that no distractor passes for a pot."""
    return hsv(rng.uniform(0, 360), rng.uniform(0.1, 0.6), rng.uniform(0.25, 0.9))


def draw_back(pen: Pen, color: Color) -> None:
    """The inside of a pot, as far as it is seen through its opening."""
    pen.ellipse((0, 0), (0.5, LIP), shade(color, 0.62))


def draw_soil(pen: Pen) -> None:
    """The soil in a pot."""
    pen.ellipse((0, -0.012), (0.455, LIP * 0.86), SOIL)
    pen.ellipse((0.03, -0.025), (0.36, LIP * 0.6), shade(SOIL, 1.25))


def draw_pot(pen: Pen, rng: np.random.Generator, color: Color, height: float, light: float) -> None:
    """The front of a pot, its rim's top at v = 0, one unit wide; light falls from left (-1) or right (1)."""
    foot, rim, bellied = rng.uniform(0.62, 0.9), rng.uniform(0.1, 0.18), rng.random() < 1 / 3
    v = np.linspace(-height, -rim, 7)
    rise = (v + height) / (height - rim)
    half = 0.46 * (foot + (1 - foot) * (np.sin(rise * math.pi / 2) ** 0.7 if bellied else rise))
    _wall(pen, half, v, color, light)
    if rng.random() < 0.3:
        _wall(pen, half[3:5], v[3:5], shade(blend(color, GRAY, 0.25), 0.85), light)
    under = slice(5, 7)
    _wall(pen, half[under], v[under] * (1, 1), shade(color, 0.8), light)  # the rim's shadow
    _wall(pen, np.array([0.495, 0.5]), np.array([-rim, 0.0]), shade(color, 1.06), light)


def _wall(pen: Pen, half: np.ndarray, v: np.ndarray, color: Color, light: float) -> None:
    """Strips of a round wall with half-widths `half` at the heights `v`, each as bright as its slant allows."""
    edges = np.linspace(-1, 1, STRIPS + 1)
    drop = 2 * LIP * np.sqrt(1 - edges**2)  # the nearer, the lower
    for i in range(STRIPS):
        middle = (edges[i] + edges[i + 1]) / 2
        bright = 0.55 + 0.53 * math.sqrt(max(0.0, 1 - (middle - 0.35 * light) ** 2 / 1.9))
        gleam = GLOSS * math.exp(-(((middle - 0.45 * light) / 0.14) ** 2))
        right = edges[i + 1] + (0.02 if i < STRIPS - 1 else 0)
        left_side = [*zip(half * edges[i], v - drop[i] * half, strict=True)]
        right_side = [*zip(half * right, v - drop[i + 1] * half, strict=True)]
        pen.polygon(left_side + right_side[::-1], blend(shade(color, bright), GLEAM, gleam))


def draw_mug(pen: Pen, rng: np.random.Generator, light: float) -> None:
    """A mug of any muted color, standing on v = 0, one unit wide."""
    color, side = distractor_color(rng), rng.choice([-1, 1])
    pen.ring((side * 0.5, 0.4), 0.27, shade(color, 0.8), 0.1)
    pen.ellipse((0, 0.8), (0.5, LIP), shade(color, 0.55))
    _wall(pen, np.array([0.47, 0.5]), np.array([0.03, 0.8]), color, light)
