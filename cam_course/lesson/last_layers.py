"""What a frozen trunk gives, computed once, and a new last layer on its pooled feature maps, fitted to the end."""

from __future__ import annotations

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

AT_ONCE = 50  # pictures sent forward together
DAMPING = 1e-6  # a number added to all logits changes nothing: without this, one direction has no bend


def gathered(parts: Iterable[Tensor], count: int) -> Tensor:
    """Parts of one large tensor, joined in half precision and without a second copy: ``(count, ...)``.

    Args:
        parts: ``(n, ...)`` each, in order.
        count: the sum of all n.

    Raises:
        ValueError: the parts hold fewer or more.

    >>> gathered((torch.full((n, 2), float(n)) for n in (1, 2)), 3).tolist()
    [[1.0, 1.0], [2.0, 2.0], [2.0, 2.0]]
    """
    whole, filled = torch.empty(0), 0
    for part in parts:
        if not filled:
            whole = part.new_empty((count, *part.shape[1:]), dtype=torch.half)
        if filled + len(part) <= count:
            whole[filled : filled + len(part)] = part
        filled += len(part)
    if filled != count:
        raise ValueError(f"expected parts of {count} in all, got {filled}; give all parts and no others")
    return whole


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


def fitted(features: Tensor, labels: Tensor, *, classes: int, decay: float = 0.0, rounds: int = 50) -> nn.Linear:
    """The linear layer with the smallest cross-entropy, by Newton's method on features brought to one scale.

    Args:
        features: ``(N, K)``.
        labels: ``(N,)``.
        classes: how many there are.
        decay: times the squared weights (of the features on one scale), added to the loss.
        rounds: steps, at most; where a line tells all classes apart, the weights would grow for ever.

    Returns:
        A layer for the features as they are: the scale is folded into its weights.

    >>> layer = fitted(torch.tensor([[0.0], [1.0], [10.0], [11.0]]), torch.tensor([0, 0, 1, 1]), classes=2)
    >>> layer(torch.tensor([[4.0], [7.0]])).argmax(1).tolist()
    [0, 1]
    """
    x = features.detach().cpu().double()
    mean, scale = x.mean(0), x.std(0).clamp(min=1e-6)
    scaled = torch.cat([(x - mean) / scale, torch.ones_like(x[:, :1])], 1)  # the last one is for the bias
    best = _best(scaled, F.one_hot(labels.cpu(), classes).double(), decay, rounds)
    weight, bias = best[:, :-1] / scale, best[:, -1]
    layer = nn.Linear(x.shape[1], classes, dtype=torch.double)
    with torch.no_grad():
        layer.weight.copy_(weight), layer.bias.copy_(bias - weight @ mean)
    return layer.to(features)


def _best(x: Tensor, wanted: Tensor, decay: float, rounds: int) -> Tensor:
    """Weights and bias, ``(C, K + 1)``, for ``x`` (N, K + 1) and one-hot classes ``wanted`` (N, C)."""
    found = x.new_zeros(wanted.shape[1], x.shape[1])
    pull = torch.full_like(found, 2 * decay)
    pull[:, -1] = 0
    for _ in range(rounds):
        p = (x @ found.T).softmax(1)
        slope = (p - wanted).T @ x / len(x) + pull * found
        if slope.abs().max() < 1e-6:
            break
        spread = torch.diag_embed(p) - p[:, :, None] * p[:, None]  # (N, C, C)
        bend = torch.einsum("ncdk,nl->ckdl", spread[..., None] * x[:, None, None], x) / len(x)
        bend = bend.reshape(found.numel(), -1) + (pull.flatten() + DAMPING).diag()
        found = _shorter(x, wanted, decay, found, torch.linalg.solve(bend, slope.flatten()).view_as(found))
    return found


def _shorter(x: Tensor, wanted: Tensor, decay: float, found: Tensor, step: Tensor) -> Tensor:
    """The end of the step, halved until the loss falls; where it never does, the start."""

    def loss(w: Tensor) -> float:
        return float(F.cross_entropy(x @ w.T, wanted) + decay * w[:, :-1].square().sum())

    before = loss(found)
    ends = (found - step / 2**halving for halving in range(20))
    return next((end for end in ends if loss(end) < before), found)
