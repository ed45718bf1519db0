"""Linear heads on pooled feature maps: one is trained, and what a head answers and maps is measured."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cam_course.explain import explain
from cam_course.heatmap import upsample
from cam_course.metrics import centered_gaussian, edges, energy_inside, uniform
from cam_course.pots.dataset import Batch

# gradient descent on all pictures at once; torch.optim takes a second to be imported, this a thirtieth to be done
STEPS, RATE, MOMENTUM = 300, 1.0, 0.9
DEAR = 40  # pictures that the old network explains


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
    parts = list(head.parameters())
    speeds = [torch.zeros_like(part) for part in parts]
    for _ in range(STEPS):
        slopes = torch.autograd.grad(cross_entropy(head(pooled), labels), parts)
        with torch.no_grad():
            for part, speed, slope in zip(parts, speeds, slopes, strict=True):
                part -= RATE * speed.mul_(MOMENTUM).add_(slope)
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


def drawn(count: int, maps: Tensor, world: Batch, *, classes: int = 4, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Heads with random weights: the accuracy of each, and the mean energy of its class activation maps in the plant.

    Args:
        count: how many.
        maps: feature maps A, ``(N, K, h, w)``.
        world: the pictures' labels and masks of plants.
        classes: how many scores.
        seed: of the weights; the caller's random numbers stay as they were.

    Returns:
        Two tensors ``(count,)``.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        found = [judged(nn.Linear(maps.shape[1], classes), maps, world) for _ in range(count)]
    right, energy = (torch.stack(list(one)).mean(1) for one in zip(*found, strict=True))
    return right, energy


def places(old: nn.Module, head: nn.Linear, maps: Tensor, world: Batch) -> dict[str, Tensor]:
    """Which share of a map's energy lies in the plant, of CAM with a head and of what stands beside it.

    Args:
        old: the network whose feature maps these are, with the head of its own.
        head: from K channels to classes.
        maps: feature maps A, ``(N, K, h, w)``.
        world: N pictures, their labels and masks of plants.

    Returns:
        By name, one number per picture; of the first 40 for the old network, whose gradients are dear.
    """
    images, plants = world["image"], world["plant"]
    some = images[:DEAR].to(next(old.parameters()).device)
    return {
        "CAM, trained head": judged(head, maps, world)[1],
        "feature maps, plain sum": energy_inside(upsample(maps.sum(1), plants.shape[-2:]), plants),
        "Grad-CAM, old network": energy_inside(explain(old, some, "grad_cam").maps.cpu(), plants[:DEAR]),
        "edges": energy_inside(edges(images), plants),
        "a spot in the middle": energy_inside(centered_gaussian(images), plants),
        "flat": energy_inside(uniform(images), plants),
    }
