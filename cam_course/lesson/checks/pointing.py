"""Which cell of a map a point of a photograph lies in, and what readers get wrong on the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from cam_course.lesson.verdicts import Mistake

Box = tuple[int, int, int, int]
Cells = tuple[int, int]


def on_map(x: float, y: float, cells: Cells, box: Box) -> list[int]:
    """The cell of a map in which a point of the photograph lies: row and column, -1 where it was not seen."""
    left, upper, right, lower = box
    if not (left <= x < right and upper <= y < lower):
        return [-1, -1]
    return [math.floor(place) for place in _in_cells(x, y, cells, box)]


def _in_cells(x: float, y: float, cells: Cells, box: Box) -> tuple[float, float]:
    """How many cells, not a whole number, lie between the upper left corner of what is seen and the point."""
    left, upper, right, lower = box
    return (y - upper) * cells[0] / (lower - upper), (x - left) * cells[1] / (right - left)


def _seen(how: Callable[..., Sequence[float]]) -> Callable:
    """A function of the same arguments that says -1, -1 for points outside."""
    return lambda x, y, n, b: [-1, -1] if on_map(x, y, n, b)[0] < 0 else list(how(x, y, n, b))


def _moved(x: float, y: float, cells: Cells, box: Box) -> list[int]:
    places = zip(_in_cells(x, y, cells, box), cells, strict=True)
    return [min(max(math.floor(place), 0), count - 1) for place, count in places]


def _cut_short(x: float, y: float, cells: Cells, box: Box) -> list[int]:
    found = [int(place) for place in _in_cells(x, y, cells, box)]
    return found if all(0 <= place < count for place, count in zip(found, cells, strict=True)) else [-1, -1]


def _with_the_end(x: float, y: float, cells: Cells, box: Box) -> list[int]:
    seen = box[0] <= x <= box[2] and box[1] <= y <= box[3]
    return [math.floor(place) for place in _in_cells(x, y, cells, box)] if seen else [-1, -1]


WIDE, HIGH, SQUARE = (40, 12, 220, 152), (0, 30, 480, 270), (75, 0, 375, 300)
INSIDE = [
    (163.0, 47.5, (7, 9), WIDE),
    (47, 137, (7, 9), WIDE),
    (40, 12, (7, 9), WIDE),  # the very corner
    (101.5, 227.0, (8, 16), HIGH),
    (290.0, 170, (4, 6), SQUARE),
]
OUTSIDE = [
    (35.5, 60, (7, 9), WIDE),  # less than a cell to the left
    (220, 60, (7, 9), WIDE),  # on the right end
    (200, 20.0, (8, 16), HIGH),
    (180, 310, (4, 6), SQUARE),
    (600, 100, (4, 6), SQUARE),
    (60, 152, (7, 9), WIDE),  # on the lower end
]
MISTAKES: list[Mistake] = [
    (
        "column first",
        lambda x, y, n, b: on_map(x, y, n, b)[::-1],
        "Your two numbers have changed places: the row, which counts down, comes first.",
    ),
    (
        "x as row",
        _seen(
            lambda x, y, n, b: (
                math.floor((x - b[0]) * n[0] / (b[2] - b[0])),
                math.floor((y - b[1]) * n[1] / (b[3] - b[1])),
            )
        ),
        "Your row moves with x. x says how far to the right a point is, and that is counted by columns.",
    ),
    (
        "cells changed places",
        _seen(lambda x, y, n, b: map(math.floor, _in_cells(x, y, n[::-1], b))),
        "You divided the height by the number of columns. `cells` is (rows, columns).",
    ),
    (
        "no offset",
        _seen(lambda x, y, n, b: map(math.floor, _in_cells(x, y, n, (0, 0, b[2] - b[0], b[3] - b[1])))),
        "You count from the corner of the photograph. The map begins where the crop begins.",
    ),
    (
        "the size is right and lower",
        _seen(lambda x, y, n, b: (math.floor((y - b[1]) * n[0] / b[3]), math.floor((x - b[0]) * n[1] / b[2]))),
        "You took `right` and `lower` for a width and a height. They are positions; a width is a difference.",
    ),
    (
        "the center's number, cut",
        _seen(lambda x, y, n, b: (math.floor(place - 0.5) for place in _in_cells(x, y, n, b))),
        "You solved (1) and (2), which hold for the *centers*. A point in the left half of a cell lies in that cell, "
        "too; yours goes to the cell before.",
    ),
    (
        "the center's number, cut towards 0",
        _seen(lambda x, y, n, b: (int(place - 0.5) for place in _in_cells(x, y, n, b))),
        "You solved (1) and (2), which hold for the *centers*, and cut what is behind the point. In the left half of a "
        "cell you get the cell before.",
    ),
    (
        "rounded",
        _seen(lambda x, y, n, b: (round(place) for place in _in_cells(x, y, n, b))),
        "You rounded to the nearest whole number: a point in the right half of a cell goes to the next one. Cells are "
        "areas; look which one it lies in.",
    ),
    (
        "counted from 1",
        _seen(lambda x, y, n, b: (math.floor(place) + 1 for place in _in_cells(x, y, n, b))),
        "You count rows and columns from 1. They begin at 0.",
    ),
    (
        "not whole",
        _seen(_in_cells),
        "Your numbers are not whole. That is how many cells lie before the point; which one is it in?",
    ),
    (
        "three cells",
        lambda x, y, n, b: on_map(x, y, (3, 3), b),
        "You divide by 3: that is the pencil's map. How many cells there are stands in `cells`.",
    ),
    (
        "outside, too",
        lambda x, y, n, b: [math.floor(place) for place in _in_cells(x, y, n, b)],
        "You name a cell for every point, also for those that the crop cut off. Outside of `box` return (-1, -1).",
    ),
    (
        "moved to the edge",
        _moved,
        "You move points outside to the nearest cell. The network saw nothing of them: return (-1, -1).",
    ),
    (
        "cut towards 0",
        _cut_short,
        "A point a little to the left of the crop gets a cell. `int` cuts towards 0, so that -0.3 becomes 0: compare "
        "the point with `box` first.",
    ),
    (
        "the end belongs to it",
        _with_the_end,
        "A point on the right end of the crop gets a column that the map does not have, or one on its lower end a row: "
        "`right` and `lower` are one past it.",
    ),
]
