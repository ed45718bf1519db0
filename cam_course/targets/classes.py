"""Targets of a classifier: the logit of a class, its negative, or the difference of two; an answer to a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

import torch
from torch import Tensor

Classes: TypeAlias = "int | Sequence[int] | Tensor | None"
Same = TypeVar("Same", bound="OfClass")


class OfClass:
    """What targets about a class share: `of`, the class, and a table of logits (N, classes) to look it up in."""

    of: Classes

    def table(self, output: object) -> object:
        """The logits (N, classes) out of a model's output; a classifier's output is the table."""
        return output

    def indices(self, output: object) -> Tensor:
        """The class explained in each image, (N,) integers.

        Raises:
            ValueError: no table (N, classes); a class that is not one of them; not one class per image.
        """
        return class_indices(self.of, self.table(output))

    def logit(self, output: object) -> Tensor:
        """The logit of the class in each image, (N,)."""
        table = self.table(output)
        indices = class_indices(self.of, table)
        return table.gather(1, indices[:, None])[:, 0]

    def settled(self: Same, output: object) -> Same:
        """The same target with the class that this output predicts, where it explains predictions; else itself."""
        return self if self.of is not None else replace(self, of=tuple(self.indices(output).tolist()))


@dataclass(frozen=True)
class Class(OfClass):
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
        return self.logit(logits)


@dataclass(frozen=True)
class Counterfactual(OfClass):
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
        return -self.logit(logits)


@dataclass(frozen=True)
class Contrast(OfClass):
    """The difference of two logits: what speaks for one class rather than for another.

    Args:
        of: the class asked for, as for `Class`.
        rather_than: the class it is compared with, an int or one per image. Where it equals the class asked for, the
            score is 0, and so is every map.

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
        return self.logit(logits) - Class(self.rather_than)(logits)


@dataclass(frozen=True)
class Answer(Class):
    """The logit of an answer to a question, of a model that gives (N, answers) for a picture and a question.

    `explain` hands the model pictures alone: bind the question first, in a module whose ``forward(images)`` passes it
    on. Word for word it is a `Class`; the name says what the number means.

    Args:
        of: as for `Class`.

    >>> Answer(2)(torch.tensor([[1.0, 3.0, 0.5]])).tolist()
    [0.5]
    """


def is_int(value: object) -> bool:
    """Whether a value is the number of a class; truth values are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def class_indices(of: Classes, logits: object) -> Tensor:
    """The class asked for in each row of a table (N, classes), (N,) integers; for None that of the largest logit."""
    if not isinstance(logits, Tensor) or logits.ndim != 2:
        got = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise ValueError(
            f"expected logits of shape (N, classes) to explain a class, got {got}; for a segmentation pass "
            "target=targets.Region(mask, class), for a detector targets.Box(box), for a caption targets.Word(step), "
            "for other outputs a callable from the output to one score per image"
        )
    if of is None:
        return logits.argmax(1)
    images, count = logits.shape
    if is_int(of) and 0 <= of < count:  # the usual case, at a fifth of the price
        return torch.full((images,), of, device=logits.device)
    chosen = as_integers(of).to(logits.device)
    if chosen.ndim == 0:
        chosen = chosen.expand(images)
    if chosen.ndim == 2:
        raise ValueError(
            f"expected one class per image ({images}), got a table {tuple(chosen.shape)}; "
            "for one-hot rows pass target.argmax(1)"
        )
    if chosen.shape != (images,):
        raise ValueError(
            f"expected one target per image ({images}), got {tuple(chosen.shape)}; "
            "to explain several classes of every image use classes=[...]"
        )
    if ((chosen < 0) | (chosen >= count)).any():
        raise ValueError(f"expected a target from 0 to {count - 1}, got {of!r}; the model has {count} classes")
    return chosen


def as_integers(of: Classes) -> Tensor:
    """Classes as a new tensor of integers; new, since one made under inference mode cannot be in a graph."""
    try:
        chosen = torch.as_tensor(of)
    except (TypeError, ValueError, RuntimeError):
        chosen = None
    if chosen is None or chosen.dtype == torch.bool or chosen.is_floating_point() or chosen.is_complex():
        raise TypeError(f"expected classes as integers, got {of!r}; give the number of a class, not its name or score")
    return chosen.long().clone()
