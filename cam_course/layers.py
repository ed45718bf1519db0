"""Which layers of a network can be explained, and which one is explained where none is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch  # noqa: F401 - the examples use it
from torch import Tensor, nn

from cam_course._checks import as_batch
from cam_course._warnings import warn
from cam_course.untouched import unwrapped
from cam_course.watching import Call, watched, without_channels_last

_POOLING = (
    nn.MaxPool2d,
    nn.AvgPool2d,
    nn.AdaptiveAvgPool2d,
    nn.AdaptiveMaxPool2d,
    nn.FractionalMaxPool2d,
    nn.LPPool2d,
)
_PASSES_ON = (nn.Dropout, nn.Dropout2d, nn.AlphaDropout, nn.FeatureAlphaDropout, nn.Identity)
_WEIGHTED = (nn.Linear, nn.Conv2d)
TOO_SMALL = "the last with more than one position, since the stages after it have one for images so small"


@dataclass(frozen=True)
class Layer:
    """One candidate.

    Attributes:
        name: dotted.
        shape: (K, h, w).
        stride: the image's width over the map's, in pixels.
        default: whether `explain` takes it where no layer is named.
        note: what to know of it, such as "before its rectifier"; empty where there is nothing to say.
    """

    name: str
    shape: tuple[int, int, int]
    stride: float
    default: bool
    note: str


def layers(model: nn.Module, image: Tensor) -> list[Layer]:
    """The layers whose output is a stack of feature maps, in the order in which they run.

    The default is the last stage before the classifier that has more than one position, after its rectifier where a
    module holds the result, and before any pooling: where the maps are most about classes and still know places.
    Layers with one position, and layers that run more than once, are left out.

    Args:
        model: the network, in any mode.
        image: ``(C, H, W)`` or ``(N, C, H, W)``, of the size that will be explained.

    Returns:
        A list of `Layer`, exactly one of them with ``default=True``.

    Raises:
        ValueError: no layer has spatial output, or the network is a transformer, whose positions talk to each other
            by attention, so that no layer's maps stay in place.

    >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 4))
    >>> for layer in layers(net, torch.zeros(3, 10, 10)):
    ...     print(layer.name, layer.shape, layer.stride, layer.note)
    0 (8, 8, 8) 1.25 before its rectifier
    1 (8, 8, 8) 1.25 default: the last stage before the classifier, after its rectifier
    2 (8, 4, 4) 2.5 after pooling
    """
    model = unwrapped(model)
    images = as_batch(image)
    calls, rectified, _ = watched(model, images)
    # a detector's head has stacks of regions, of which there are more than images
    stacks = [call for call in calls if call.output.ndim == 4 and len(call.output) == len(images)]
    stacks = without_channels_last(stacks)
    spatial = [call for call in stacks if call.output.shape[-2:].numel() > 1]
    chosen = _default(model, calls, spatial)
    notes = {id(chosen): _why_default(chosen, stacks)}
    once = [call for call in spatial if call.calls == 1]
    return [_described(call, notes.get(id(call), ""), rectified, images) for call in once]


def default_layer(model: nn.Module, images: Tensor) -> tuple[str, list[int]]:
    """The dotted name of the default of `layers`, and the `run_order` in which it was found.

    Both are remembered per network and image shape, so that asking costs one run, once.
    """
    fingerprint = (*images.shape[1:], *(f"{name}:{type(module)}" for name, module in model.named_modules()))
    known = _defaults.setdefault(model, {})
    if fingerprint not in known:
        if len(known) >= _REMEMBERED:
            known.clear()
        with run_order(model) as order:
            found = layers(model, images[:1])
        chosen = next(layer for layer in found if layer.default)
        if TOO_SMALL in chosen.note:
            warn(
                f"the last stages of {type(model).__name__} have one position for images of {tuple(images.shape[-2:])} "
                f"pixels, so {chosen.name!r} is explained instead; take larger images, or name a layer"
            )
        known[fingerprint] = chosen.name, order
    return known[fingerprint]


def forget_default(model: nn.Module) -> None:
    """Asks anew next time: for a network whose modules ran in another order than when it was asked."""
    _defaults.pop(model, None)


@contextmanager
def run_order(model: nn.Module) -> Iterator[list[int]]:
    """A list that fills, while the model runs inside, with the identity of each module as it starts."""
    order: list[int] = []
    hooks = [part.register_forward_pre_hook(lambda module, _: order.append(id(module))) for part in model.modules()]
    try:
        yield order
    finally:
        for hook in hooks:
            hook.remove()


_REMEMBERED = 8  # image shapes a network
_defaults: WeakKeyDictionary[nn.Module, dict[tuple, tuple[str, list[int]]]] = WeakKeyDictionary()


def signs_of(model: nn.Module, images: Tensor, layer: str) -> str:
    """Why a layer's maps can be negative, as half a sentence: which activation function lets them be."""
    calls, rectified, others = watched(model, images[:1])
    if any(call.name == layer and call.result in rectified for call in calls):
        return "whose rectifier comes after it"
    if others:
        return f"in a network whose activation function, {', '.join(others)}, lets maps be negative"
    return "after which no rectifier comes"


