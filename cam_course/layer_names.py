"""From a layer as a reader names it, by its dotted name or as a module, to its dotted name."""

from __future__ import annotations

from difflib import get_close_matches

from torch import nn

from cam_course._checks import nearest

FEW = 20  # layers that a message can list


def layer_name(model: nn.Module, layer: str | nn.Module) -> str:
    """The dotted name of a layer given by name or as a module.

    Raises:
        ValueError: the model has no such layer.
        TypeError: neither a name nor a module.
    """
    if layer is model:
        raise ValueError("expected a layer inside the model, got the model itself; see layers(model, image)")
    if isinstance(layer, nn.Module):
        for name, module in model.named_modules():
            if module is layer:
                return name
        raise ValueError(
            f"expected a layer of this model, got a {type(layer).__name__} that is not part of it; "
            "pass a module of the very object that is explained, or its dotted name"
        )
    if not isinstance(layer, str):
        raise TypeError(
            f"expected a layer as a dotted name or a module, got {type(layer).__name__}; see layers(model, image)"
        )
    try:
        found = model.get_submodule(layer) if layer else None
    except AttributeError:
        found = None
    if found is None:
        raise ValueError(_no_such_layer(layer, [name for name, _ in model.named_modules() if name]))
    return layer


def _no_such_layer(layer: str, known: list[str]) -> str:
    if len(known) <= FEW:
        return nearest(layer, known, kind="layer")
    close = get_close_matches(layer, known, n=1, cutoff=0.5)
    meant = f"did you mean {close[0]!r}? " if close else ""
    return f"expected a layer of this model, got {layer!r}; {meant}layers(model, image) lists them"
