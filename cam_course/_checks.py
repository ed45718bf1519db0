"""Checks of arguments, each worded *expected, got, remedy*."""

from collections.abc import Iterable
from difflib import get_close_matches

import torch
from torch import Tensor, nn


def nearest(name: str, known: Iterable[str], *, kind: str) -> str:
    """The sentence for a name that is not known: what there is, and which was probably meant.

    >>> nearest("gradcam", ["cam", "grad_cam"], kind="method")
    "expected a method out of 'cam', 'grad_cam', got 'gradcam'; did you mean 'grad_cam'?"
    """
    known = list(known)
    listed = ", ".join(map(repr, known))
    plain = str(name).lower().replace("++", "_plus_plus").replace("-", "_").replace(" ", "_")
    close = get_close_matches(plain, known, n=1, cutoff=0.5) or get_close_matches(str(name), known, n=1, cutoff=0.5)
    remedy = f"did you mean {close[0]!r}?" if close else "choose one of these"
    article = "an" if kind[0] in "aeiou" else "a"
    return f"expected {article} {kind} out of {listed}, got {name!r}; {remedy}"


def as_batch(images: object) -> Tensor:
    """Images as (N, C, H, W), cut from any graph; refuses what no model of this course could take."""
    if not isinstance(images, Tensor):
        raise TypeError(
            f"expected images as a torch.Tensor, got {type(images).__name__}; "
            "convert an array with torch.from_numpy(array), a picture with torchvision's to_tensor"
        )
    if not images.is_floating_point():
        raise TypeError(
            f"expected images of a floating-point type, got {images.dtype}; convert 0..255 with images.float() / 255"
        )
    if images.ndim not in (3, 4) or 0 in images.shape:
        raise ValueError(
            f"expected images of shape (C, H, W) or (N, C, H, W), none of them 0, got {tuple(images.shape)}; "
            "add or drop a dimension, for example with image[None]"
        )
    images = images.detach()
    # one sum tells in most cases, at a tenth of the price; that of large finite numbers may overflow
    if not torch.isfinite(images.sum()) and not torch.isfinite(images).all():
        raise ValueError("expected finite images, got NaN or infinity; look at images.isfinite() to find where")
    return images if images.ndim == 4 else images[None]


def model_takes(model: nn.Module, images: Tensor) -> None:
    """Refuses images on another device or of another type than the model's parameters."""
    for parameter in model.parameters():
        if not parameter.is_floating_point():
            continue
        if parameter.device != images.device or parameter.dtype != images.dtype:
            raise ValueError(
                f"expected images like the model ({parameter.dtype} on {parameter.device}), "
                f"got {images.dtype} on {images.device}; convert with images.to(next(model.parameters()))"
            )
        return


def is_module(model: object) -> None:
    """Refuses what is no network."""
    if not isinstance(model, nn.Module):
        raise TypeError(
            f"expected a torch.nn.Module as model, got {type(model).__name__}; pass the network itself, not its output"
        )


def is_no_torchscript(model: nn.Module) -> None:
    """Refuses TorchScript, in whole or in part; before any hook is tried, whose own message would not help."""
    if any(isinstance(module, torch.jit.ScriptModule) for module in model.modules()):
        raise TypeError(
            "expected a model in Python, got TorchScript in it, which hides its layers and rectifiers; "
            "pass the module from before torch.jit.script or torch.jit.trace"
        )


def can_be_explained(model: nn.Module, tensors: list[Tensor]) -> None:
    """Refuses a model, of these tensors, that was built under inference mode."""
    if any(tensor.is_inference() for tensor in tensors):
        named = [*model.named_parameters(), *model.named_buffers()]
        name = next(name for name, tensor in named if tensor.is_inference())
        raise ValueError(
            f"expected a model built outside torch.inference_mode, got the inference tensor {name!r}, through "
            "which no gradient can flow; build or copy the model outside that mode"
        )


def is_switch(option: str, value: object) -> None:
    """Refuses what is neither True nor False; a text, even "no", would count as True."""
    if not isinstance(value, bool):
        raise TypeError(f"expected {option} as True or False, got {value!r}; a text, even 'no', would count as True")


def is_progress(value: object) -> None:
    """Refuses what is no answer to whether a bar is shown."""
    if value is not None:
        is_switch("progress", value)


def is_count(option: str, value: object, *, least: int = 1) -> None:
    """Refuses what is no whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"expected {option} as an int, got {value!r}; give a whole number")
    if value < least:
        raise ValueError(f"expected {option} of at least {least}, got {value}; give a larger number")


def own_tensors(module: nn.Module) -> list[Tensor]:
    """The parameters and buffers of a module itself, not of the modules in it."""
    return [tensor for tensor in (*module._parameters.values(), *module._buffers.values()) if tensor is not None]


def same_feature_maps(activations: Tensor, gradients: Tensor) -> None:
    """Refuses activations and gradients that are not of one layer: (..., K, h, w) each, the last three equal."""
    for name, tensor in (("activations", activations), ("gradients", gradients)):
        if tensor.ndim < 3:
            raise ValueError(
                f"expected {name} of shape (..., K, h, w), got {tuple(tensor.shape)}; "
                "take them from a layer with spatial output"
            )
    try:
        # not torch.broadcast_shapes, whose first call imports a computer algebra system for a second
        shape = torch.broadcast_tensors(activations, gradients)[0].shape
    except RuntimeError:
        shape = torch.Size()
    if shape[-3:] != activations.shape[-3:]:
        raise ValueError(
            f"expected gradients that broadcast to the activations {tuple(activations.shape)}, "
            f"got {tuple(gradients.shape)}; take both from one capture of one layer"
        )
