"""Scenes with their sentences, stacked for lesson 11b, and where the maps of a word or an answer lie in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cam_course.lesson.edits import recolored
from cam_course.lesson.speech import EachTold
from cam_course.metrics import energy_inside
from cam_course.pots import COLORS, KINDS, WORDS, Scenes

COLOR_STEP = 4  # where the color of the first pot stands: a baya in a blue pot


@dataclass(frozen=True)
class Album:
    """N pictures of I plants each, and the truth about them in words and masks."""

    images: Tensor  # (N, 3, H, W), on the device asked for
    captions: list[str]
    kinds: list[tuple[str, ...]]
    colors: list[tuple[str, ...]]
    plants: Tensor  # (N, I, H, W) bool, on the CPU
    pots: Tensor  # (N, I, H, W) bool, on the CPU

    @property
    def objects(self) -> Tensor:
        """Each plant with its pot: ``(N, I, H, W)`` bool."""
        return self.plants | self.pots

    @property
    def absent(self) -> list[str]:
        """For each picture the first kind of plant that is not in it."""
        return [next(kind for kind in KINDS if kind not in there) for there in self.kinds]


def album(scenes: Scenes, device: torch.device | str = "cpu") -> Album:
    """All pictures of a data set in which each has the same number of plants.

    >>> two = album(Scenes("pair", "test", n=2, size=64))
    >>> two.images.shape, two.objects.shape, len(two.kinds[0])
    (torch.Size([2, 3, 64, 64]), torch.Size([2, 2, 64, 64]), 2)
    """
    images = scenes.batch(progress=False)["image"].to(device)
    items = [scenes[i] for i in range(len(scenes))]
    return Album(
        images,
        [item["caption"] for item in items],
        [tuple(KINDS[kind] for kind in item["kinds"]) for item in items],
        [tuple(COLORS[color] for color in item["colors"]) for item in items],
        torch.stack([item["plants"] for item in items]),
        torch.stack([item["pots"] for item in items]),
    )


def closer(heatmaps: Tensor, own: Tensor, other: Tensor) -> Tensor:
    """1 where a map has more energy in its own mask than in the other one, else 0: ``(N,)``.

    Args:
        heatmaps: ``(N, H, W)``, at least 0.
        own: ``(N, H, W)`` bool.
        other: ``(N, H, W)`` bool.

    >>> heatmap = torch.tensor([[[3.0, 1.0]]])
    >>> left = torch.tensor([[[True, False]]])
    >>> closer(heatmap, left, ~left).tolist(), closer(heatmap, ~left, left).tolist()
    ([1.0], [0.0])
    """
    return (energy_inside(heatmaps, own) > energy_inside(heatmaps, other)).double()


def by(names: Sequence[tuple[str, ...]], values: Tensor) -> dict[str, Tensor]:
    """The mean value of each name, in order of the alphabet.

    Args:
        names: of the first plant or pot of each picture, as `Album.kinds` or `Album.colors`.
        values: ``(N,)``.

    >>> print(by([("yuki",), ("baya",), ("yuki",)], torch.tensor([0.0, 3.0, 1.0])))
    {'baya': tensor(3.), 'yuki': tensor(0.5000)}
    """
    first = [one[0] for one in names]
    return {name: values[[name == other for other in first]].mean() for name in sorted(set(first))}


@torch.no_grad()
def color_words(net: nn.Module, singles: Album, paint: Sequence[float], *, n: int = 60) -> list[str]:
    """What a captioner calls pots that were painted in one color, light and shade kept; of the first n pictures.

    Args:
        net: as `pots_captions`.
        singles: pictures of one plant each.
        paint: red, green, blue in 0…1.
        n: how many.
    """
    images, pots = singles.images[:n], singles.pots[:n, 0].to(singles.images.device)
    painted = recolored(images, pots, torch.tensor(paint).expand(len(images), 3))
    scores = EachTold(net, singles.captions[:n])(painted)[:, COLOR_STEP]
    colors = [WORDS.index(color) for color in COLORS]
    return [COLORS[best] for best in scores[:, colors].argmax(1).tolist()]
