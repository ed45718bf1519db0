"""`explain` and `compare`: ask a model what it looked at, by any of the methods, and get the answer as maps."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cam_course._checks import as_batch, nearest
from cam_course.capture import Capture, Layers, capture, capture_image
from cam_course.classifier import class_weights
from cam_course.heatmap import upsample
from cam_course.methods.cams import cam, grad_cam
from cam_course.methods.saliency import saliency
from cam_course.targets import as_scores
from cam_course.untouched import unwrapped


@dataclass(frozen=True)
class Explanation:
    """What a method answered, for N images of H × W pixels; with `classes`, everything has T in front.

    Attributes:
        maps: ``(N, H, W)`` at image size, raw: not normalized, at least 0 unless an option asks for
            signs. Unit: that of the method, mostly score per something; see the method's docstring.
        attribution: ``(N, C, H, W)``, signed, for methods in pixel space; else None.
        raw: ``(N, h, w)`` at the resolution of the layer; None for methods in pixel space.
        method: the method's name.
        layers: dotted names of the layers that were read, empty for methods in pixel space.
        targets: the class explained in each image, ``(N,)``, or the target itself where it is no class.
        logits: the model's output.
    """

    maps: Tensor
    attribution: Tensor | None
    raw: Tensor | None
    method: str
    layers: tuple[str, ...]
    targets: object
    logits: Tensor


@dataclass(frozen=True)
class Question:
    """What is asked of a model: which images, which target, which layer."""

    model: nn.Module
    images: Tensor
    target: object
    classes: Sequence | Tensor | None
    layer: Layers


@dataclass(frozen=True)
class Method:
    """How to run a method: on a capture of a layer that it shares with others, or on its own (`reads_layer` False)."""

    run: Callable[..., Explanation]
    reads_layer: bool

    @property
    def options(self) -> list[str]:
        """The names of its options."""
        parameters = inspect.signature(self.run).parameters.values()
        return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and not p.name.startswith("_")]


def explain(
    model: nn.Module,
    images: Tensor,
    method: str = "grad_cam",
    *,
    target: object = None,
    classes: Sequence | Tensor | None = None,
    layer: Layers = None,
    **options: object,
) -> Explanation:
    """Where a model looks: a map per image, by one method, for one target or for several classes.

    Args:
        model: any convolutional ``nn.Module``, in any mode, frozen or not; it is evaluated in evaluation mode and
            left exactly as it was, after exceptions too.
        images: ``(C, H, W)`` or ``(N, C, H, W)``, floating point, in the space that the model takes, on its device.
        method: ``"saliency"``, ``"deconvnet"``, ``"guided_backprop"``, ``"cam"`` or ``"grad_cam"``.
        target: None (each image's predicted class), an int, N ints, or a target from `cam_course.targets`.
        classes: explain each of these classes in every image, from one forward pass; excludes `target`.
        layer: None (the last stage before the classifier, see `layers`), a dotted name, or a module.
        **options: what the method offers: ``relu=False`` of ``cam`` gives the signed map.

    Returns:
        An `Explanation`: `.maps` ``(N, H, W)``, raw, and all that led to it.

    Raises:
        ValueError: an unknown method, option, layer or class, each with what there is; images of the wrong shape.
        TypeError: images that are no floating-point tensor, or a model that is no module.

    >>> _ = torch.manual_seed(0)
    >>> net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    >>> answer = explain(net, torch.rand(5, 3, 8, 8), "saliency", target=1)
    >>> answer.maps.shape, answer.attribution.shape, answer.targets.tolist()
    (torch.Size([5, 8, 8]), torch.Size([5, 3, 8, 8]), [1, 1, 1, 1, 1])
    """
    if layer is not None and not _method(method).reads_layer:
        raise ValueError(f"expected no layer for {method}, got {layer!r}; it explains pixels: drop layer")
    named = {method: options}
    return compare(model, images, [method], target=target, classes=classes, layer=layer, options=named)[method]


def compare(
    model: nn.Module,
    images: Tensor,
    methods: Iterable[str],
    *,
    target: object = None,
    classes: Sequence | Tensor | None = None,
    layer: Layers = None,
    options: Mapping[str, Mapping[str, object]] | None = None,
) -> dict[str, Explanation]:
    """Several methods asked the same question; all that read a layer share one capture of it.

    Args:
        model: as for `explain`.
        images: as for `explain`.
        methods: names of methods.
        target: as for `explain`.
        classes: as for `explain`.
        layer: as for `explain`; methods in pixel space ignore it.
        options: by method name, its options: ``{"cam": {"relu": False}}``.

    Returns:
        An `Explanation` by method name, in the order asked.

    Raises:
        ValueError: options for a method that is not asked for; otherwise as `explain`.
        TypeError: methods given as one string; otherwise as `explain`.
    """
    if isinstance(methods, str) or not isinstance(methods, Iterable):
        raise TypeError(f"expected methods as a list, got {methods!r}; write [{methods!r}]")
    chosen = {name: _method(name) for name in methods}
    if not chosen:
        raise ValueError(f"expected at least one method, got none; choose out of {', '.join(METHODS)}")
    options = dict(options or {})
    _check_options(chosen, options)
    question = Question(unwrapped(model), as_batch(images), target, classes, layer)
    shown = _captured(question) if any(method.reads_layer for method in chosen.values()) else None
    answers = {name: _run(question, shown, name, method, options) for name, method in chosen.items()}
    for answer in answers.values():
        _warn_if_empty(answer)
    return answers


def _captured(question: Question) -> Capture:
    layer = question.layer
    if isinstance(layer, (list, tuple)) and len(layer) != 1:
        raise TypeError(f"expected one layer, got {len(layer)}; ask once per layer")
    return capture(question.model, question.images, layer, question.target, classes=question.classes)


def _run(question: Question, shown: Capture | None, name: str, method: Method, options: Mapping) -> Explanation:
    chosen = options.get(name, {})
    return method.run(question, shown, name, **chosen) if method.reads_layer else method.run(question, name, **chosen)


def _cam(question: Question, shown: Capture, name: str, *, relu: bool = True) -> Explanation:
    pooled, weights = class_weights(question.model, shown, as_scores(question.target, question.classes))
    weights = weights[0] if question.classes is None else torch.stack(weights)
    return _from_layer(question, shown, name, cam(pooled, weights, relu=relu))


def _grad_cam(question: Question, shown: Capture, name: str) -> Explanation:
    (layer,) = shown.activations
    return _from_layer(question, shown, name, grad_cam(shown.activations[layer], shown.gradients[layer]))


def _from_layer(question: Question, shown: Capture, name: str, raw: Tensor) -> Explanation:
    maps = upsample(raw, question.images.shape[-2:])
    return Explanation(maps, None, raw, name, tuple(shown.activations), shown.targets, shown.logits)


def _image_gradient(rule: str | None) -> Callable[..., Explanation]:
    def run(question: Question, name: str) -> Explanation:
        shown = capture_image(question.model, question.images, question.target, classes=question.classes, rule=rule)
        attribution = shown.gradients[""]
        return Explanation(saliency(attribution), attribution, None, name, (), shown.targets, shown.logits)

    return run


METHODS: dict[str, Method] = {
    "saliency": Method(_image_gradient(None), reads_layer=False),
    "deconvnet": Method(_image_gradient("deconvnet"), reads_layer=False),
    "guided_backprop": Method(_image_gradient("guided_backprop"), reads_layer=False),
    "cam": Method(_cam, reads_layer=True),
    "grad_cam": Method(_grad_cam, reads_layer=True),
}


def _method(name: str) -> Method:
    if not isinstance(name, str):
        raise TypeError(f"expected the name of a method, got {name!r}; a class is given as target={name!r}")
    if name not in METHODS:
        raise ValueError(nearest(name, METHODS, kind="method"))
    return METHODS[name]


def _check_options(chosen: Mapping[str, Method], options: Mapping[str, Mapping[str, object]]) -> None:
    for name in options:
        if name not in chosen:
            raise ValueError(nearest(name, chosen, kind="method to have options"))
        if not isinstance(options[name], Mapping):
            raise TypeError(
                f"expected options of {name} as a dictionary, got {options[name]!r}; leave it away for none"
            )
        for option in options[name]:
            known = chosen[name].options
            if option not in known and not known:
                raise ValueError(f"expected no option for {name}, got {option!r}; drop it")
            if option not in known:
                raise ValueError(nearest(option, known, kind=f"option of {name}"))


def _warn_if_empty(answer: Explanation) -> None:
    empty = (answer.maps == 0).flatten(-2).all(-1)
    if empty.any():
        warnings.warn(
            f"{int(empty.sum())} of {empty.numel()} maps of {answer.method} are zero everywhere: "
            "the method found no positive evidence for the target there",
            stacklevel=3,
        )
