"""The dose curve in the lessons: what counterexamples did to a shortcut, as lines of numbers and as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

from matplotlib.axes import Axes

from cam_course.lesson.curves import lines
from cam_course.lesson.figures import FONT
from cam_course.lesson.measured import approx
from cam_course.pots.dose import Point


def averages(points: Sequence[Point]) -> dict[int, tuple[float, float]]:
    """From each dose, in order, to the mean accuracy over its seeds on random and on swapped scenes.

    >>> averages([Point(10, 0, 0.25, 0.0), Point(10, 1, 0.75, 0.5)])
    {10: (0.5, 0.25)}
    """
    doses = sorted({point.counterexamples for point in points})
    here = {n: [point for point in points if point.counterexamples == n] for n in doses}
    return {n: (mean(p.random for p in some), mean(p.swapped for p in some)) for n, some in here.items()}


def tell(points: Sequence[Point]) -> None:
    """Print the means, one dose a line."""
    for dose, (on_random, on_swapped) in averages(points).items():
        print(f"{dose:5} counterexamples: random {approx(on_random)}, swapped {approx(on_swapped)}")


def draw(ax: Axes, points: Sequence[Point]) -> Axes:
    """Draw the means as lines and every training as a dash; a dose of 0 has no place on a logarithmic axis."""
    some = {dose: both for dose, both in averages(points).items() if dose}
    values = {"random": [both[0] for both in some.values()], "swapped": [both[1] for both in some.values()]}
    lines(ax, list(some), values, labels=("counterexamples among the training pictures", "accuracy"))
    each = [point for point in points if point.counterexamples]
    ax.plot(
        [p.counterexamples for p in each], [p.swapped for p in each], "k_", markersize=14, label="swapped, one training"
    )
    ax.legend(fontsize=FONT - 3, frameon=False)
    return ax
