"""Train the shipped networks from their seeds: ``python -m cam_course.pots.train NAME`` (or ``all``)."""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from ..device import device
from . import manifest
from .checkpoints import make_card, write
from .nets import ARCHITECTURES
from .places import CACHE, MODELS
from .recipes import RECIPES, Recipe, recipe
from .rendered import labeled, renderer_digest

TESTED_ON = ("biased", "random", "swapped")
TEST_SCENES = 400


class Training:
    """One training, an epoch at a time, that can be put down and taken up again.

    Args:
        recipe: what to train.
        images: ``(n, 3, H, W)`` uint8.
        labels: ``(n,)`` int64.
        device: where to train.

    Attributes:
        net: the network.
        epoch: how many epochs are done.
    """

    def __init__(self, recipe: Recipe, images: Tensor, labels: Tensor, device: torch.device) -> None:
        self.recipe, self.device, self.epoch = recipe, device, 0
        self.images, self.labels = images, labels
        with torch.random.fork_rng():
            torch.manual_seed(recipe.seed)
            self.net = ARCHITECTURES[recipe.architecture](**recipe.arguments)
            self._random = torch.get_rng_state()
        self.net.to(device, memory_format=torch.channels_last)
        steps = recipe.epochs * -(-len(labels) // recipe.batch)
        self._optimizer = torch.optim.AdamW(self.net.parameters(), recipe.rate, weight_decay=recipe.decay)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(self._optimizer, recipe.rate, total_steps=steps)

    def run_epoch(self) -> float:
        """Every picture once, in a new order; returns the mean loss."""
        with self._own_random_numbers():
            self.net.train()
            order = torch.randperm(len(self.labels)).split(self.recipe.batch)
            bar = tqdm(order, desc=f"{self.recipe.name} {self.epoch + 1}/{self.recipe.epochs}", leave=False)
            losses = [self._step(chosen) * len(chosen) for chosen in bar]
        self.epoch += 1
        return sum(losses) / len(self.labels)

    def _step(self, chosen: Tensor) -> float:
        images = self.images[chosen].float() / 255
        flip = torch.rand(len(chosen)) < 0.5
        images[flip] = images[flip].flip(-1)
        images = images.to(self.device, memory_format=torch.channels_last)
        loss = nn.functional.cross_entropy(self.net(images), self.labels[chosen].to(self.device))
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        self._schedule.step()
        return loss.item()

    @contextmanager
    def _own_random_numbers(self) -> Iterator[None]:
        """Order, flips and dropout come from this training's numbers; the caller's stay as they were."""
        with torch.random.fork_rng():
            torch.set_rng_state(self._random)
            if self.device.type == "cuda":
                torch.cuda.manual_seed_all(self.recipe.seed * 1000 + self.epoch)
            yield
            self._random = torch.get_rng_state()

    def state(self) -> dict[str, Any]:
        """Everything needed to go on as if never interrupted."""
        return {
            "recipe": repr(self.recipe) + renderer_digest(),
            "epoch": self.epoch,
            "random": self._random,
            "net": self.net.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
        }

    def resume(self, state: dict[str, Any]) -> bool:
        """Go on from a state of the same recipe and pictures; returns False, and starts anew, for any other."""
        if state["recipe"] != repr(self.recipe) + renderer_digest():
            return False
        self.net.load_state_dict(state["net"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self.epoch, self._random = state["epoch"], state["random"].cpu()
        return True


def pictures(recipe: Recipe, *, workers: int = 0, cache: Path = CACHE) -> tuple[Tensor, Tensor]:
    """Training pictures and labels of a recipe; the counterexamples stand in the place of the last of its regime.

    Args:
        recipe: what to train.
        workers: processes that render.
        cache: folder of the pictures.

    Returns:
        ``(n, 3, size, size)`` uint8 and ``(n,)`` int64.
    """
    own = labeled(recipe.regime, "train", recipe.n, recipe.size, workers=workers, cache=cache)
    if not recipe.counterexamples:
        return own
    others = labeled("random", "train", recipe.counterexamples, recipe.size, workers=workers, cache=cache)
    kept = recipe.n - recipe.counterexamples
    return torch.cat([own[0][:kept], others[0]]), torch.cat([own[1][:kept], others[1]])


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
    images, labels = pictures(recipe, workers=workers, cache=cache)
    training, file = Training(recipe, images, labels, device), cache / f"{recipe.name}.training.pt"
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


@torch.no_grad()
def accuracy(net: nn.Module, images: Tensor, labels: Tensor, *, batch: int = 50) -> float:
    """Share of pictures ``(N, 3, H, W)`` uint8 whose highest score is the label's."""
    device = next(net.parameters()).device
    parts = zip(images.split(batch), labels.split(batch), strict=True)
    right = [(net(x.to(device).float() / 255).argmax(1).cpu() == y).sum().item() for x, y in parts]
    return sum(right) / len(labels)


def ship(
    name: str,
    *,
    device: torch.device,
    workers: int = 0,
    models: Path = MODELS,
    cache: Path = CACHE,
    tested: int = TEST_SCENES,
) -> dict[str, Any]:
    """Train a shipped network, test it, and write its checkpoint and card; returns the card.

    Args:
        name: of the network.
        device: where to train.
        workers: processes that render the pictures.
        models: folder of the checkpoints.
        cache: folder of pictures and unfinished trainings.
        tested: how many unseen scenes of each regime with one plant it is tested on.

    Raises:
        ValueError: unknown name.
    """
    chosen, start = recipe(name), time.perf_counter()
    net = train(chosen, device=device, workers=workers, cache=cache)
    seconds = time.perf_counter() - start
    tests = {on: labeled(on, "test", tested, chosen.size, workers=workers, cache=cache) for on in TESTED_ON}
    card = make_card(chosen, {on: accuracy(net, *test) for on, test in tests.items()}, tested)
    write(net, card, models)
    (cache / f"{name}.training.pt").unlink()
    tqdm.write(f"{name}: {card['accuracy']} in {seconds:.0f} s")
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
