"""A new last layer on the pooled feature maps of a frozen trunk, fitted to the end."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

AT_ONCE = 50  # pictures sent forward together


def pooled(network: nn.Module, images: Tensor) -> Tensor:
    """What the last layer is given: the mean of each feature map, ``(N, K)``.

    Args:
        network: it has ``normalize``, ``stages`` and a last layer ``fc``.
        images: ``(N, 3, H, W)`` in 0…1.
    """
    place = network.fc.weight.device
    with torch.no_grad():
        parts = [network.stages(network.normalize(x.to(place))).mean((2, 3)) for x in images.split(AT_ONCE)]
    return torch.cat(parts)


def fitted(features: Tensor, labels: Tensor, *, classes: int, decay: float = 0.0, rounds: int = 1000) -> nn.Linear:
    """The linear layer with the smallest cross-entropy, by L-BFGS on features brought to one scale.

    Args:
        features: ``(N, K)``.
        labels: ``(N,)``.
        classes: how many there are.
        decay: times the squared weights (of the features on one scale), added to the loss.
        rounds: of L-BFGS, at most.

    Returns:
        A layer for the features as they are: the scale is folded into its weights.

    >>> layer = fitted(torch.tensor([[0.0], [1.0], [10.0], [11.0]]), torch.tensor([0, 0, 1, 1]), classes=2)
    >>> layer(torch.tensor([[4.0], [7.0]])).argmax(1).tolist()
    [0, 1]
    """
    x, y = features.detach().cpu().double(), labels.cpu()
    mean, scale = x.mean(0), x.std(0).clamp(min=1e-6)
    layer = nn.Linear(x.shape[1], classes, dtype=torch.double)
    nn.init.zeros_(layer.weight), nn.init.zeros_(layer.bias)
    _minimize(layer, (x - mean) / scale, y, decay, rounds)
    with torch.no_grad():
        layer.weight /= scale
        layer.bias -= layer.weight @ mean
    return layer.to(features)


def _minimize(layer: nn.Linear, x: Tensor, y: Tensor, decay: float, rounds: int) -> None:
    search = {"max_iter": rounds, "history_size": 20, "line_search_fn": "strong_wolfe"}
    optimizer = torch.optim.LBFGS(layer.parameters(), tolerance_grad=1e-6, tolerance_change=1e-10, **search)

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(layer(x), y) + decay * layer.weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
