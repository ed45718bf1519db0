"""Finetuning as CAM needs it: a network's head gives way to global average pooling and a linear layer, and is trained.

``python -m cam_course.finetune vgg11_bn`` does it on the rendered plants, in less than two minutes on two cores.
"""

import argparse
import copy
import time
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from ._checks import is_count, is_module, is_progress
from .device import device
from .downloads.ready import torchvision, torchvision_names
from .pots.names import KINDS, one_of
from .pots.nets import Normalize
from .pots.rendered import labeled
from .pots.tasks.classification import accuracy

IMAGENET_MEAN = (0.485, 0.456, 0.406)  # what torchvision's networks subtract
IMAGENET_STD = (0.229, 0.224, 0.225)
PATIENCE = 2  # seconds that a reader waits before wondering: then a bar is shown
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
    layers = copy.deepcopy(_stages(network))
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
    epochs: int = 6,
    batch: int = 16,
    rate: float = 2e-3,
    seed: int = 0,
    progress: bool | None = None,
) -> list[float]:
    """Train all of a network, in place, and leave it in eval mode; the caller's random numbers stay as they were.

    The defaults suit random weights; pretrained ones want less of both, as 2 epochs at a rate of 1e-4.

    Args:
        network: on whatever device; its images are brought there.
        images: ``(n, 3, H, W)`` uint8.
        labels: ``(n,)`` int64.
        epochs: passes over them.
        batch: images a step.
        rate: highest learning rate of AdamW's one-cycle schedule.
        seed: of order, flips and dropout.
        progress: whether to show a bar; None shows it after two seconds.

    Returns:
        The mean loss of each epoch.

    Raises:
        TypeError: images that are not uint8; a progress that is neither True, False nor None.
        ValueError: not as many labels as images, or none; no epoch, or no picture a step.
    """
    is_progress(progress)
    _check_training(images, labels, epochs=epochs, batch=batch)
    optimizer = torch.optim.AdamW(network.parameters(), rate)
    steps = epochs * -(-len(labels) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    losses = [0.0] * epochs
    with torch.random.fork_rng(), _bar(steps, progress) as bar:
        torch.manual_seed(seed)
        network.train()
        for epoch in range(epochs):
            for chosen in torch.randperm(len(labels)).split(batch):
                losses[epoch] += _step(network, optimizer, images[chosen], labels[chosen]) * len(chosen) / len(labels)
                schedule.step()
                bar.update()
    network.eval()
    return losses


def _bar(steps: int, progress: bool | None) -> tqdm:
    delay = 0 if progress else PATIENCE
    return tqdm(total=steps, desc="finetune", unit="step", leave=False, delay=delay, disable=progress is False)


def _check_training(images: Tensor, labels: Tensor, **counts: int) -> None:
    for name, count in counts.items():
        is_count(name, count)
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


def on_plants(
    name: str, *, pretrained: bool = False, n: int = 600, size: int = 64, epochs: int = 6, seed: int = 0
) -> tuple[GapNetwork, float]:
    """A network of torchvision's with the head that CAM needs, trained on the rendered plants of the regime random.

    Args:
        name: of the architecture, as ``vgg11_bn`` or ``resnet18``.
        pretrained: start from weights that are fetched or cached; else from random ones, which need no network.
        n: pictures.
        size: their side in pixels; a map of VGG has a 16th of it, of ResNet a 32nd.
        epochs: passes over them.
        seed: of initial weights, order and flips.

    Returns:
        The network in eval mode, and its accuracy on 200 unseen pictures.

    Raises:
        ValueError, OSError: an unknown name, another layout, or pretrained weights that cannot be had.
    """
    from torchvision import models

    one_of("name", name, torchvision_names())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        start = torchvision(name).model if pretrained else models.get_model(name, weights=None)
        network = with_gap(start, len(KINDS)).to(device())
    rate = 1e-4 if pretrained else 2e-3
    train(network, *labeled("random", "train", n, size), epochs=epochs, rate=rate, seed=seed)
    return network, accuracy(network, *labeled("random", "test", 200, size))


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m cam_course.finetune", description=__doc__)
    parser.add_argument("name", help="of a network of torchvision: vgg11_bn, resnet18 …")
    parser.add_argument("--pretrained", action="store_true", help="start from weights that are fetched or cached")
    for option, value in (("n", 600), ("size", 64), ("epochs", 6)):
        parser.add_argument(f"--{option}", type=int, default=value, help=f"default {value}")
    options, start = parser.parse_args(arguments), time.perf_counter()
    try:
        right = on_plants(**vars(options))[1]
    except (ValueError, OSError) as error:
        parser.error(str(error))
    print(f"{options.name}: {right:.0%} of 200 unseen pictures, after {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
