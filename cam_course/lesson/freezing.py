"""A network's switches, rectifiers and max-pools: which of them flip between two pictures, and what if none did."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cam_course.pots.nets import PotNet

KINDS = ("ReLU", "max-pool")


class Rerun(NamedTuple):
    """What a network said of the moved pictures.

    Attributes:
        logits: ``(N, classes)``, with the frozen switches as they were at the original pictures.
        flips: by kind of switch, the share of them that would have flipped; mean over layers and pictures.
    """

    logits: Tensor
    flips: dict[str, float]


@torch.no_grad()
def rerun(model: PotNet, images: Tensor, moved: Tensor, frozen: Collection[str] = ()) -> Rerun:
    """Runs a network on moved pictures, some of its switches frozen in the state that they have at the original ones.

    With both kinds frozen such a network is linear (batch norm in evaluation mode is), and equal to its first-order
    Taylor expansion at the original pictures.

    Args:
        model: in evaluation mode.
        images: the original pictures, ``(N, 3, H, W)``.
        moved: as many, of the same size.
        frozen: kinds of switches, out of ``"ReLU"`` and ``"max-pool"``.

    Raises:
        ValueError: an unknown kind.
    """
    if unknown := set(frozen) - set(KINDS):
        raise ValueError(f"expected kinds out of {KINDS}, got {sorted(unknown)}; name these")
    at, now, flips = model.normalize(images), model.normalize(moved), {kind: [] for kind in KINDS}
    for layer in model.stages.modules():
        if isinstance(layer, nn.ReLU):
            at, now, share = _rectified(at, now, "ReLU" in frozen)
            flips["ReLU"].append(share)
        elif isinstance(layer, nn.MaxPool2d):
            at, now, share = _pooled(at, now, "max-pool" in frozen)
            flips["max-pool"].append(share)
        elif not isinstance(layer, nn.Sequential):
            at, now = layer(at), layer(now)
    shares = {kind: sum(each) / max(len(each), 1) for kind, each in flips.items()}
    return Rerun(model.fc(model.gap(now).flatten(1)), shares)


def _rectified(at: Tensor, now: Tensor, freeze: bool) -> tuple[Tensor, Tensor, float]:
    """Both after a ReLU; frozen, what passed at the original passes, whatever its sign is now."""
    passes = at > 0
    flipped = float((passes != (now > 0)).double().mean())
    return at.relu(), now * passes if freeze else now.relu(), flipped


def _pooled(at: Tensor, now: Tensor, freeze: bool) -> tuple[Tensor, Tensor, float]:
    """Both after a max-pool of 2 by 2; frozen, the place that won at the original wins."""
    best, winners = F.max_pool2d(at, 2, return_indices=True)
    free, others = F.max_pool2d(now, 2, return_indices=True)
    chosen = now.flatten(2).gather(2, winners.flatten(2)).view_as(best) if freeze else free
    return best, chosen, float((winners != others).double().mean())
