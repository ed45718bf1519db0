"""The pictures, networks and maps that the claims share, each made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor, nn

from cam_course import scorecard, weights
from cam_course.device import device
from cam_course.pots import Scenes
from cam_course.pots.dataset import Batch

Made = TypeVar("Made")
Where = str | tuple[str, ...]


class Laboratory:
    """Unseen scenes and shipped networks.

    Args:
        n: how many scenes of each regime.
    """

    def __init__(self, n: int = 200) -> None:
        self.n = n
        self._made: dict[tuple, object] = {}

    def once(self, key: tuple, make: Callable[[], Made]) -> Made:
        """What was made under this key, or else makes and keeps it."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]  # type: ignore[return-value]

    def forget(self) -> None:
        """Lets go of maps, which take most of the memory; scenes and networks stay."""
        self._made = {key: made for key, made in self._made.items() if key[0] != "maps"}

    def network(self, name: str) -> nn.Module:
        """A shipped network on the device, by its name."""
        return self.once(("network", name), lambda: weights.load(name).to(device()))

    def scenes(self, regime: str, split: str = "test") -> Scenes:
        """Scenes of a regime; those of the split val, a quarter as many, are for choosing thresholds."""
        n = self.n if split == "test" else max(self.n // 4, 1)
        return self.once(("scenes", regime, split), lambda: Scenes(regime, split, n=n))

    def batch(self, regime: str, split: str = "test") -> Batch:
        """Their images, labels and masks, stacked."""
        return self.once(("batch", regime, split), lambda: self.scenes(regime, split).batch(progress=False))

    def instances(self, regime: str) -> list[Tensor]:
        """For each scene the masks of its plants, ``(I, H, W)`` bool."""
        scenes = self.scenes(regime)
        return self.once(("instances", regime), lambda: [scenes[i]["plants"] for i in range(self.n)])

    def kinds(self) -> Tensor:
        """Of the scenes of regime pair, the two kinds, left and right: (N, 2)."""
        pairs = self.scenes("pair")
        return self.once(("kinds",), lambda: torch.tensor([pairs[i]["kinds"] for i in range(self.n)]))

    def targets(self, regime: str, target: str, split: str = "test") -> Tensor | None:
        """The class asked for: each scene's ``label``, the ``left`` or ``right`` plant of a pair, or the ``answer``."""
        if target == "answer":
            return None
        if target == "label":
            return self.batch(regime, split)["label"]
        return self.kinds()[:, ("left", "right").index(target)]

    def maps(self, network: str, regime: str, method: str, *, target: str = "label", **where: Where) -> Tensor:
        """The maps of all scenes of a regime, ``(N, H, W)`` on the CPU.

        Args:
            network: its name.
            regime: of the scenes.
            method: as for `explain`.
            target: as for `targets`.
            where: the ``layer``, as for `explain`, several as a tuple; the ``split``, test unless given.
        """
        layer, split = where.get("layer"), where.get("split", "test")
        images, wanted = self.batch(regime, split)["image"], self.targets(regime, target, split)
        key = ("maps", network, regime, split, method, target, layer)
        asked = {"target": wanted, "layer": list(layer) if isinstance(layer, tuple) else layer}
        return self.once(key, lambda: scorecard.maps(self.network(network), images, method, **asked))


LEFT = (torch.arange(128) < 64).expand(128, 128)  # the half of a scene in which the left plant of a pair stands
