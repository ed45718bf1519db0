"""Asks a network about pictures by one method after the other, in steps, and remembers the last answers."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cam_course._checks import nearest
from cam_course.answers import METHODS
from cam_course.capture import capture
from cam_course.explain import explain
from cam_course.heatmap import upsample
from cam_course.layers import Layer
from cam_course.layers import layers as list_layers
from cam_course.lesson.redrawing import Steps
from cam_course.masked import channel_scores
from cam_course.methods.score_cam import channel_weights, score_cam
from cam_course.targets import as_scores
from cam_course.untouched import run, untouched

REMEMBERED = 32  # answers; a map of 224 × 224 takes 0.2 MB
CHANNELS = 32  # of Score-CAM in one step: below a second on a large network, and the page may speak in between


@dataclass(frozen=True)
class Answer:
    """A map ``(H, W)`` on the CPU, and the warnings that came with it."""

    map: Tensor
    notes: tuple[str, ...] = ()


class Answers:
    """A network and what it has answered lately; it forgets everything when a weight changes."""

    def __init__(self, model: nn.Module) -> None:
        self._model, self._weights = model, ()
        self._known: OrderedDict[tuple, Answer] = OrderedDict()

    def ask(self, name: str, image: Tensor, method: str, target: int, layer: str | None) -> Steps[Answer]:
        """The map of one class by one method, in steps.

        Args:
            name: of the picture: what is known of another picture of this name is taken for its answer.
            image: ``(3, H, W)``, as the model takes it.
            method: a name out of `METHODS`.
            target: the class.
            layer: a dotted name; not used by methods in pixel space. None for the default.
        """
        self._forget_if_trained()
        layer = layer if METHODS[method].reads_layer else None
        key = (name, method, target, layer)
        if key not in self._known:
            self._known[key] = yield from _asked(self._model, image, method, target, layer)
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return self._known[key]

    def _forget_if_trained(self) -> None:
        weights = tuple((tensor.data_ptr(), tensor._version) for tensor in self._model.state_dict().values())
        if weights != self._weights:
            self._known.clear()
            self._weights = weights


def fitting(model: nn.Module, image: Tensor, methods: Iterable[str] | None) -> tuple[list[str], dict[str, str]]:
    """The methods that explain a network, and of the others the reason why they do not.

    Args:
        model: the network.
        image: ``(3, H, W)``, as the model takes it.
        methods: which to try; None for all.

    Raises:
        ValueError: an unknown method, or none that explains the network.
    """
    asked, reasons = list(METHODS if methods is None else methods), {}
    for name in asked:
        if name not in METHODS:
            raise ValueError(nearest(name, METHODS, kind="method"))
        try:
            if name != "score_cam":  # it takes long, and whatever has feature maps
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    explain(model, image, name)
        except (ValueError, TypeError, RuntimeError) as error:
            reasons[name] = str(error)
    if len(reasons) == len(asked):
        first = next(iter(reasons.values()), "no method was named")
        raise ValueError(f"expected a method that explains this network, got none: {first}")
    return [name for name in asked if name not in reasons], reasons


def stages(model: nn.Module, image: Tensor, chosen: Sequence[str] | None = None) -> tuple[dict[str, str], str]:
    """Layers to choose from, from what is read to the name, and the one to begin with.

    Args:
        model: the network.
        image: ``(3, H, W)``, as the model takes it.
        chosen: dotted names; None for the last layer of each resolution, before pooling.

    Raises:
        ValueError: a name that is no layer with feature maps.
    """
    found = {layer.name: layer for layer in list_layers(model, image)}
    default = next(name for name, layer in found.items() if layer.default)
    names = _last_of_each_size(found, image) if chosen is None else list(chosen)
    for name in names:
        if name not in found:
            raise ValueError(nearest(name, found, kind="layer"))
    shown = {f"{name}  {found[name].shape[1]}×{found[name].shape[2]}": name for name in names}
    return shown, default if default in names else names[-1]


def _last_of_each_size(found: Mapping[str, Layer], image: Tensor) -> list[str]:
    """Up to the default, of the layers of one resolution the last of those that lie least deep in the network."""
    last: dict[tuple[int, ...], Layer] = {}
    for layer in found.values():
        known = last.setdefault(layer.shape[1:], layer)
        above = layer.name.count(".") <= known.name.count(".") and "pooling" not in layer.note
        if layer.default or above:
            last[layer.shape[1:]] = layer
        if layer.default:
            break
    # what has the picture's own shape only changed its space
    return [layer.name for layer in last.values() if layer.shape != tuple(image.shape)]


def logits_of(model: nn.Module, image: Tensor) -> Tensor:
    """The logits ``(classes,)`` of one image, on the CPU.

    Raises:
        ValueError: an output of another kind.
    """
    with untouched(model), torch.no_grad():
        said = run(model, image[None])
    if not isinstance(said, Tensor) or said.ndim != 2:
        got = tuple(said.shape) if isinstance(said, Tensor) else type(said).__name__
        raise ValueError(
            f"expected a classifier with logits (N, classes), got {got}; put a module behind it that gives them"
        )
    return said[0].float().cpu()


def _asked(model: nn.Module, image: Tensor, method: str, target: int, layer: str | None) -> Steps[Answer]:
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        if method != "score_cam":
            named = {"layer": layer} if METHODS[method].reads_layer else {}
            found = explain(model, image, method, target=target, **named).maps[0]
    if method == "score_cam":
        found = yield from _score_cam(model, image, target, layer)
    return Answer(found.detach().float().cpu(), tuple(str(note.message) for note in noted))


def _score_cam(model: nn.Module, image: Tensor, target: int, layer: str | None) -> Steps[Tensor]:
    """As `explain` with ``"score_cam"``, a few channels at a time."""
    ((_, activations),) = capture(model, image, layer, target).activations.items()
    scores, live, channels = [], [], activations.shape[1]
    for some in activations.split(CHANNELS, 1):
        yield f"score_cam: {sum(part.shape[1] for part in scores)} of {channels} channels"
        found = channel_scores(model, image[None], some, as_scores(target, None), progress=False)
        scores.append(found.scores[0][0])
        live.append(found.live)
    weights = channel_weights(torch.cat(scores, 1), torch.cat(live, 1))
    return upsample(score_cam(activations, weights), image.shape[-2:])[0]


def names_of(classes: Sequence[str] | None, count: int) -> list[str]:
    """The names of the classes; numbers where there are none.

    Raises:
        ValueError: more or fewer names than logits.
    """
    if classes is None:
        return [f"class {number}" for number in range(count)]
    if len(classes) != count:
        raise ValueError(f"expected {count} names of classes, one per logit, got {len(classes)}; pass all, in order")
    return list(classes)
