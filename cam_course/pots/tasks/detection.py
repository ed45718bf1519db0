"""Which plants are in the picture, and where: a box round each, with its pot."""

from pathlib import Path

import torch
from torch import Tensor, nn

from ..names import KINDS
from ..places import CACHE
from ..recipes import Recipe
from ..rendered import truth
from .measures import average_precision
from .mirroring import mirrored

CLASSES = KINDS
REGIME = "mixed"
BELL = 0.1  # standard deviation of the heat round a middle, as a share of the box: near misses are half forgiven


def data(recipe: Recipe, *, workers: int = 0, cache: Path = CACHE) -> dict[str, Tensor]:
    """Training pictures with the kind and the box of each plant, as of `rendered.truth`."""
    known = truth(recipe.regime, "train", recipe.n, recipe.size, workers=workers, cache=cache)
    return {key: known[key] for key in ("image", "kinds", "boxes")}


def flipped(batch: dict[str, Tensor], which: Tensor) -> dict[str, Tensor]:
    """The batch with the pictures ``which`` (N,) bool mirrored, and their boxes with them."""
    images, boxes = mirrored(batch["image"], which), batch["boxes"].clone()
    boxes[which] = boxes[which][..., [2, 1, 0, 3]]  # left and right change places
    boxes[which, ..., 0::2] = images.shape[-1] - boxes[which, ..., 0::2]
    return {**batch, "image": images, "boxes": boxes}


def loss(net: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Focal loss of the heat, and the distance of offset and size in the cells that hold a middle.

    References:
        Zhou, Wang, Krähenbühl, Objects as Points, 2019, arXiv:1904.07850, eq. 1 to 3; sizes are compared there in
        pixels, here as logarithms, so that small plants count as much as big ones.
    """
    heat, place = net.fields(batch["image"])  # (N, K, h, w), (N, 4, h, w)
    there = batch["kinds"] >= 0  # (N, I)
    cells = batch["boxes"] / net.stride  # (N, I, 4)
    wanted = bells(cells, batch["kinds"], heat.shape)
    picture, plant = there.nonzero(as_tuple=True)  # (D,), (D,)
    size, middle = _size_and_middle(cells[picture, plant])  # (D, 2), (D, 2)
    column, row = middle.long().T
    found = place[picture, :, row, column]  # (D, 4)
    offset = (found[:, :2].sigmoid() - middle % 1).abs().mean()
    return focal(heat, wanted) / len(picture) + offset + (found[:, 2:] - size.log()).abs().mean()


def bells(cells: Tensor, kinds: Tensor, shape: torch.Size) -> Tensor:
    """The heat wanted: 1 in the cell of each middle, falling off around it; of two bells the higher.

    Args:
        cells: boxes in cells, ``(N, I, 4)``.
        kinds: ``(N, I)``, -1 where there is no plant.
        shape: of the heat, (N, K, h, w).

    Returns:
        ``(N, K, h, w)`` in 0…1.
    """
    size, middle = _size_and_middle(cells)
    x, y = (_fall(n, middle[..., i], BELL * size[..., i]) for i, n in enumerate(shape[:1:-1]))  # (N, I, w), (N, I, h)
    bell = x[..., None, :] * y[..., None]  # (N, I, h, w)
    of_kind = kinds[..., None] == torch.arange(shape[1], device=kinds.device)  # (N, I, K)
    return torch.where(of_kind[..., None, None], bell[:, :, None], 0.0).amax(1)


def _fall(n: int, middle: Tensor, width: Tensor) -> Tensor:
    """A bell curve along n cells, 1 in the cell of the middle: (..., n)."""
    away = torch.arange(n, device=middle.device) - middle[..., None].floor()
    return (-0.5 * (away / width[..., None]) ** 2).exp()


def _size_and_middle(cells: Tensor) -> tuple[Tensor, Tensor]:
    low, high = cells[..., :2], cells[..., 2:]
    return high - low, (low + high) / 2


def focal(logits: Tensor, wanted: Tensor) -> Tensor:
    """The sum over all cells of the focal loss with bells: what is nearly right already counts little."""
    heat = logits.sigmoid()
    hit = (1 - heat) ** 2 * nn.functional.logsigmoid(logits)
    miss = (1 - wanted) ** 4 * heat**2 * nn.functional.logsigmoid(-logits)
    return -torch.where(wanted == 1, hit, miss).sum()


@torch.no_grad()
def figures(net: nn.Module, *, size: int, n: int, workers: int = 0, cache: Path = CACHE) -> dict[str, float]:
    """Average precision on n unseen scenes: at an overlap of 0.5, of 0.75, and the mean from 0.5 to 0.95."""
    known = truth(REGIME, "test", n, size, workers=workers, cache=cache)
    device = next(net.parameters()).device
    found = [each for x in known["image"].split(50) for each in net(x.to(device).float() / 255)]
    return average_precision(found, list(_there(known)))


def _there(known: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    rows = zip(known["kinds"], known["boxes"], strict=True)
    return [{"labels": kinds[kinds >= 0], "boxes": boxes[kinds >= 0]} for kinds, boxes in rows]
