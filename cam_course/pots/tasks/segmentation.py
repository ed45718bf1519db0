"""What each pixel belongs to: the room, one of the four plants, or a pot."""

from pathlib import Path

import torch
from torch import Tensor, nn

from ..names import KINDS
from ..places import CACHE
from ..recipes import Recipe
from ..rendered import MOST_PLANTS, truth
from .measures import overlaps
from .mirroring import mirrored

CLASSES = ("background", *KINDS, "pot")
REGIME = "mixed"


def data(recipe: Recipe, *, workers: int = 0, cache: Path = CACHE) -> dict[str, Tensor]:
    """Training pictures and ``mask`` (n, size, size) uint8, the class of each pixel."""
    known = truth(recipe.regime, "train", recipe.n, recipe.size, workers=workers, cache=cache)
    return {"image": known["image"], "mask": masks(known["owner"], known["kinds"])}


def masks(owner: Tensor, kinds: Tensor) -> Tensor:
    """The class of each pixel, numbered as `CLASSES`; a pot's soil is background.

    Args:
        owner: ``(n, H, W)`` uint8, as of `Scene`.
        kinds: ``(n, 4)`` int64, filled up with -1.

    Returns:
        ``(n, H, W)`` uint8.

    >>> masks(torch.tensor([[[0, 1, 2, 3, 4]]]), torch.tensor([[3, 0, -1, -1]])).tolist()
    [[[0, 4, 5, 1, 5]]]
    """
    of_owner = torch.zeros(len(kinds), 2 * MOST_PLANTS + 1, dtype=torch.uint8)
    of_owner[:, 1::2] = (kinds + 1).byte()
    of_owner[:, 2::2] = CLASSES.index("pot")
    return torch.stack([table[pixels.long()] for table, pixels in zip(of_owner, owner, strict=True)])


def flipped(batch: dict[str, Tensor], which: Tensor) -> dict[str, Tensor]:
    """The batch with the pictures ``which`` (N,) bool mirrored, and their masks with them."""
    return {**batch, **{key: mirrored(batch[key], which) for key in ("image", "mask")}}


def loss(net: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of each pixel's scores with its class, the mean over all pixels."""
    return nn.functional.cross_entropy(net(batch["image"]), batch["mask"].long())


@torch.no_grad()
def figures(net: nn.Module, *, size: int, n: int, workers: int = 0, cache: Path = CACHE) -> dict[str, float]:
    """Intersection over union on n unseen scenes: the mean over classes, and of each class over all pixels."""
    known = truth(REGIME, "test", n, size, workers=workers, cache=cache)
    device = next(net.parameters()).device
    said = torch.cat([net(x.to(device).float() / 255).argmax(1).cpu() for x in known["image"].split(25)])
    shares = overlaps(said, masks(known["owner"], known["kinds"]).long(), len(CLASSES))
    return {"mean IoU": sum(shares) / len(shares), **dict(zip(CLASSES, shares, strict=True))}