def _default(model: nn.Module, calls: list[Call], spatial: list[Call]) -> Call:
    _refuse_transformer(model)
    classifier = max((i for i, call in enumerate(calls) if isinstance(call.module, _WEIGHTED)), default=len(calls))
    before = {call.name for call in calls[:classifier]}
    first = next((call.name for call in calls if isinstance(call.module, nn.Conv2d)), "")
    pooled = {call.result for call in spatial if isinstance(call.module, _POOLING)}
    stages = [
        call
        for call in spatial
        if call.name in before
        and call.calls == 1
        and call.result not in pooled
        and not isinstance(call.module, _PASSES_ON)
        and not _holds(call.name, first)
    ] or [call for call in spatial if call.name == first and call.calls == 1]
    if not stages:
        raise ValueError(_no_stage(model, [call.name for call in spatial if call.calls > 1]))
    last = stages[-1].result
    return min((call for call in stages if call.result == last), key=lambda call: call.name.count("."))


def _no_stage(model: nn.Module, repeated: list[str]) -> str:
    if repeated:
        return (
            f"expected a layer with feature maps that runs once, got {type(model).__name__}, which uses "
            f"{', '.join(repeated)} more than once; wrap the last use into a module of its own, such as nn.Identity"
        )
    return (
        f"expected a network with feature maps (N, K, h, w), got {type(model).__name__} with none; "
        "class activation maps need a convolutional network"
    )


def _holds(name: str, first: str) -> bool:
    """Whether a module contains the first convolution: then it is the stem or the whole trunk, not a stage."""
    return first == name or first.startswith(name + ".")


def _refuse_transformer(model: nn.Module) -> None:
    for name, module in model.named_modules():
        parts = list(module.modules())
        mixes = isinstance(module, nn.MultiheadAttention) or any(isinstance(part, nn.Linear) for part in parts)
        stays = any(isinstance(part, nn.Conv2d) for part in parts)  # as in CBAM, whose attention keeps places apart
        if "attention" in type(module).__name__.lower() and mixes and not stays:
            raise ValueError(
                f"expected a convolutional network, got {type(model).__name__}, in which {name!r} "
                f"({type(module).__name__}) mixes all positions by attention, so that no default layer's maps stay in "
                "place; name a layer with spatial output yourself, or use attention rollout, made for transformers"
            )


def _why_default(chosen: Call, stacks: list[Call]) -> str:
    """What the note of the default says; on small images the last stages of a network have one position only."""
    later = stacks[stacks.index(chosen) + 1 :]
    if any(call.output.shape[-2:].numel() == 1 and isinstance(call.module, nn.Conv2d) for call in later):
        return f"default: {TOO_SMALL}"
    return "default: the last stage before the classifier"


def _described(call: Call, default: str, rectified: set[tuple[int, int]], images: Tensor) -> Layer:
    notes = [default] if default else []
    if call.result in rectified:
        notes.append("before its rectifier")
    elif default:
        notes.append("after its rectifier" if call.output.min() >= 0 else "no rectifier: its maps can be negative")
    if isinstance(call.module, _POOLING):
        notes.append("after pooling")
    shape = tuple(call.output.shape[1:])
    return Layer(call.name, shape, images.shape[-1] / shape[-1], bool(default), ", ".join(notes))
