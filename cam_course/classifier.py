"""The linear layer behind global average pooling, from which CAM takes its weights."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cam_course.capture import Capture
from cam_course.targets import Score, scores_of


def class_weights(model: nn.Module, shown: Capture, scores: list[Score]) -> tuple[Tensor, list[Tensor]]:
    """What is pooled, ``(N, K, h, w)``, and for each score its weights ``(N, K)``: for a class, its row of the layer.

    That a network is one on which CAM is defined is not guessed from its modules but computed: its logits must be a
    linear layer of it, applied to the spatial mean of the activations (or of their positive part, where the rectifier
    between the two is a function, as in DenseNet).

    Raises:
        ValueError: another architecture, or another layer than the one that is pooled.
    """
    ((layer, activations),) = shown.activations.items()
    linears = [module for module in model.modules() if isinstance(module, nn.Linear)]
    pairs = ((linear, A) for linear in reversed(linears) for A in (activations, activations.relu()))
    linear, pooled = next((pair for pair in pairs if _gives(*pair, shown.logits)), (None, None))
    if linear is None:
        raise ValueError(
            f"expected a network whose logits are one linear layer on the global average of {layer!r}, got "
            f"{type(model).__name__}, where they are not; take the layer that is pooled if there is one, "
            "else grad_cam, which needs no such architecture and where both exist gives CAM divided by the number "
            "of places"
        )
    return pooled, [_weights(linear, pooled, score) for score in scores]


def _gives(linear: nn.Linear, activations: Tensor, logits: object) -> bool:
    if activations.shape[1] != linear.in_features or not isinstance(logits, Tensor):
        return False
    with torch.no_grad():
        expected = F.linear(activations.mean((-2, -1)), linear.weight, linear.bias)
    if expected.shape != logits.shape:
        return False
    scale = float(logits.abs().max())
    return torch.allclose(expected, logits, rtol=0, atol=1e-4 * scale)


def _weights(linear: nn.Linear, pooled: Tensor, score: Score) -> Tensor:
    """The score's gradient at the pooled features: exactly the class's row for a logit, and right for a difference."""
    with torch.inference_mode(False), torch.enable_grad():
        mean = pooled.clone().mean((-2, -1)).requires_grad_()
        bias = None if linear.bias is None else linear.bias.detach()
        logits = F.linear(mean, linear.weight.detach(), bias)
        return torch.autograd.grad(scores_of(score, logits, len(mean)).sum(), mean)[0]
