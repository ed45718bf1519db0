"""What stands where: the regimes, each drawn from the seed of one image."""

from dataclasses import dataclass

import numpy as np

from .names import COLORS, KINDS, REGIMES, SPLITS, one_of, usual_color

ROOT_SEED = 20_140_417  # every picture of the course descends from this number


@dataclass(frozen=True)
class Placement:
    """One plant in its pot.

    Attributes:
        kind: index into `KINDS`.
        color: index into `COLORS`, of the pot.
        x: the pot's middle, as a share of the picture's side from the left.
        width: the pot's width, as a share of the side.
        depth: where it stands on the table: 0 at the back, 1 in front. Who stands in front hides others.
    """

    kind: int
    color: int
    x: float
    width: float
    depth: float


def seeds(regime: str, split: str, index: int) -> list[np.random.SeedSequence]:
    """Three independent seeds of one image: for its layout, its drawing and its grain.

    They depend on the regime, the split and the index, on nothing else: not on how many images are asked for,
    nor on their size.

    Raises:
        ValueError: unknown regime or split, or a negative index.
    """
    if index < 0:
        raise ValueError(f"expected index to be at least 0, got {index}; count from the front")
    where = (one_of("regime", regime, REGIMES), one_of("split", split, SPLITS), index)
    return np.random.SeedSequence((ROOT_SEED, *where)).spawn(3)


def lay_out(regime: str, rng: np.random.Generator) -> tuple[Placement, ...]:
    """The plants of one picture of a regime, from left to right.

    Raises:
        ValueError: unknown regime.
    """
    one_of("regime", regime, REGIMES)
    return _SEVERAL[regime](rng) if regime in _SEVERAL else _single(regime, rng)


def _color(regime: str, kind: int, rng: np.random.Generator) -> int:
    usual = usual_color(kind)
    others = [color for color in range(len(COLORS)) if color != usual]
    anything = int(rng.integers(len(COLORS)))
    return {"biased": usual, "swapped": int(rng.choice(others))}.get(regime, anything)


def _single(regime: str, rng: np.random.Generator) -> tuple[Placement, ...]:
    kind = int(rng.integers(len(KINDS)))
    x, width, depth = rng.uniform(0.3, 0.7), rng.uniform(0.26, 0.5), rng.random()
    return (Placement(kind, _color(regime, kind, rng), x, width, depth),)


def _pair(rng: np.random.Generator) -> tuple[Placement, ...]:
    kinds = rng.choice(len(KINDS), 2, replace=False)
    return tuple(
        Placement(int(kind), int(rng.integers(len(COLORS))), float(x), rng.uniform(0.26, 0.34), rng.random())
        for kind, x in zip(kinds, np.array((0.26, 0.74)) + rng.uniform(-0.03, 0.03, 2), strict=True)
    )


def _multi(rng: np.random.Generator) -> tuple[Placement, ...]:
    count, kind = int(rng.integers(2, 5)), int(rng.integers(len(KINDS)))
    places = (np.arange(count) + 0.5) / count + rng.uniform(-0.04, 0.04, count)
    widths = rng.uniform(0.5, 0.8, count) / count * (1.1 if count == 2 else 1.25)
    return _of_one_kind(kind, places, widths, rng.random(count), rng)


def _uneven(rng: np.random.Generator) -> tuple[Placement, ...]:
    """One big plant at one side, two or three small ones at the other, a little nearer."""
    small, kind, big_left = int(rng.integers(2, 4)), int(rng.integers(len(KINDS))), rng.random() < 0.5
    big, gap = rng.uniform(0.24, 0.3), 0.48 / small
    row = 0.54 + gap * np.arange(small) + rng.uniform(-0.015, 0.015, small)
    places = np.concatenate([[big], row]) if big_left else 1 - np.concatenate([row[::-1], [big]])
    widths, depths = rng.uniform(0.11, 0.15, small + 1), rng.uniform(0.5, 1, small + 1)
    at = 0 if big_left else small
    widths[at], depths[at] = rng.uniform(0.32, 0.4), rng.uniform(0, 0.4)
    return _of_one_kind(kind, places, widths, depths, rng)


def _mixed(rng: np.random.Generator) -> tuple[Placement, ...]:
    """One to four plants, each of any kind in any pot: the same kind may come twice."""
    count = int(rng.integers(1, 5))
    return _row(rng.integers(len(KINDS), size=count), rng.integers(len(COLORS), size=count), rng)


def _distinct(rng: np.random.Generator) -> tuple[Placement, ...]:
    """One plant or three, no two of a kind or in pots of one color, so that either names the other."""
    count = 1 if rng.random() < 0.5 else 3
    return _row(rng.permutation(len(KINDS))[:count], rng.permutation(len(COLORS))[:count], rng)


def _row(kinds: np.ndarray, colors: np.ndarray, rng: np.random.Generator) -> tuple[Placement, ...]:
    count = len(kinds)
    leeway, wider = {1: (0.2, 0.6), 2: (0.04, 1.1)}.get(count, (0.04, 1.25))
    places = (np.arange(count) + 0.5) / count + rng.uniform(-leeway, leeway, count)
    widths = rng.uniform(0.5, 0.8, count) / count * wider
    rows = zip(*(each.tolist() for each in (kinds, colors, places, widths, rng.random(count))), strict=True)
    return tuple(Placement(*row) for row in rows)


def _of_one_kind(
    kind: int, places: np.ndarray, widths: np.ndarray, depths: np.ndarray, rng: np.random.Generator
) -> tuple[Placement, ...]:
    colors = rng.integers(len(COLORS), size=len(places))
    rows = zip(colors.tolist(), places.tolist(), widths.tolist(), depths.tolist(), strict=True)
    return tuple(Placement(kind, *row) for row in rows)


_SEVERAL = {"pair": _pair, "multi": _multi, "uneven": _uneven, "mixed": _mixed, "distinct": _distinct}


def caption(placements: tuple[Placement, ...]) -> str:
    """The picture in words, from left to right.

    >>> caption((Placement(1, 0, 0.2, 0.3, 0.5), Placement(3, 2, 0.7, 0.3, 0.5)))
    'a baya in a blue pot next to a yuki in a yellow pot'
    """
    return " next to ".join(f"a {KINDS[p.kind]} in a {COLORS[p.color]} pot" for p in placements)
