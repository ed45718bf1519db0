"""`explain` and `compare`: ask a model what it looked at, by any of the methods, and get the answer as maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from torch import Tensor, nn

from cam_course._checks import as_batch, nearest
from cam_course._warnings import warn
from cam_course.answers import METHODS, Method
from cam_course.capture import Layers
from cam_course.question import Explanation, Question
from cam_course.untouched import unwrapped


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
        method: in pixel space ``"saliency"``, ``"deconvnet"``, ``"guided_backprop"`` and ``"guided_grad_cam"``; of
            a layer ``"cam"``, ``"grad_cam"``, ``"grad_cam_plus_plus"``, ``"score_cam"``, ``"layer_cam"`` and
            ``"hires_cam"``.
        target: None (each image's predicted class), an int, N ints, or a target from `cam_course.targets`.
        classes: explain each of these classes in every image, from one forward pass; excludes `target`.
        layer: None (the last stage before the classifier, see `layers`), a dotted name, or a module; for ``layer_cam``
            also a list, whose maps are fused (`.raw` is None then).
        **options: what the method offers. ``relu=False`` of ``cam`` gives the signed map. ``rectify=True`` of
            ``grad_cam_plus_plus`` explains the positive part of layers that can be negative. ``gamma`` of
            ``layer_cam`` (2, above 0) raises the shallow ones of a list of layers. ``weights`` of ``score_cam`` is
            ``"channel_softmax"`` (the default, the paper's), ``"probability"`` or ``"increase"``, see
            `cam_course.methods.score_cam.channel_weights`; its ``baseline`` (0: what a masked pixel becomes),
            ``batch_size`` (None: chosen here) and ``progress`` (None: a bar after two seconds), see
            `cam_course.masked.channel_scores`.

    Returns:
        An `Explanation`: `.maps` ``(N, H, W)``, raw, and all that led to it. The equation and the unit of each method
        stand in `cam_course.methods`.

    Raises:
        ValueError: an unknown method, option, layer or class, each with what there is; not one target per image;
            target and classes both; images that are not finite, or of another shape, type or device than the model
            takes. An image too small for the network raises the network's own error.
        TypeError: images that are no floating-point tensor; a model that is no module, or is TorchScript; a target,
            layer or option of the wrong type.

    >>> import torch
    >>> _ = torch.manual_seed(0)
    >>> net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    >>> answer = explain(net, torch.rand(5, 3, 8, 8), "saliency", target=1)
    >>> answer.maps.shape, answer.attribution.shape, answer.targets.tolist()
    (torch.Size([5, 8, 8]), torch.Size([5, 3, 8, 8]), [1, 1, 1, 1, 1])
    """
    chosen = _method(method)
    if layer is not None and not chosen.reads_layer:
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
    _refuse_several_layers(question, chosen)
    answers = {name: method.run(question, name, **options.get(name, {})) for name, method in chosen.items()}
    for answer in answers.values():
        _warn_if_empty(answer)
        _warn_if_one_place(answer)
    return answers


def _refuse_several_layers(question: Question, chosen: Mapping[str, Method]) -> None:
    reading = [name for name, method in chosen.items() if method.reads_layer and not method.fuses_layers]
    if question.several_layers and reading:
        raise TypeError(
            f"expected one layer, got {len(question.layer)}, which {reading[0]} cannot fuse (layer_cam can); "
            "ask once per layer"
        )


def _method(name: str) -> Method:
    if isinstance(name, (list, tuple, set)):
        raise TypeError(f"expected the name of a method, got {name!r}; for several methods use compare")
    if not isinstance(name, str):
        remedy = f"a class is given as target={name!r}" if isinstance(name, int) else "see METHODS for all names"
        raise TypeError(f"expected the name of a method, got {name!r}; {remedy}")
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
    empty = ~answer.maps.flatten(-2).any(-1)
    if empty.any():
        what = "no positive evidence for the target was found there"
        if answer.attribution is not None:
            what = "the score does not depend on the image there, or no longer changes with it"
        warn(f"{int(empty.sum())} of {empty.numel()} maps of {answer.method} are zero everywhere: {what}")


def _warn_if_one_place(answer: Explanation) -> None:
    if answer.raw is not None and answer.raw.shape[-2:].numel() == 1:
        warn(
            f"the maps of {answer.layers[0]!r} are 1 × 1 and say nothing about places; "
            "take the layer before the pooling, or larger images"
        )
