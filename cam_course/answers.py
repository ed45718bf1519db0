"""METHODS: each method's name, and how it is run to answer a question."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from cam_course._checks import is_progress, is_switch, nearest
from cam_course.classifier import class_weights
from cam_course.layers import signs_of
from cam_course.masked import BASELINE, channel_scores
from cam_course.methods.cams import (
    cam,
    fuse,
    grad_cam,
    grad_cam_plus_plus,
    guided_grad_cam,
    hires_cam,
    layer_cam,
)
from cam_course.methods.score_cam import WEIGHTS, channel_weights, score_cam
from cam_course.question import Explanation, Question
from cam_course.targets import as_scores

Equation = Callable[..., Tensor]


@dataclass(frozen=True)
class Method:
    """How to run a method, whether it reads a layer (`explain` then takes `layer`), and whether it fuses several."""

    run: Callable[..., Explanation]
    reads_layer: bool
    fuses_layers: bool = False

    @property
    def options(self) -> list[str]:
        """The names of its options."""
        parameters = inspect.signature(self.run).parameters.values()
        return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]


def _of_layer(question: Question, name: str, equation: Equation) -> Explanation:
    (layer,) = question.shown.activations
    raw = equation(question.shown.activations[layer], question.shown.gradients[layer])
    return question.of_layers(name, question.enlarged(raw), raw)


def _cam(question: Question, name: str, *, relu: bool = True) -> Explanation:
    is_switch("relu", relu)
    scores = as_scores(question.target, question.classes)
    pooled, weights = class_weights(question.model, question.shown, scores)
    raw = cam(pooled, question.stacked(weights), relu=relu)
    return question.of_layers(name, question.enlarged(raw), raw)


def _grad_cam(question: Question, name: str) -> Explanation:
    return _of_layer(question, name, grad_cam)


def _hires_cam(question: Question, name: str) -> Explanation:
    return _of_layer(question, name, hires_cam)


def _grad_cam_plus_plus(question: Question, name: str, *, rectify: bool = False) -> Explanation:
    is_switch("rectify", rectify)
    ((layer, activations),) = question.shown.activations.items()
    total = activations.sum((-2, -1))
    if not rectify and (total < 0).any():
        why = signs_of(question.model, question.images, layer)
        raise ValueError(
            "expected maps whose sum over positions is at least 0 for grad_cam_plus_plus, got "
            f"{float(total.min()):.3g} in layer {layer!r}, {why}; "
            "pass rectify=True, which explains the positive part of these maps, or take a layer after a rectifier, "
            "or layer_cam or grad_cam, which take maps of any sign"
        )
    return _of_layer(question, name, lambda A, g: grad_cam_plus_plus(A, g, rectify=rectify))


def _layer_cam(question: Question, name: str, *, gamma: float | None = None) -> Explanation:
    if gamma is not None and not question.several_layers:
        raise ValueError(
            f"expected gamma with a list of layers, got gamma={gamma!r} with one layer; "
            "it serves to fuse maps: drop it, or pass layer=[...]"
        )
    if not question.several_layers:
        return _of_layer(question, name, layer_cam)
    shown = question.shown
    maps = [layer_cam(shown.activations[layer], shown.gradients[layer]) for layer in shown.activations]
    return question.of_layers(name, fuse(maps, question.enlarged, **({} if gamma is None else {"gamma": gamma})), None)


def _score_cam(
    question: Question,
    name: str,
    *,
    weights: str = "channel_softmax",
    baseline: float | Tensor = BASELINE,
    batch_size: int | None = None,
    progress: bool | None = None,
) -> Explanation:
    if weights not in WEIGHTS:
        raise ValueError(nearest(weights, WEIGHTS, kind="value of weights"))
    is_progress(progress)
    ((_, activations),) = question.shown.activations.items()
    asked, probability = question.settled_scores, weights == "probability"
    how = {"probability": probability, "baseline": baseline, "batch_size": batch_size, "progress": progress}
    found = channel_scores(question.model, question.images, activations, asked, **how)
    w = [channel_weights(one, found.live, weights, blank) for one, blank in zip(*found.scores, strict=True)]
    raw = score_cam(activations, question.stacked(w))
    return question.of_layers(name, question.enlarged(raw), raw)


def _image_gradient(rule: str | None) -> Callable[..., Explanation]:
    def run(question: Question, name: str) -> Explanation:
        shown = question.image_gradient(rule)
        return question.of_pixels(name, shown.gradients[""], shown)

    return run


def _guided_grad_cam(question: Question, name: str) -> Explanation:
    guided, coarse = question.image_gradient("guided_backprop"), _of_layer(question, name, grad_cam)
    return question.of_pixels(name, guided_grad_cam(guided.gradients[""], coarse.maps), guided, coarse.layers)


METHODS: dict[str, Method] = {
    "saliency": Method(_image_gradient(None), reads_layer=False),
    "deconvnet": Method(_image_gradient("deconvnet"), reads_layer=False),
    "guided_backprop": Method(_image_gradient("guided_backprop"), reads_layer=False),
    "cam": Method(_cam, reads_layer=True),
    "grad_cam": Method(_grad_cam, reads_layer=True),
    "guided_grad_cam": Method(_guided_grad_cam, reads_layer=True),
    "grad_cam_plus_plus": Method(_grad_cam_plus_plus, reads_layer=True),
    "score_cam": Method(_score_cam, reads_layer=True),
    "layer_cam": Method(_layer_cam, reads_layer=True, fuses_layers=True),
    "hires_cam": Method(_hires_cam, reads_layer=True),
}
