"""Which plant is in the picture."""

from pathlib import Path

import torch
from torch import Tensor, nn

from ..names import KINDS
from ..places import CACHE
from ..recipes import Recipe
from ..rendered import labeled
from .mirroring import mirrored

CLASSES = KINDS
TESTED_ON = ("biased", "random", "swapped")


def data(recipe: Recipe, *, workers: int = 0, cache: Path = CACHE) -> dict[str, Tensor]:
    """Training pictures and labels of a recipe; the counterexamples stand in the place of the last of its regime.

    Args:
        recipe: what to train.
        workers: processes that render.
        cache: folder of the pictures.

    Returns:
        ``image`` (n, 3, size, size) uint8 and ``label`` (n,) int64.
    """
    own = labeled(recipe.regime, "train", recipe.n, recipe.size, workers=workers, cache=cache)
    if recipe.counterexamples:
        mixed = labeled("random", "train", recipe.counterexamples, recipe.size, workers=workers, cache=cache)
        kept = recipe.n - recipe.counterexamples
        own = torch.cat([own[0][:kept], mixed[0]]), torch.cat([own[1][:kept], mixed[1]])
    return {"image": own[0], "label": own[1]}


def flipped(batch: dict[str, Tensor], which: Tensor) -> dict[str, Tensor]:
    """The batch with the pictures ``which`` (N,) bool mirrored; a plant keeps its name."""
    return {**batch, "image": mirrored(batch["image"], which)}


def loss(net: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of the scores with the labels."""
    return nn.functional.cross_entropy(net(batch["image"]), batch["label"])


def figures(net: nn.Module, *, size: int, n: int, workers: int = 0, cache: Path = CACHE) -> dict[str, float]:
    """Accuracy on n unseen scenes of each regime with one plant."""
    tests = {on: labeled(on, "test", n, size, workers=workers, cache=cache) for on in TESTED_ON}
    return {on: accuracy(net, *test) for on, test in tests.items()}


@torch.no_grad()
def accuracy(net: nn.Module, images: Tensor, labels: Tensor, *, batch: int = 50) -> float:
    """Share of pictures ``(N, 3, H, W)`` uint8 whose highest score is the label's."""
    device = next(net.parameters()).device
    parts = zip(images.split(batch), labels.split(batch), strict=True)
    right = [(net(x.to(device).float() / 255).argmax(1).cpu() == y).sum().item() for x, y in parts]
    return sum(right) / len(labels)
