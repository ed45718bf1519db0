"""One training, an epoch at a time, that can be put down and taken up again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from tqdm.auto import tqdm

from .architectures import ARCHITECTURES
from .kept import renderer_digest
from .recipes import Recipe
from .tasks import TASKS


class Training:
    """One training, whatever its task.

    Args:
        recipe: what to train.
        data: of its task: ``image`` (n, 3, H, W) uint8, and the truth about each picture.
        device: where to train.

    Attributes:
        net: the network.
        epoch: how many epochs are done.
    """

    def __init__(self, recipe: Recipe, data: dict[str, Tensor], device: torch.device) -> None:
        self.recipe, self.device, self.epoch = recipe, device, 0
        self.data, self._task, self._n = data, TASKS[recipe.task], len(data["image"])
        with torch.random.fork_rng():
            torch.manual_seed(recipe.seed)
            self.net = ARCHITECTURES[recipe.architecture](**recipe.arguments)
            self._random = torch.get_rng_state()
        self.net.to(device, memory_format=torch.channels_last)
        steps = recipe.epochs * -(-self._n // recipe.batch)
        self._optimizer = torch.optim.AdamW(self.net.parameters(), recipe.rate, weight_decay=recipe.decay)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(self._optimizer, recipe.rate, total_steps=steps)

    def run_epoch(self) -> float:
        """Every picture once, in a new order; returns the mean loss."""
        with self._own_random_numbers():
            self.net.train()
            order = torch.randperm(self._n).split(self.recipe.batch)
            bar = tqdm(order, desc=f"{self.recipe.name} {self.epoch + 1}/{self.recipe.epochs}", leave=False)
            losses = [self._step(chosen) * len(chosen) for chosen in bar]
        self.epoch += 1
        return sum(losses) / self._n

    def _step(self, chosen: Tensor) -> float:
        loss = self._task.loss(self.net, self._batch(chosen))
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        self._schedule.step()
        return loss.item()

    def _batch(self, chosen: Tensor) -> dict[str, Tensor]:
        batch = {key: values[chosen] for key, values in self.data.items()}
        batch["image"] = batch["image"].float() / 255
        batch = self._task.flipped(batch, torch.rand(len(chosen)) < 0.5)
        moved = {key: values.to(self.device) for key, values in batch.items()}
        return {**moved, "image": moved["image"].to(memory_format=torch.channels_last)}

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
