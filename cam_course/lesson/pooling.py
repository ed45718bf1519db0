"""Max-pooling without its switches: the same forward pass, and a backward pass that knows no winner."""

from __future__ import annotations

import copy

import torch.nn.functional as F
from torch import Tensor, nn


def without_switches(model: nn.Module) -> nn.Module:
    """A copy of a network whose max-pooling hands gradients back in equal parts, not to the winner of each window.

    Its scores are those of the model, to rounding. What differs between the two explanations of a picture is what the
    switches, the places of the winners, had to say.

    Args:
        model: with its max-pooling as modules whose windows neither overlap nor are padded; left as it was.

    Raises:
        ValueError: no max-pooling, or one whose windows overlap, leave gaps or are padded.

    >>> import torch
    >>> x = torch.tensor([[[[1.0, 2.0], [3.0, 5.0]]]], requires_grad=True)
    >>> y = without_switches(nn.Sequential(nn.MaxPool2d(2)))(x)
    >>> y.item(), torch.autograd.grad(y, x)[0].flatten().tolist()
    (5.0, [0.25, 0.25, 0.25, 0.25])
    """
    changed = copy.deepcopy(model)
    found = [module for module in changed.modules() if isinstance(module, nn.MaxPool2d)]
    if not found or any(pool.stride != pool.kernel_size or pool.padding or pool.dilation != 1 for pool in found):
        raise ValueError(f"expected max-pooling in windows side by side, got {found}; pass such a network")
    for pool in found:
        pool.register_forward_hook(_spread)
    return changed


def _spread(pool: nn.MaxPool2d, inputs: tuple[Tensor], output: Tensor) -> Tensor:
    mean = F.avg_pool2d(inputs[0], pool.kernel_size, ceil_mode=pool.ceil_mode)
    return mean + (output - mean).detach()  # the value of the maximum, the gradient of the mean
