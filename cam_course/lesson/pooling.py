"""Max-pooling without its switches: the same forward pass, and a backward pass that knows no winner."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def without_switches(model: nn.Module, *, to: Literal["all", "one"] = "all") -> nn.Module:
    """A copy of a network whose max-pooling hands gradients back to all of a window, or to one pixel drawn by lot.

    Its scores are those of the model, to rounding. What differs between the two explanations of a picture is what the
    switches, the places of the winners, had to say.

    Args:
        model: with its max-pooling as modules whose windows neither overlap nor are padded; left as it was.
        to: "all" gives each pixel of a window an equal part; "one" gives all to one of them, drawn once for each
            place and channel, and so the same for every picture.

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
    stand_in = {"all": _mean, "one": _drawn}[to]
    for pool in found:
        pool.register_forward_hook(_with_gradient_of(stand_in))
    return changed


def _with_gradient_of(stand_in: Callable[[nn.MaxPool2d, Tensor], Tensor]) -> Callable[..., Tensor]:
    def hook(pool: nn.MaxPool2d, inputs: tuple[Tensor], output: Tensor) -> Tensor:
        other = stand_in(pool, inputs[0])
        return other + (output - other).detach()  # the value of the maximum, the gradient of the other

    return hook


def _mean(pool: nn.MaxPool2d, x: Tensor) -> Tensor:
    return F.avg_pool2d(x, pool.kernel_size, ceil_mode=pool.ceil_mode)


def _drawn(pool: nn.MaxPool2d, x: Tensor) -> Tensor:
    lots = torch.rand(1, *x.shape[1:], generator=torch.Generator().manual_seed(0)).to(x)  # on the CPU: one for all
    winners, places = F.max_pool2d(lots, pool.kernel_size, ceil_mode=pool.ceil_mode, return_indices=True)
    chosen = places.flatten(2).expand(len(x), -1, -1)
    return x.flatten(2).gather(2, chosen).unflatten(2, winners.shape[-2:])
