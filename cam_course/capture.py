"""One forward pass and one backward pass per score: the activations and gradients that every method reads."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cam_course._checks import as_batch, model_takes
from cam_course._warnings import warn
from cam_course.gradients import gradients_of
from cam_course.layer_names import layer_name
from cam_course.layers import default_layer, forget_default, run_order
from cam_course.methods.relu_rules import RULES, RectifierRule
from cam_course.outputs import mapped
from cam_course.recording import IMAGE, check_recorded, recorded
from cam_course.targets import Score, as_scores, explained, scores_of
from cam_course.untouched import alone, run, untouched, unwrapped

Layers = str | nn.Module | Sequence[str | nn.Module] | None


@dataclass(frozen=True)
class Capture:
    """What one run of a model showed.

    Attributes:
        activations: by dotted layer name, in the order in which they ran, A ``(N, K, h, w)``.
        gradients: by dotted layer name, dy/dA ``(N, K, h, w)``; with `classes`, ``(T, N, K, h, w)``.
            Unit: score per unit of activation.
        logits: the model's output, cut from the graph (tensors in dictionaries, lists and tuples too).
        targets: the class explained in each image, ``(N,)`` or ``(T, N)``, for a counterfactual or a contrast too; for
            targets that are no classes, themselves.
    """

    activations: dict[str, Tensor]
    gradients: dict[str, Tensor]
    logits: Tensor
    targets: object


def capture(
    model: nn.Module,
    images: Tensor,
    layers: Layers = None,
    target: object = None,
    *,
    classes: Sequence | Tensor | None = None,
) -> Capture:
    """Runs the model once forward, and once backward per score, and keeps what the layers showed.

    The graph starts at the first of the layers, not at the image, and no gradient of a parameter is computed; what an
    in-place rectifier does to a layer's output afterwards does not reach what is kept. The model is left as it was.

    Args:
        model: the network, in any mode; evaluated in evaluation mode.
        images: ``(C, H, W)`` or ``(N, C, H, W)``, floating point, in the space that the model takes.
        layers: a dotted name, a module, or several; None for the default (see `layers`).
        target: None (each image's prediction), an int, N ints, or a callable such as `targets.Counterfactual`.
        classes: several classes (or targets), each explained in every image, from the same forward pass.

    Returns:
        A `Capture`; a single image counts as N = 1.

    Raises:
        ValueError: a layer that is not in the model, has no spatial output, did not run or ran twice; a target that
            is out of range or does not depend on a layer.
        TypeError: images that are no floating-point tensor; a model that is no module.

    >>> net = nn.Sequential(nn.Conv2d(1, 2, 1, bias=False), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    >>> shown = capture(net, torch.ones(1, 2, 2), layers="1", target=0)
    >>> shown.gradients["1"].tolist()  # the mean of 4 positions: each has a quarter of the say in its own channel
    [[[[0.25, 0.25], [0.25, 0.25]], [[0.0, 0.0], [0.0, 0.0]]]]
    """
    return captured(unwrapped(model), as_batch(images), layers, target, classes)


def captured(model: nn.Module, images: Tensor, layers: Layers, target: object, classes: Sequence | None) -> Capture:
    """As `capture`, of a model and images that have been checked."""
    scores = as_scores(target, classes)
    if layers is None:
        with alone:  # another thread's run would be counted in the order of this one
            return _of_default(model, images, scores, classes is not None)
    return _run(model, images, layer_names(model, layers), scores, classes is not None)


def capture_image(
    model: nn.Module,
    images: Tensor,
    target: object = None,
    *,
    classes: Sequence | Tensor | None = None,
    rule: str | None = None,
) -> Capture:
    """As `capture`, of the image itself (layer name ``""``), through rectifiers that follow a rule.

    Args:
        model: as for `capture`.
        images: as for `capture`.
        target: as for `capture`.
        classes: as for `capture`.
        rule: None (the gradient), ``"guided_backprop"`` or ``"deconvnet"``.

    Raises:
        ValueError: with a rule, a model in which no rectifier runs; otherwise as `capture`.
    """
    model = unwrapped(model)
    scores = as_scores(target, classes)
    if rule is None:
        return _run(model, as_batch(images), [IMAGE], scores, classes is not None)
    if rule not in RULES:
        raise ValueError(f"expected a rule out of {RULES} or None, got {rule!r}; None is the plain gradient")
    rectifiers = RectifierRule(rule)
    shown = _run(model, as_batch(images), [IMAGE], scores, classes is not None, rectifiers)
    _warn_of_other_activations(rectifiers)
    return shown


def layer_names(model: nn.Module, layers: str | nn.Module | Sequence[str | nn.Module]) -> list[str]:
    """Dotted names of one or several layers."""
    several = [layers] if isinstance(layers, (str, nn.Module)) or not isinstance(layers, Sequence) else layers
    if not several:
        raise ValueError("expected at least one layer, got none; None stands for the default layer")
    return list(dict.fromkeys(layer_name(model, layer) for layer in several))


def _of_default(model: nn.Module, images: Tensor, scores: list[Score], several: bool) -> Capture:
    """Of the default layer, found anew where the network runs its modules in another order than it did then."""
    name, expected = default_layer(model, images)
    with run_order(model) as order:
        try:
            shown = _run(model, images, [name], scores, several)
        except ValueError:
            if order == expected:
                raise
    if order == expected:
        return shown
    forget_default(model)
    return _run(model, images, [default_layer(model, images)[0]], scores, several)


def _run(
    model: nn.Module,
    images: Tensor,
    names: list[str],
    scores: list[Score],
    several: bool,
    rule: RectifierRule | None = None,
) -> Capture:
    model_takes(model, images)
    with untouched(model):
        images = images.clone() if images.is_inference() else images  # a clone made here is an ordinary tensor
        with recorded(model, images, names) as (activations, images), rule or nullcontext():
            output = run(model, images)
        check_recorded(activations, names)
        kept = {name: activation for name, (activation, _) in activations.items()}
        _warn_if_probabilities(output, scores)
        values = [scores_of(score, output, len(images)) for score in scores]
        gradients = gradients_of(values, kept, at_once=IMAGE not in names)
    found = [explained(score, output) for score in scores]
    shown = {name: activation.detach() for name, activation in kept.items()}
    by_layer = {name: gradient if several else gradient[0] for name, gradient in gradients.items()}
    return Capture(shown, by_layer, mapped(Tensor.detach, output), _joined(found, several))


def _joined(found: list[object], several: bool) -> object:
    if not several:
        return found[0]
    return torch.stack(found) if all(isinstance(one, Tensor) for one in found) else tuple(found)


def _warn_if_probabilities(output: object, scores: list[Score]) -> None:
    if not isinstance(output, Tensor) or output.ndim != 2 or output.shape[1] < 2:
        return
    if not any(hasattr(score, "indices") for score in scores):
        return
    rows = output.detach()
    smallest, largest = (float(end) for end in rows.aminmax())
    if smallest < 0 < largest:  # most logits: neither probabilities nor their logarithms
        return
    softmax = smallest >= 0 and _all_near(rows.double().sum(1), 1)
    if softmax or _all_near(rows.double().logsumexp(1), 0):
        warn(
            f"the model ends in a {'softmax' if softmax else 'log-softmax'}, whose gradients vanish where it is sure; "
            "explain the logits instead: take the last layer off"
        )


def _all_near(values: Tensor, expected: float) -> bool:
    return bool(((values - expected).abs() <= 1e-4).all())


def _warn_of_other_activations(rectifiers: RectifierRule) -> None:
    others = ", ".join(rectifiers.others)
    if not rectifiers.found:
        raise ValueError(
            f"expected a model with rectifiers (ReLU), got one in which none was recognized"
            f"{f' ({others} instead)' if others else ''}; the rule would change nothing: use saliency"
        )
    if others:
        warn(
            f"the model mixes rectifiers with {others}; the rule applies to its rectifiers only: "
            "saliency treats them all alike"
        )
