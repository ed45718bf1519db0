"""The network and the image that a row of the benchmark explains, with a network of its own for each library."""

import copy
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torchvision import models
from torchvision.models.resnet import BasicBlock, ResNet

from cam_course import layers

STAGES = ("layer1", "layer2", "layer3", "layer4")
CLASSES = tuple(range(10))
CLASS = 1
SMALL = 64  # pixels: the least at which the last stage of every network has more than one position


@dataclass(frozen=True)
class Setting:
    model: nn.Module
    image: Tensor
    layer: str

    @property
    def size(self) -> tuple[int, int]:
        return tuple(self.image.shape[-2:])

    def module(self, name: str | None = None) -> nn.Module:
        return self.model.get_submodule(name or self.layer)

    def small(self) -> "Setting":
        """The same network and a small image."""
        return Setting(self.model, self.image[..., :SMALL, :SMALL].clone(), self.layer)

    def own(self) -> "Setting":
        """The same with a copy of the network: hooks and flags of one library are no burden to another."""
        return Setting(copy.deepcopy(self.model), self.image.clone(), self.layer)


@cache
def setting(network: str, pixels: int) -> Setting:
    torch.manual_seed(0)
    model = _model(network).eval()
    image = torch.rand(1, 3, pixels, pixels)
    candidates = layers(model, image[..., :SMALL, :SMALL])
    return Setting(model, image, next(layer.name for layer in candidates if layer.default))


def _model(network: str) -> nn.Module:
    if network == "tiny":  # for the tests
        return ResNet(BasicBlock, [1, 1, 1, 1], num_classes=len(CLASSES))
    return getattr(models, network)(weights=None)
