"""What is explained: a score per image, computed from the output of a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import torch
from torch import Tensor

Score: TypeAlias = Callable[[Tensor], Tensor]
Classes: TypeAlias = "int | Sequence[int] | Tensor | None"


@dataclass(frozen=True)
class Class:
    """The logit of a class: what speaks for it.

    Args:
        of: an int for all images, one int per image, or None for each image's own prediction (ties: the first).

    >>> logits = torch.tensor([[1.0, 3.0], [5.0, 2.0]])
    >>> Class(1)(logits).tolist(), Class([1, 0])(logits).tolist(), Class()(logits).tolist()
    ([3.0, 2.0], [3.0, 5.0], [3.0, 5.0])
    """

    of: Classes = None

    def __call__(self, logits: Tensor) -> Tensor:
        """The score of each image: (N, classes) -> (N,)."""
        indices = self.indices(logits)
        return logits.gather(1, indices[:, None])[:, 0]

    def indices(self, logits: Tensor) -> Tensor:
        """The class explained in each image, (N,) integers.

        Raises:
            ValueError: logits that are no (N, classes); a class that is not one of them; not one class per image.
        """
        return _indices(self.of, logits)


@dataclass(frozen=True)
class Counterfactual:
    """The negated logit of a class: what speaks against it, and would raise the score if it were taken away.

    Args:
        of: as for `Class`.

    References:
        Selvaraju et al., Grad-CAM, arXiv:1610.02391, sec. 3.3.

    >>> Counterfactual(1)(torch.tensor([[1.0, 3.0], [5.0, 2.0]])).tolist()
    [-3.0, -2.0]
    """

    of: Classes = None

    def __call__(self, logits: Tensor) -> Tensor:
        """The score of each image: (N, classes) -> (N,)."""
        return -Class(self.of)(logits)

    def indices(self, logits: Tensor) -> Tensor:
        """The class explained in each image, (N,) integers."""
        return _indices(self.of, logits)


@dataclass(frozen=True)
class Contrast:
    """The difference of two logits: what speaks for one class rather than for another.

    Args:
        of: the class asked for, as for `Class`.
        rather_than: the class it is compared with, an int or one per image.

    >>> Contrast(1, rather_than=0)(torch.tensor([[1.0, 3.0], [5.0, 2.0]])).tolist()
    [2.0, -3.0]
    """

    of: Classes
    rather_than: int | Sequence[int] | Tensor

    def __post_init__(self) -> None:
        if self.rather_than is None:
            raise TypeError("expected rather_than as a class, got None; name the class that it is compared with")

    def __call__(self, logits: Tensor) -> Tensor:
        """The score of each image: (N, classes) -> (N,)."""
        return Class(self.of)(logits) - Class(self.rather_than)(logits)

    def indices(self, logits: Tensor) -> Tensor:
        """The class asked for in each image, (N,) integers."""
        return _indices(self.of, logits)


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
    """The score's value for each image, checked: (N,) and part of the graph of the output."""
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


def settled(score: Score, logits: object) -> Score:
    """The same score with the class that these logits predict, where it explains predictions; else the score itself.

    For runs on changed images, such as masked ones: they are asked about the class predicted in the image as it was.

    >>> settled(Class(), torch.tensor([[1.0, 3.0], [5.0, 2.0]])).of
    (1, 0)
    """
    if not hasattr(score, "of") or score.of is not None:
        return score
    return replace(score, of=tuple(score.indices(logits).tolist()))


def _as_score(target: object) -> Score:
    if callable(target):
        return target
    if target is None or _is_int(target):
        return Class(target)
    if hasattr(target, "tolist"):  # a tensor, or an array or a number of NumPy
        return _as_score(target.tolist())
    if isinstance(target, Sequence) and not isinstance(target, str) and all(map(_is_int, target)):
        return Class(tuple(target))
    raise TypeError(
        f"expected target as None, an int, one int per image or a callable such as targets.Class(3), got {target!r}; "
        "give the number of a class, not its name"
    )


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _indices(of: Classes, logits: object) -> Tensor:
    if not isinstance(logits, Tensor) or logits.ndim != 2:
        got = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise ValueError(
            f"expected logits of shape (N, classes) to explain a class, got {got}; "
            "for other outputs pass target as a callable from the output to one score per image"
        )
    if of is None:
        return logits.argmax(1)
    images, count = logits.shape
    chosen = _as_integers(of).to(logits.device)
    if chosen.ndim == 0:
        chosen = chosen.expand(images)
    if chosen.shape != (images,):
        raise ValueError(
            f"expected one target per image ({images}), got {tuple(chosen.shape)}; "
            "to explain several classes of every image use classes=[...]"
        )
    if ((chosen < 0) | (chosen >= count)).any():
        raise ValueError(f"expected a target from 0 to {count - 1}, got {of!r}; the model has {count} classes")
    return chosen


def _as_integers(of: Classes) -> Tensor:
    """Classes as a new tensor of integers; new, since one made under inference mode cannot be in a graph."""
    try:
        chosen = torch.as_tensor(of)
    except (TypeError, ValueError, RuntimeError):
        chosen = None
    if chosen is None or chosen.dtype == torch.bool or chosen.is_floating_point() or chosen.is_complex():
        raise TypeError(f"expected classes as integers, got {of!r}; give the number of a class, not its name or score")
    return chosen.long().clone()
