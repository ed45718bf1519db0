"""Finetuning as CAM needs it: a network's head gives way to global average pooling and one linear layer, and is trained.

``python -m cam_course.finetune resnet18`` does it on the rendered plants.
"""

import argparse
import copy
import os
import time
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from ._checks import is_count, is_module
from .device import device
from .pots.names import KINDS
from .pots.nets import Normalize

IMAGENET_MEAN = (0.485, 0.456, 0.406)  # what torchvision's networks subtract
IMAGENET_STD = (0.229, 0.224, 0.225)
_RECTIFIERS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.SiLU, nn.Hardswish, nn.GELU)
_POOLS = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d)


class GapNetwork(nn.Module):
    r"""The stages of another network, then global average pooling and one linear layer: the architecture of CAM.

    Args:
        stages: images ``(N, 3, H, W)`` to maps ``(N, K, h, w)``, at least 0.
        channels: K.
        classes: how many scores.
        mean: of the colors, which is subtracted from images in 0…1.
        std: of the colors, by which they are divided.
    """

    def __init__(
        self, stages: nn.Module, channels: int, classes: int, *, mean: Sequence[float], std: Sequence[float]
    ) -> None:
        super().__init__()
        self.normalize = Normalize(mean, std)
        self.stages = stages
        self.gap = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Scores ``(N, classes)`` before softmax, of images ``(N, 3, H, W)`` in 0…1."""
        maps = self.stages(self.normalize(images))  # (N, K, h, w)
        return self.fc(self.gap(maps).flatten(1))


def with_gap(
    network: nn.Module,
    classes: int,
    *,
    units: int | None = None,
    mean: Sequence[float] = IMAGENET_MEAN,
    std: Sequence[float] = IMAGENET_STD,
) -> GapNetwork:
    """A copy of VGG, ResNet or one built like them, its head replaced; the new layers are untrained.

    Of VGG the last pooling goes with the head, so that the maps are twice as fine (14×14 for 224 pixels).

    Args:
        network: of torchvision, or with its layout: `features`, or `conv1` to `layer4`. It stays as it is.
        classes: how many scores.
        units: maps of a further 3×3 convolution before the pooling; the paper adds one of 1024 to VGG. None: none.
        mean: of the colors that the network was trained on.
        std: of the same.

    Raises:
        TypeError: no module, or a number that is none.
        ValueError: another layout, or fewer than one class or unit.

    References:
        Zhou et al., Learning Deep Features for Discriminative Localization, CVPR 2016, arXiv:1512.04150, section 3.
    """
    is_module(network)
    is_count("classes", classes)
    layers = _stages(copy.deepcopy(network))
    channels = [layer for stage in layers for layer in stage.modules() if isinstance(layer, nn.Conv2d)][-1].out_channels
    if units is not None:
        is_count("units", units)
        layers += [nn.Conv2d(channels, units, 3, padding=1), nn.ReLU()]
    return GapNetwork(nn.Sequential(*layers), units or channels, classes, mean=mean, std=std)


def _stages(network: nn.Module) -> list[nn.Module]:
    """What comes before the pooling of the head."""
    if all(hasattr(network, part) for part in ("conv1", "bn1", "layer4")):  # ResNet ends its blocks with a rectifier
        return [part for name, part in network.named_children() if name not in ("avgpool", "fc")]
    layers = list(getattr(network, "features", []))
    while layers and isinstance(layers[-1], _POOLS):
        layers.pop()
    if not layers or not isinstance(layers[-1], _RECTIFIERS):
        raise ValueError(
            f"expected a network like VGG (features that end in a rectifier) or ResNet (conv1 to layer4), got "
            f"{type(network).__name__}; give its convolutional part to finetune.GapNetwork"
        )
    return layers


def train(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epochs: int = 4,
    batch: int = 16,
    rate: float = 1e-3,
    seed: int = 0,
) -> list[float]:
    """Train all of a network, in place, and leave it in eval mode; the caller's random numbers stay as they were.

    Args:
        network: on whatever device; its images are brought there.
        images: ``(n, 3, H, W)`` uint8.
        labels: ``(n,)`` int64.
        epochs: passes over them.
        batch: images a step.
        rate: highest learning rate of AdamW's one-cycle schedule.
        seed: of order, flips and dropout.

    Returns:
        The mean loss of each epoch.

    Raises:
        TypeError: images that are not uint8.
        ValueError: not as many labels as images, or none.
    """
    _check_pictures(images, labels)
    optimizer = torch.optim.AdamW(network.parameters(), rate)
    steps = epochs * -(-len(labels) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    losses = []
    with torch.random.fork_rng(), tqdm(total=steps, desc="finetune") as bar:
        torch.manual_seed(seed)
        network.train()
        for _ in range(epochs):
            losses.append(0.0)
            for chosen in torch.randperm(len(labels)).split(batch):
                losses[-1] += _step(network, optimizer, images[chosen], labels[chosen]) * len(chosen) / len(labels)
                schedule.step()
                bar.update()
    network.eval()
    return losses


def _check_pictures(images: Tensor, labels: Tensor) -> None:
    if images.dtype != torch.uint8:
        raise TypeError(f"expected images as uint8, got {images.dtype}; convert 0…1 with (images * 255).byte()")
    if images.ndim != 4 or len(images) != len(labels) or not len(labels):
        got = f"{tuple(images.shape)} and {tuple(labels.shape)}"
        raise ValueError(f"expected images (n, 3, H, W) and labels (n,), got {got}; give one label to each image")


def _step(network: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, labels: Tensor) -> float:
    where = next(network.parameters()).device
    images = images.float() / 255
    flip = torch.rand(len(images)) < 0.5
    images[flip] = images[flip].flip(-1)
    loss = nn.functional.cross_entropy(network(images.to(where)), labels.to(where))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
