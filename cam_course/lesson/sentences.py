"""Scenes with their sentences, stacked for lesson 11b, and where the maps of a word or an answer lie in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from cam_course import targets
from cam_course.explain import explain
from cam_course.lesson.speech import CHUNK, EachAsked
from cam_course.metrics import energy_inside, rank_correlation
from cam_course.pots import ANSWERS, COLORS, KINDS, Scenes

SAID_TWICE = ("plant words", "pot", "in", "a")  # about each plant of a sentence


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


def on_own(heatmaps: Tensor, masks: Tensor) -> Tensor:
    """How often the maps of a word lie on its own thing, of both times that a sentence says it: 0, 0.5 or 1, ``(N,)``.

    Args:
        heatmaps: ``(2, N, H, W)``: of the word about the first plant, and about the second.
        masks: ``(N, 2, H, W)`` bool: of the first, and of the second.

    >>> left = torch.tensor([[True, False]])
    >>> on_own(torch.stack([left, left])[:, None].double(), torch.stack([left, ~left])[None]).tolist()
    [0.5]
    """
    one, other = masks.unbind(1)
    return (closer(heatmaps[0], one, other) + closer(heatmaps[1], other, one)) / 2


def alike(heatmaps: Tensor) -> dict[str, dict[str, Tensor]]:
    """Whether the picture or the step decides a map: rank correlations over 16×16 places, means over the pictures.

    Args:
        heatmaps: ``(8, N, H, W)``: plant word, “pot”, “in”, “a”, each about the first plant and about the second.

    Returns:
        For each word one number, under two names: of one picture at two steps, and of two pictures at one step.
    """
    first, second = adaptive_avg_pool2d(heatmaps, 16).unflatten(0, (4, 2)).unbind(1)  # (words, N, 16, 16)
    found = {
        "one picture, two steps": _ranked(first, second),
        "two pictures, one step": sum(_ranked(step, step.roll(1, 1)) for step in (first, second)) / 2,
    }
    return {name: dict(zip(SAID_TWICE, values, strict=True)) for name, values in found.items()}


def _ranked(some: Tensor, others: Tensor) -> Tensor:
    found = rank_correlation(some.flatten(0, 1), others.flatten(0, 1)).nan_to_num()  # an empty map is like none
    return found.view(some.shape[:2]).mean(1)


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


def both_sides(net: nn.Module, layer: str, two: Album) -> dict[str, Tensor]:
    """Asks each picture of two plants for the color of either pot; all values are means over both questions.

    Args:
        net: as `pots_questions`.
        layer: dotted name, from the network as ``net``; read by Grad-CAM.
        two: pictures of two plants each.

    Returns:
        ``(N,)`` each: ``"right"``, the answers; of the map of the true answer, 1 where it has more energy in what was
        ``"asked"`` for than in the other plant and pot, where it still has under the ``"other question"``, and where
        it has more in the ``"plant"`` than in its pot.
    """
    found: dict[str, list[Tensor]] = {name: [] for name in ("right", "asked", "other question", "plant")}
    for i in (0, 1):  # the pot that is asked about
        own, other = two.objects[:, i], two.objects[:, 1 - i]
        colors = [[ANSWERS.index(names[j]) for names in two.colors] for j in (i, 1 - i)]
        questions = [f"what color is the pot of the {kinds[i]}?" for kinds in two.kinds]
        heatmaps, said = _maps(net, layer, two.images, questions, torch.tensor(colors))
        found["right"].append((said == torch.tensor(colors[0])).double())
        found["asked"].append(closer(heatmaps[0], own, other))
        found["other question"].append(closer(heatmaps[1], other, own))  # of the other pot's color
        found["plant"].append(closer(heatmaps[0], two.plants[:, i], two.pots[:, i]))
    return {name: torch.stack(both).mean(0) for name, both in found.items()}


def _maps(net: nn.Module, layer: str, images: Tensor, questions: list[str], answers: Tensor) -> tuple[Tensor, Tensor]:
    """Grad-CAM maps ``(A, N, H, W)`` of answers ``(A, N)``, each picture asked its question; what it says ``(N,)``."""
    maps, said = [], []
    for start in range(0, len(images), CHUNK):
        rows = slice(start, start + CHUNK)
        classes = [targets.Answer(one.to(images.device)) for one in answers[:, rows]]
        found = explain(EachAsked(net, questions[rows]), images[rows], "grad_cam", classes=classes, layer=layer)
        maps.append(found.maps.cpu())
        said.append(found.logits.argmax(1).cpu())
    return torch.cat(maps, 1), torch.cat(said)


@torch.no_grad()
def share_right(net: nn.Module, images: Tensor, questions: Sequence[str], answer: str) -> float:
    """How many of the pictures, each asked its own question, get this answer.

    Args:
        net: as `pots_questions`.
        images: ``(N, 3, H, W)`` on the network's device.
        questions: one per picture.
        answer: out of `ANSWERS`.
    """
    return float((EachAsked(net, questions)(images).argmax(1) == ANSWERS.index(answer)).double().mean())
