"""How many counterexamples a shortcut takes: train with more and more of them (``python -m cam_course.pots.dose``)."""

import argparse
import csv
import os
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tqdm.auto import tqdm

from ..device import device
from . import manifest
from .places import CACHE, DATA
from .recipes import RECIPES, Recipe
from .rendered import labeled
from .tasks.classification import accuracy
from .train import TEST_SCENES, train

DOSES = (0, 10, 25, 50, 100, 200, 400, 1000)
SEEDS = (0, 1)
CURVE = DATA / "dose.csv"


class Point(NamedTuple):
    """What one training came to."""

    counterexamples: int  # pictures with a pot of any color among the 2,000 of pots_biased
    seed: int
    random: float  # accuracy on unseen scenes with pots of any color
    swapped: float  # accuracy on unseen scenes with the pot of another kind


def curve(file: Path = CURVE) -> list[Point]:
    """The points that the command has measured, in order of dose and seed.

    >>> curve()[0].counterexamples
    0
    """
    with file.open(encoding="utf-8", newline="") as lines:
        return [Point(int(n), int(seed), float(a), float(b)) for n, seed, a, b in list(csv.reader(lines))[1:]]


def dosed(counterexamples: int, seed: int) -> Recipe:
    """The recipe of pots_biased with some of its pictures exchanged for counterexamples; else the same in all."""
    name = f"dose_{counterexamples}_s{seed}"
    return replace(RECIPES["pots_biased"], name=name, seed=seed, counterexamples=counterexamples)


def measure(counterexamples: int, seed: int, *, workers: int = 0, cache: Path = CACHE) -> Point:
    """Train a network with a dose of counterexamples, and test it on 400 unseen scenes of each regime.

    Args:
        counterexamples: how many of its 2,000 training pictures have a pot of any color.
        seed: of the training.
        workers: processes that render.
        cache: folder of the pictures, and of an unfinished training.
    """
    recipe = dosed(counterexamples, seed)
    net = train(recipe, device=device(), workers=workers, cache=cache)
    (cache / f"{recipe.name}.training.pt").unlink()
    tests = [labeled(on, "test", TEST_SCENES, recipe.size, workers=workers, cache=cache) for on in Point._fields[2:]]
    return Point(counterexamples, seed, *(round(accuracy(net, *test), 4) for test in tests))


def write(points: list[Point], file: Path = CURVE) -> None:
    """Write the points, sorted, as a table with a head."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([Point._fields, *sorted(points)])


def main(arguments: list[str] | None = None) -> None:
    """The command: measure every point that the file does not hold yet."""
    parser = argparse.ArgumentParser(prog="python -m cam_course.pots.dose", description=__doc__)
    parser.add_argument("--again", action="store_true", help="measure what the file holds already, too")
    parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1), help="processes that render")
    options = parser.parse_args(arguments)
    points = curve() if CURVE.exists() and not options.again else []
    known = {point[:2] for point in points}
    for seed, counterexamples in tqdm([(s, n) for s in SEEDS for n in DOSES if (n, s) not in known], desc="trainings"):
        points.append(measure(counterexamples, seed, workers=options.workers))
        write(points)
    manifest.main()


if __name__ == "__main__":
    main()
