"""Deletion and insertion: whether taking away the pixels that a map names, or showing them, moves the model most."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cam_course.metrics.asking import asked, checked, class_of, probability
from cam_course.metrics.progress import bar
from cam_course.metrics.replacement import stand_in


@dataclass(frozen=True)
class Curve:
    """How the probability of a class follows the share of pixels replaced.

    Attributes:
        fractions: ``(S + 1,)``, from 0 to 1, the same for all images.
        probabilities: ``(N, S + 1)``, of the class explained.
        area: ``(N,)``, 0…1, under each curve.
    """

    fractions: Tensor
    probabilities: Tensor

    @property
    def area(self) -> Tensor:
        """The area under each curve by the trapezium rule, ``(N,)``, 0…1."""
        return torch.trapezoid(self.probabilities, self.fractions)


def deletion(
    model: nn.Module,
    images: Tensor,
    maps: Tensor,
    target: object = None,
    *,
    baseline: str | Tensor = "blur",
    steps: int = 50,
    batch_size: int = 32,
    seed: int = 0,
    progress: bool | None = None,
) -> Curve:
    """Deletion: the probability of the class as pixels are taken away, the highest of the map first.

    A small area is good: little of what the map calls important was needed to lose the class. The images on the way
    are like none that the model was trained on, so compare areas of maps for one model and one baseline, never more.

    Args:
        model: a classifier that gives logits ``(N, classes)``; evaluated in evaluation mode and left as it was.
        images: ``(N, C, H, W)``, as for `explain`.
        maps: ``(N, H, W)``, any finite values: only their order counts.
        target: None (each image's predicted class), an int, or N ints.
        baseline: what stands in for a pixel taken away: ``"blur"``, ``"zero"``, ``"mean"`` or a tensor. The paper
            takes zero for deletion and a blurred copy for insertion; here it is one default for both.
        steps: S, into how many equal shares the pixels are divided; the paper's program takes 224.
        batch_size: images in one run of the model; there are N · (S + 1).
        seed: of the order among equal values of a map, which is random, the same for every image: in reading order,
            a map that is zero in half of the image would be scored for what it does not say.
        progress: whether to show a bar; None shows it after two seconds.

    Returns:
        A `Curve` with N probabilities at S + 1 fractions, and their `.area` ``(N,)``.

    Raises:
        ValueError: maps that do not fit the images or are not finite, an unknown baseline, fewer than one step, a
            model that ends in a softmax.
        TypeError: a target that is no class.

    References:
        Petsiuk et al., RISE, 2018, arXiv:1806.07421: the causal metrics of its evaluation.

    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False))
    >>> _ = net[1].weight.data.copy_(torch.tensor([[1.0986, 0.0], [0.0, 0.0]]))  # ln 3 for class 0 where pixel 0 is
    >>> image = torch.ones(1, 1, 1, 2)  # probability of class 0: 3/4 while pixel 0 is there, 1/2 without it
    >>> good = deletion(net, image, torch.tensor([[[2.0, 1.0]]]), target=0, baseline="zero", steps=2)
    >>> good.fractions, good.probabilities, good.area  # (0.75 + 0.5) / 2 · 0.5 + (0.5 + 0.5) / 2 · 0.5
    (tensor([0.0000, 0.5000, 1.0000]), tensor([[0.7500, 0.5000, 0.5000]]), tensor([0.5625]))
    """
    images, maps = checked(model, images, maps)
    replacing = _Replacing(images, stand_in(images, baseline), _ranks(maps, seed), _counts(maps, steps))
    with asked(model, batch_size) as logits:
        classes = class_of(logits(images), target)
        return _curve(logits, classes, replacing, bar(replacing.pairs(batch_size), progress, "deletion"))


def insertion(
    model: nn.Module,
    images: Tensor,
    maps: Tensor,
    target: object = None,
    *,
    baseline: str | Tensor = "blur",
    steps: int = 50,
    batch_size: int = 32,
    seed: int = 0,
    progress: bool | None = None,
) -> Curve:
    """Insertion: the probability of the class as pixels are put back into the baseline, the highest of the map first.

    A large area is good: little of what the map calls important was enough for the class.

    Args:
        model: as for `deletion`.
        images: as for `deletion`.
        maps: as for `deletion`.
        target: as for `deletion`; None is the class predicted for the whole image.
        baseline: what the pixels are put into, as for `deletion`.
        steps: as for `deletion`.
        batch_size: as for `deletion`.
        seed: as for `deletion`.
        progress: as for `deletion`.

    Returns:
        A `Curve` with N probabilities at S + 1 fractions of pixels put back, and their `.area` ``(N,)``.

    Raises:
        ValueError: as `deletion`.
        TypeError: as `deletion`.

    References:
        Petsiuk et al., RISE, 2018, arXiv:1806.07421: the causal metrics of its evaluation.

    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False))
    >>> _ = net[1].weight.data.copy_(torch.tensor([[1.0986, 0.0], [0.0, 0.0]]))  # ln 3 for class 0 where pixel 0 is
    >>> image = torch.ones(1, 1, 1, 2)  # probability of class 0: 3/4 as soon as pixel 0 is there, 1/2 without it
    >>> insertion(net, image, torch.tensor([[[2.0, 1.0]]]), target=0, baseline="zero", steps=2).area
    tensor([0.6875])
    """
    images, maps = checked(model, images, maps)
    replacing = _Replacing(stand_in(images, baseline), images, _ranks(maps, seed), _counts(maps, steps))
    with asked(model, batch_size) as logits:
        classes = class_of(logits(images), target)
        return _curve(logits, classes, replacing, bar(replacing.pairs(batch_size), progress, "insertion"))


@dataclass(frozen=True)
class _Replacing:
    """Images on their way from a start to an end, both (N, C, H, W), pixel by pixel in the order of their ranks."""

    start: Tensor
    end: Tensor
    ranks: Tensor  # (N, H, W)
    counts: Tensor  # (S + 1,), pixels replaced

    def pairs(self, size: int) -> tuple[Tensor, ...]:
        """Every image at every count, numbered, in chunks."""
        return torch.arange(len(self.start) * len(self.counts), device=self.start.device).split(size)

    def image_of(self, pairs: Tensor) -> Tensor:
        return pairs // len(self.counts)

    def at(self, pairs: Tensor) -> Tensor:
        """The images on their way: (B,) -> (B, C, H, W)."""
        image, count = self.image_of(pairs), self.counts[pairs % len(self.counts)]
        replaced = self.ranks[image] < count[:, None, None]  # (B, H, W)
        return torch.where(replaced[:, None], self.end[image], self.start[image])


def _curve(
    logits: Callable[[Tensor], Tensor], classes: Tensor, replacing: _Replacing, chunks: Iterable[Tensor]
) -> Curve:
    found = [probability(logits(replacing.at(pairs)), classes[replacing.image_of(pairs)]) for pairs in chunks]
    fractions = (replacing.counts / replacing.counts[-1]).to(found[0].dtype)
    return Curve(fractions, torch.cat(found).view(-1, len(fractions)))


def _ranks(maps: Tensor, seed: int) -> Tensor:
    """The place of each pixel in the order of its map, 0 for the highest; equals in a random order: (N, H, W)."""
    flat = maps.flatten(1)
    shuffled = torch.randperm(flat.shape[1], generator=torch.Generator().manual_seed(seed)).to(maps.device)
    order = shuffled[flat[:, shuffled].sort(descending=True, stable=True).indices]  # (N, H W)
    return order.argsort().view_as(maps)


def _counts(maps: Tensor, steps: int) -> Tensor:
    if steps < 1:
        raise ValueError(f"expected at least 1 step, got {steps}; each replaces one share of the pixels")
    fractions = torch.linspace(0, 1, steps + 1, dtype=torch.float64)
    return (fractions * maps[0].numel()).round().long().to(maps.device)  # (S + 1,)
