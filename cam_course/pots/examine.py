"""How good the shipped networks are on scenes that no training has seen: ``python -m cam_course.pots.examine NAME``."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from .. import weights
from ..device import device
from .places import CACHE
from .recipes import recipe
from .tasks import TASKS
from .train import TEST_SCENES


def examine(name: str, *, n: int = TEST_SCENES, workers: int = 0, cache: Path = CACHE) -> dict[str, float]:
    """The figures of a shipped network, measured anew on what its file holds.

    Args:
        name: of the network.
        n: how many unseen scenes; for a classifier, of each regime.
        workers: processes that render.
        cache: folder of the rendered pictures.

    Raises:
        ValueError: unknown name; the nearest is offered.
    """
    chosen = recipe(name)
    net = weights.load(name).to(device())
    return TASKS[chosen.task].figures(net, size=chosen.size, n=n, workers=workers, cache=cache)


def report(names: list[str], n: int = TEST_SCENES, *, cache: Path = CACHE) -> Iterator[str]:
    """The report's lines, one network after the other."""
    yield f"on {n} unseen scenes"
    for name in tqdm(names, desc="networks", leave=False):
        figures = examine(name, n=n, cache=cache)
        yield f"{name} ({recipe(name).task}): " + ", ".join(f"{what} {share:.3f}" for what, share in figures.items())


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures of the networks named, or of all."""
    parser = argparse.ArgumentParser(prog="python -m cam_course.pots.examine", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="shipped networks (default: all)")
    parser.add_argument("-n", type=int, default=TEST_SCENES, help=f"unseen scenes (default: {TEST_SCENES})")
    options = parser.parse_args(arguments)
    try:
        names = [recipe(name).name for name in options.names] or weights.names()
    except ValueError as error:
        parser.error(str(error))
    for line in report(names, options.n):
        tqdm.write(line)


if __name__ == "__main__":
    main()
