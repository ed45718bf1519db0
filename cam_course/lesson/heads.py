"""Linear heads on pooled feature maps: one is trained, and what a head answers and maps is measured."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cam_course.heatmap import upsample
from cam_course.metrics import energy_inside
from cam_course.pots.dataset import Batch

STEPS, RATE = 300, 0.05  # of Adam, on all pictures at once


def trained(pooled: Tensor, labels: Tensor, *, classes: int = 4, seed: int = 0) -> nn.Linear:
    """A linear layer trained on pooled feature maps; what made these maps stays as it is.

    Args:
        pooled: the spatial means of feature maps, ``(N, K)``.
        labels: ``(N,)``.
        classes: how many scores.
        seed: of the first weights; the caller's random numbers stay as they were.

    >>> pooled, labels = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])
    >>> trained(pooled, labels, classes=2)(pooled).argmax(1).tolist()
    [0, 1]
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        head = nn.Linear(pooled.shape[1], classes)
    optimizer = torch.optim.Adam(head.parameters(), RATE)
    for _ in range(STEPS):
        optimizer.zero_grad()
        cross_entropy(head(pooled), labels).backward()
        optimizer.step()
    return head


@torch.no_grad()
def judged(head: nn.Linear, maps: Tensor, world: Batch) -> tuple[Tensor, Tensor]:
    """What a head behind global average pooling names, and where the class activation map of its answer lies.

    Args:
        head: from K channels to classes.
        maps: feature maps A, ``(N, K, h, w)``.
        world: the pictures' labels and masks of plants.

    Returns:
        For each picture 1 where its label is named, else 0; and the share of the map's energy in the plant.
    """
    said = head(maps.mean((2, 3))).argmax(1)
    cam = torch.einsum("nk,nkij->nij", head.weight[said], maps).relu()
    plants = world["plant"]
    return (said == world["label"]).double(), energy_inside(upsample(cam, plants.shape[-2:]), plants)
