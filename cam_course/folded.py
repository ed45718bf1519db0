"""A copy of a network that gives the same answers in less time, for many runs."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights
from torch.utils.hooks import RemovableHandle

from cam_course.outputs import mapped

CACHE = 32 * 2**20  # bytes: what the last cache of a common processor holds
MOST = 64  # images; beyond it no device gains
SAME = 1e-4  # of the largest output: rounding stays far below it, a network that was misread far above


def folded(model: nn.Module, image: Tensor) -> nn.Module:
    """A copy with each batch norm folded into the convolution before it and, on a CPU, channels stored last.

    The copy shares the model's parameters but for the weights of its convolutions. Which batch norm follows which
    convolution is seen in a run; that the copy answers as the model does is checked in another, and where it does
    not, or where the model cannot be copied, the model itself is returned.

    Args:
        model: in evaluation mode, without gradients.
        image: ``(1, C, H, W)``, for the runs.
    """
    try:
        # the parameters are named as already copied, so that they are shared
        quick = copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()})
    except (TypeError, RuntimeError):  # it holds a lock, an open file or a tensor of a graph
        return model
    pairs, expected = _pairs(quick, image)
    for convolution, norm in pairs:
        _fold(convolution, norm)
    if image.device.type == "cpu":
        _store_channels_last(quick)
    return quick if _same(quick(image), expected) else model


def images_at_once(model: nn.Module, image: Tensor) -> int:
    """How many images to run together: as many as keep the largest output of any module in the cache."""
    sizes = [image.nbytes]

    def note(_: nn.Module, __: object, output: object) -> None:
        sizes.append(getattr(output, "nbytes", 0))

    with _removed([module.register_forward_hook(note) for module in model.modules()]):
        model(image)
    return min(MOST, max(1, CACHE // max(sizes))) if image.device.type == "cpu" else MOST


@contextmanager
def _removed(hooks: list[RemovableHandle]) -> Iterator[None]:
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _pairs(model: nn.Module, image: Tensor) -> tuple[list[tuple[nn.Conv2d, nn.BatchNorm2d]], object]:
    """The pairs of a convolution and the batch norm that takes its output, each run once; and the model's output."""
    runs: list[nn.Module] = []
    pairs, latest = [], (None, None)

    def after(module: nn.Module, _: object, output: object) -> None:
        nonlocal latest
        runs.append(module)
        latest = (module, output)

    def before(module: nn.Module, inputs: tuple) -> None:
        if inputs and inputs[0] is latest[1] and type(latest[0]) is nn.Conv2d and module.running_var is not None:
            pairs.append((latest[0], module))

    plain = [m for m in model.modules() if type(m) in (nn.Conv2d, nn.BatchNorm2d) and not _hooked(m)]
    hooks = [module.register_forward_hook(after) for module in plain]
    hooks += [module.register_forward_pre_hook(before) for module in plain if type(module) is nn.BatchNorm2d]
    with _removed(hooks):
        output = model(image)
    return [(c, norm) for c, norm in pairs if runs.count(c) == runs.count(norm) == 1], output


def _hooked(module: nn.Module) -> bool:
    return bool(module._forward_hooks or module._forward_pre_hooks)


def _fold(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    convolution.weight, convolution.bias = fuse_conv_bn_weights(
        convolution.weight,
        convolution.bias,
        norm.running_mean,
        norm.running_var,
        norm.eps,
        norm.weight,
        norm.bias,
    )
    norm.forward = _pass_on  # on the copy; whoever holds the module finds it changed


def _pass_on(x: Tensor) -> Tensor:
    return x


def _store_channels_last(model: nn.Module) -> None:
    for module in model.modules():
        if type(module) is nn.Conv2d:
            stored = module.weight.detach().contiguous(memory_format=torch.channels_last)
            module.weight = nn.Parameter(stored, requires_grad=False)


def _same(output: object, expected: object) -> bool:
    verdicts: list[bool] = []

    def compare(mine: Tensor, theirs: Tensor) -> Tensor:
        scale = float(theirs.detach().abs().max()) if theirs.numel() else 0.0
        verdicts.append(mine.shape == theirs.shape and torch.allclose(mine, theirs, rtol=0, atol=SAME * scale))
        return mine

    mapped(compare, output, expected)
    return all(verdicts)
