"""Train the shipped networks from their seeds: ``python -m cam_course.pots.train NAME`` (or ``all``)."""

import argparse
import os
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn
from tqdm.auto import tqdm

from ..device import device
from . import manifest
from .checkpoints import make_card, rounded, write
from .places import CACHE, MODELS
from .recipes import RECIPES, Recipe, recipe
from .tasks import TASKS
from .training import Training

TEST_SCENES = 400


def train(recipe: Recipe, *, device: torch.device, workers: int = 0, cache: Path = CACHE) -> nn.Module:
    """Train a network, or finish a training that was interrupted; the caller's random numbers stay as they were.

    Args:
        recipe: what to train.
        device: where.
        workers: processes that render the pictures.
        cache: folder of the pictures, and of the state after the last whole epoch.

    Returns:
        The network on the CPU, in eval mode.
    """
    data = TASKS[recipe.task].data(recipe, workers=workers, cache=cache)
    training, file = Training(recipe, data, device), cache / f"{recipe.name}.training.pt"
    if file.exists() and training.resume(torch.load(file, map_location="cpu", weights_only=True)):
        tqdm.write(f"{recipe.name}: going on after epoch {training.epoch}")
    while training.epoch < recipe.epochs:
        loss = training.run_epoch()
        tqdm.write(f"{recipe.name}: epoch {training.epoch}/{recipe.epochs}, loss {loss:.3f}")
        _save(training.state(), file)
    return training.net.to("cpu", memory_format=torch.contiguous_format).eval()


def _save(state: dict[str, Any], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    torch.save(state, part)
    part.replace(file)


def ship(
    name: str,
    *,
    device: torch.device,
    workers: int = 0,
    models: Path = MODELS,
    cache: Path = CACHE,
    tested: int = TEST_SCENES,
) -> dict[str, Any]:
    """Train a shipped network, test it as it is stored, and write its checkpoint and card; returns the card.

    Args:
        name: of the network.
        device: where to train.
        workers: processes that render the pictures.
        models: folder of the checkpoints.
        cache: folder of pictures and unfinished trainings.
        tested: how many unseen scenes it is tested on; a classifier, of each regime with one plant.

    Raises:
        ValueError: unknown name.
    """
    chosen, start = recipe(name), time.perf_counter()
    net = train(chosen, device=device, workers=workers, cache=cache)
    seconds, task = time.perf_counter() - start, TASKS[chosen.task]
    net = rounded(net) if chosen.half else net
    figures = task.figures(net, size=chosen.size, n=tested, workers=workers, cache=cache)
    card = make_card(chosen, figures, tested, task.CLASSES)
    write(net, card, models)
    (cache / f"{name}.training.pt").unlink()
    tqdm.write(f"{name}: {figures} in {seconds:.0f} s")
    return card


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m cam_course.pots.train", description=__doc__)
    parser.add_argument("names", nargs="+", metavar="NAME", help="all, or any of: " + ", ".join(RECIPES))
    parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1), help="processes that render")
    options = parser.parse_args(arguments)
    names = list(RECIPES) if options.names == ["all"] else options.names
    try:
        recipes = [recipe(name) for name in names]
    except ValueError as error:
        parser.error(str(error))
    where = device()
    for chosen in recipes:
        ship(chosen.name, device=where, workers=options.workers)
        manifest.main()


if __name__ == "__main__":
    main()
