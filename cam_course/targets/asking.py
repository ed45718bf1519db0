"""From what a caller asks for to scores, and from scores to values, each checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import torch  # noqa: F401 - the examples use it
from torch import Tensor

from cam_course.targets.classes import Class, is_int

Score: TypeAlias = Callable[[object], Tensor]


def as_scores(target: object = None, classes: Sequence | Tensor | None = None) -> list[Score]:
    """The scores that are asked for: one, or with `classes` one for each of them.

    Args:
        target: None (each image's predicted class), an int, one int per image, or a callable from output to (N,).
        classes: ints (or callables), each to be explained in every image; excludes `target`.

    Raises:
        ValueError: both are given, or no class.
        TypeError: neither ints nor callables.
    """
    if classes is None:
        return [_as_score(target)]
    if target is not None:
        raise ValueError(
            f"expected target or classes, got both ({target!r} and {classes!r}); "
            "target explains one thing per image, classes the same list in every image: drop one"
        )
    classes = classes.tolist() if hasattr(classes, "tolist") else classes
    if isinstance(classes, (int, str)) or not isinstance(classes, Sequence):
        raise TypeError(f"expected classes as a list, got {classes!r}; write classes=[...], or use target for one")
    if not classes:
        raise ValueError("expected at least one class in classes, got none; name the classes to explain")
    return [_as_score(one) for one in classes]


def scores_of(score: Score, output: object, images: int) -> Tensor:
    """The score's value for each image, checked: (N,)."""
    values = score(output)
    if not isinstance(values, Tensor) or values.shape != (images,):
        got = tuple(values.shape) if isinstance(values, Tensor) else type(values).__name__
        raise ValueError(
            f"expected a target that gives one score per image, shape ({images},), got {got}; "
            "reduce over everything but the images"
        )
    return values


def explained(score: Score, output: object) -> object:
    """What `Explanation.targets` records: the class of each image where there is one, else the target itself."""
    return score.indices(output).detach() if hasattr(score, "indices") else score


def settled(score: Score, output: object) -> Score:
    """The same score, about what this output shows, where it explains predictions; else the score itself.

    For runs on changed images, such as masked ones: they are asked about the class predicted in the image as it was.

    >>> settled(Class(), torch.tensor([[1.0, 3.0], [5.0, 2.0]])).of
    (1, 0)
    """
    return score.settled(output) if hasattr(score, "settled") else score


def _as_score(target: object) -> Score:
    if isinstance(target, type):
        raise TypeError(f"expected a target, got the class {target.__name__} itself; write {target.__name__}(...)")
    if callable(target):
        return target
    if target is None or is_int(target):
        return Class(target)
    if hasattr(target, "tolist"):  # a tensor, or an array or a number of NumPy
        return _as_score(target.tolist())
    if isinstance(target, Sequence) and not isinstance(target, str) and all(map(is_int, target)):
        return Class(tuple(target))
    raise TypeError(
        "expected target as None, an int, one int per image or a callable such as targets.Class(3), "
        f"got {_short(target)}; give the number of a class, not its name"
    )


def _short(value: object, most: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"
