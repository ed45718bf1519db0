"""The networks of the course: with and without global average pooling, and the two of the public pot-plant models."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

MEAN = (0.57, 0.57, 0.53)  # of 300 training pictures of `random`, red, green, blue
STD = (0.22, 0.20, 0.24)


class Normalize(nn.Module):
    """Subtract the training pictures' mean color and divide by their spread; takes 0…1, ``(N, 3, H, W)``."""

    def __init__(self, mean: Sequence[float] = MEAN, std: Sequence[float] = STD) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Images in the space that the stages take."""
        return (images - self.mean) / self.std


def _check_side(images: Tensor, side: int) -> None:
    if images.shape[-2:] != (side, side):
        got = "×".join(map(str, images.shape[-2:]))
        raise ValueError(f"expected images of {side}×{side} pixels, got {got}; resize them")


def stage(inputs: int, outputs: int, pool: bool) -> nn.Sequential:
    """Convolution of 3×3, batch norm, ReLU and, where asked for, pooling to half the side."""
    layers = [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers, *[nn.MaxPool2d(2)] * pool)


class PotNet(nn.Module):
    r"""Stages of convolution, batch norm, ReLU and pooling, then global average pooling and one linear layer.

    The last stage does not pool, so that its maps, 16×16 for pictures of 128, can say where.

    Args:
        classes: how many scores.
        widths: channels of each stage.

    >>> net = PotNet().eval()
    >>> net.stages(net.normalize(torch.rand(2, 3, 128, 128))).shape
    torch.Size([2, 96, 16, 16])
    """

    def __init__(self, classes: int = 4, widths: Sequence[int] = (16, 32, 64, 96)) -> None:
        super().__init__()
        steps = list(zip((3, *widths[:-1]), widths, strict=True))
        self.normalize = Normalize()
        # all but the last pool; by place, since two steps may have the same widths
        self.stages = nn.Sequential(*(stage(*step, pool=i + 1 < len(steps)) for i, step in enumerate(steps)))
        self.gap = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(widths[-1], classes)

    def forward(self, images: Tensor) -> Tensor:
        """Scores ``(N, classes)`` before softmax, of images ``(N, 3, H, W)`` in 0…1."""
        maps = self.stages(self.normalize(images))  # (N, K, H/8, W/8)
        return self.fc(self.gap(maps).flatten(1))


class PotNetFlat(nn.Module):
    r"""Pooled stages, then flatten and three linear layers with ReLU between, as VGG has.

    Args:
        classes: how many scores.
        widths: channels of each stage.
        hidden: widths of the two hidden linear layers.
        size: side of the pictures in pixels, a multiple of 2 to the number of stages; flattening fixes it.

    >>> PotNetFlat().eval()(torch.rand(2, 3, 128, 128)).shape
    torch.Size([2, 4])
    """

    def __init__(
        self,
        classes: int = 4,
        widths: Sequence[int] = (16, 32, 64, 64),
        hidden: Sequence[int] = (96, 64),
        size: int = 128,
    ) -> None:
        super().__init__()
        self.size, side = size, size // 2 ** len(widths)
        self.normalize = Normalize()
        steps = zip((3, *widths[:-1]), widths, strict=True)
        self.stages = nn.Sequential(*(stage(*step, pool=True) for step in steps))
        first, second = hidden
        self.fc = nn.Sequential(
            nn.Linear(widths[-1] * side * side, first),
            nn.ReLU(),
            nn.Linear(first, second),
            nn.ReLU(),
            nn.Linear(second, classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Scores ``(N, classes)`` before softmax, of images ``(N, 3, size, size)`` in 0…1.

        Raises:
            ValueError: images of another size.
        """
        _check_side(images, self.size)
        return self.fc(self.stages(self.normalize(images)).flatten(1))


def _public_layers(pool: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in ((3, 16), (16, 32), (32, 64)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), *[nn.MaxPool2d(2)] * pool]
    return nn.Sequential(*layers)


class CNN(nn.Module):
    r"""The public pot-plant model without global average pooling; the keys of its state are the published ones.

    Args:
        num_classes: how many scores.
        dropout_rate: of the inputs of the linear layers, in training.
        input_dim: side of the pictures in pixels, a multiple of 8; the published weights take 256.

    References:
        Conor O'Sullivan's course on explainable computer vision, whose network of this name it is.
    """

    def __init__(self, num_classes: int = 4, dropout_rate: float = 0.0, input_dim: int = 256) -> None:
        super().__init__()
        self.input_dim, flat = input_dim, 64 * (input_dim // 8) ** 2
        self.conv_layers = _public_layers(pool=True)
        head = [nn.Dropout(dropout_rate), nn.Linear(flat, 500), nn.ReLU(), nn.Linear(500, num_classes)]
        self.fc_layers = nn.Sequential(*head)

    def forward(self, images: Tensor) -> Tensor:
        """Scores ``(N, num_classes)`` before softmax, of images ``(N, 3, input_dim, input_dim)`` in 0…1.

        Raises:
            ValueError: images of another size.
        """
        _check_side(images, self.input_dim)
        return self.fc_layers(self.conv_layers(images).flatten(1))


class CNNWithGAP(nn.Module):
    r"""The public pot-plant model with global average pooling; the keys of its state are the published ones.

    It never pools before the end, so its maps are as large as the picture, and any size will do.

    Args:
        num_classes: how many scores.
        dropout_rate: of the pooled maps, in training.

    References:
        Conor O'Sullivan's course on explainable computer vision, whose network of this name it is.
    """

    def __init__(self, num_classes: int = 4, dropout_rate: float = 0.0) -> None:
        super().__init__()
        self.conv_layers = _public_layers(pool=False)
        self.gap = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(nn.Dropout(dropout_rate), nn.Linear(64, num_classes))

    def forward(self, images: Tensor) -> Tensor:
        """Scores ``(N, num_classes)`` before softmax, of images ``(N, 3, H, W)`` in 0…1."""
        return self.fc(self.gap(self.conv_layers(images)).flatten(1))
