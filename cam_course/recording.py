"""Hooks that keep what layers show while a model runs, and let the model go on with a copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor, nn

from cam_course.watching import ALONG_THE_LAST

IMAGE = ""  # the dotted name of what comes before every layer


@contextmanager
def recorded(
    model: nn.Module, images: Tensor, names: list[str]
) -> Iterator[tuple[dict[str, tuple[Tensor, int]], Tensor]]:
    """Hooks that keep each layer's output, with its version, and hand on a copy, which the network may overwrite."""
    activations: dict[str, tuple[Tensor, int]] = {}
    if IMAGE in names:
        images = images.clone().requires_grad_()
        activations[IMAGE] = images, images._version

    def keep(name: str, module: nn.Module, output: object) -> Tensor:
        if name in activations:
            raise ValueError(
                f"expected a layer that runs once, got {name!r}, which the model uses more than once; "
                "explain the block that contains it"
            )
        activation = _spatial(name, module, output)
        activations[name] = activation, activation._version
        return activation.clone()

    hooked = [name for name in names if name != IMAGE]
    handles = [
        model.get_submodule(name).register_forward_hook(lambda module, _, output, name=name: keep(name, module, output))
        for name in hooked
    ]
    try:
        yield activations, images
    finally:
        for handle in handles:
            handle.remove()


def _spatial(name: str, module: nn.Module, output: object) -> Tensor:
    if not isinstance(output, Tensor) or output.ndim != 4:
        got = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
        raise ValueError(
            f"expected a layer with output (N, K, h, w), got {got} from {name!r}; layers(model, image) lists the others"
        )
    if type(module) in ALONG_THE_LAST:
        raise ValueError(
            f"expected a layer with output (N, K, h, w), got (N, h, w, K), channels last, from {name!r}; "
            "take the block that contains it"
        )
    # the first layer on a path becomes the start of the graph; a later one must stay connected to it
    return output if output.requires_grad else output.detach().requires_grad_()


def check_recorded(activations: dict[str, tuple[Tensor, int]], names: list[str]) -> None:
    """Refuses layers that did not run, or whose output the model overwrote behind their back."""
    missing = [name for name in names if name not in activations]
    if missing:
        raise ValueError(
            f"expected layers that run when the model is evaluated, got {missing[0]!r}, which did not; "
            "layers(model, image) lists those that do"
        )
    for name, (activation, version) in activations.items():
        if activation._version != version:
            raise ValueError(
                f"expected a layer with memory of its own, got {name!r}, whose output the model changes in place "
                "through another tensor; explain the block that contains it, or make that operation not in place"
            )
