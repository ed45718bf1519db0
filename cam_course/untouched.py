"""Runs a model for an explanation and leaves it, and everything around it, exactly as it was."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn

from cam_course._checks import can_be_explained, is_module, is_no_torchscript, own_tensors
from cam_course.buffers import Buffers

# One for all models: two of them may share a trunk, and torch's random number generator is everybody's.
alone = threading.RLock()


def unwrapped(model: nn.Module) -> nn.Module:
    """The network itself, out of the wrappers of ``torch.compile`` and data-parallel training."""
    is_module(model)
    is_no_torchscript(model)
    if isinstance(model, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
        return unwrapped(model.module)
    inner = getattr(model, "_orig_mod", None)  # torch.compile's wrapper has no public name for it
    return unwrapped(inner) if isinstance(inner, nn.Module) else model


@contextmanager
def untouched(model: nn.Module) -> Iterator[None]:
    """Inside: evaluation mode, frozen parameters, gradients enabled, one thread. Afterwards: all as before.

    "All" is the mode of every module, ``requires_grad`` of every parameter, buffers, the random number generators of
    torch and the grad mode; after exceptions too. ``.grad`` and hooks are never touched by what runs inside.

    Freezing the parameters is what makes an explanation cheap: no graph is recorded before the layer explained, and
    nothing is kept that only the gradients of parameters would need.
    """
    with alone, ExitStack() as undo:
        modules = list(model.modules())  # one walk for all: on a small network walks are what an explanation costs
        tensors = [tensor for module in modules for tensor in own_tensors(module)]
        can_be_explained(model, tensors)
        training = [module for module in modules if module.training]
        learning = [tensor for tensor in tensors if tensor.requires_grad and tensor.is_leaf]
        undo.enter_context(torch.inference_mode(False))
        undo.enter_context(torch.enable_grad())
        undo.enter_context(torch.random.fork_rng(devices=_cuda_devices(tensors)))
        undo.callback(_restore_modes, [(module, module.training) for module in modules])
        undo.callback(Buffers(modules).restore)
        undo.callback(_restore_requires_grad, learning)
        for module in training:
            module.training = False  # not eval(): a network may override it, and nothing could then undo it
        for parameter in learning:
            parameter.requires_grad_(False)
        yield


def run(model: nn.Module, images: Tensor) -> object:
    """The model's output, with a clear message where the images have another number of channels than it takes."""
    try:
        return model(images.clone())  # the network may write into its input
    except RuntimeError as error:
        first = next((module for module in model.modules() if isinstance(module, nn.Conv2d)), None)
        if first is not None and first.in_channels != images.shape[1]:
            raise ValueError(
                f"expected images with {first.in_channels} channels, as the first convolution takes, "
                f"got {images.shape[1]} in shape {tuple(images.shape)}; convert the images, or reorder to (N, C, H, W)"
            ) from error
        raise


def _cuda_devices(tensors: list[Tensor]) -> list[torch.device]:
    return list({tensor.device for tensor in tensors if tensor.device.type == "cuda"})


def _restore_modes(modes: list[tuple[nn.Module, bool]]) -> None:
    for module, training in modes:
        if module.training is not training:
            module.training = training


def _restore_requires_grad(parameters: list[Tensor]) -> None:
    for parameter in parameters:
        parameter.requires_grad_(True)
