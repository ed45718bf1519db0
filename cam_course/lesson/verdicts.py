"""Say of an answer whether it is right, which known mistake it makes, or else where it differs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

__all__ = ["Mistake", "Verdict", "compare_function", "compare_value", "difference", "fresh", "right", "wrong"]

Mistake = tuple[str, Any, str]  # its name, an answer that makes it (function or value), what to look at

TOLERANCE = 1e-4  # of the largest expected value: another order of summing passes, another formula does not
PRAISE = "Your answer agrees with the solution on inputs that the lesson does not show."


@dataclass(frozen=True)
class Verdict:
    """What `check` says of an answer.

    Attributes:
        status: the words printed after the exercise's number.
        message: what to look at; one or two sentences.
        generic: whether the message comes from a comparison or an exception, and names no known mistake.
    """

    status: Literal["right", "not yet", "not solved yet"]
    message: str
    generic: bool = False


def right(message: str = PRAISE) -> Verdict:
    """Verdict on an answer that is right."""
    return Verdict("right", message)


def wrong(message: str) -> Verdict:
    """Verdict on an answer that is wrong in a way that `message` names."""
    return Verdict("not yet", message)


def compare_function(
    answer: Callable[..., Any],
    reference: Callable[..., Any],
    inputs: Sequence[tuple[Any, ...]],
    *,
    mistakes: Sequence[Mistake] = (),
    praise: str = PRAISE,
    tolerance: float = TOLERANCE,
) -> Verdict:
    r"""Judge a function by what it returns on inputs that the lesson does not show.

    Every function gets its own copy of the inputs, so that one that writes into them disturbs no other.

    Args:
        answer: the reader's function.
        reference: a right one.
        inputs: argument tuples; draw tensors from a seeded `torch.Generator`.
        mistakes: tried in order, each ``(name, function, message)``; the first whose results equal the answer's
            on all inputs gives its message. One that raises an exception on some input matches nothing.
        praise: message for a right answer: what it was right about.
        tolerance: largest difference, as a share of the largest expected value.

    Returns:
        Right; or wrong with a mistake's message; or wrong, generic, with the first difference found.

    Raises:
        TypeError: `answer` is not callable.

    Examples:
        >>> inputs = [(torch.tensor([[1.0, 2.0], [3.0, 5.0]]),)]
        >>> axis = ("wrong axis", lambda x: x.sum(0), "You added up over rows; add over columns.")
        >>> verdict = compare_function(lambda x: x.sum(0), lambda x: x.sum(1), inputs, mistakes=[axis])
        >>> verdict.message
        'You added up over rows; add over columns.'
        >>> compare_function(lambda x: x[:, 0] + x[:, 1], lambda x: x.sum(1), inputs).status
        'right'
    """
    if not callable(answer):
        raise TypeError(f"expected a function, got {_kind(answer)}; pass its name, without calling it")
    results = [answer(*fresh(arguments)) for arguments in inputs]
    expected = [reference(*fresh(arguments)) for arguments in inputs]
    gaps = [difference(got, wanted, tolerance) for got, wanted in zip(results, expected, strict=True)]
    if not any(gaps):
        return right(praise)
    for _name, mistake, message in mistakes:
        if _matches(results, mistake, inputs, tolerance):
            return wrong(message)
    return Verdict("not yet", f"Its result {next(filter(None, gaps))}.", generic=True)


def compare_value(
    answer: Any,
    expected: Any,
    *,
    mistakes: Sequence[Mistake] = (),
    praise: str = "That is it.",
    tolerance: float = TOLERANCE,
) -> Verdict:
    r"""Judge a value: a number, a tensor, a word, a tuple of these.

    Args:
        answer: the reader's value.
        expected: the right one.
        mistakes: tried in order, each ``(name, value, message)``.
        praise: message for a right answer.
        tolerance: largest difference, as a share of the largest expected value.

    Returns:
        Right; or wrong with a mistake's message; or wrong, generic. The generic message does not give a single
        number away: it says on which side it lies.

    Examples:
        >>> compare_value(0.25, 0.5, mistakes=[("squared", 0.25, "You squared it.")]).message
        'You squared it.'
        >>> compare_value(0.3, 0.5).message
        'Got 0.3, which is too small.'
        >>> compare_value("baya", "greg").message
        "Got 'baya'; look again."
    """
    gap = difference(answer, expected, tolerance)
    if gap is None:
        return right(praise)
    for _name, mistake, message in mistakes:
        if difference(answer, mistake, tolerance) is None:
            return wrong(message)
    return Verdict("not yet", _hint(answer, expected, gap), generic=True)


def difference(got: Any, expected: Any, tolerance: float = TOLERANCE) -> str | None:
    r"""Put into words where a result differs from the expected one.

    Numbers, arrays, lists of numbers and tensors of any type and device are compared by shape and value.

    Args:
        got: the result.
        expected: what it should be; NaN is expected where it holds NaN.
        tolerance: largest difference, as a share of the largest expected value.

    Returns:
        None where they agree, else a clause that follows "the result".

    Examples:
        >>> difference([1, 2], torch.tensor([1.0, 2.0])) is None
        True
        >>> difference(torch.zeros(2), torch.zeros(2, 3))
        'has shape (2,), expected (2, 3)'
        >>> difference([9.0, 18.0], [1.0, 2.0])
        'is 9 times the expected one: look for a sum in place of a mean, or a factor too many'
    """
    if isinstance(expected, tuple):
        return _difference_of_parts(got, expected, tolerance)
    wanted, given = _numbers(expected), _numbers(got)
    if wanted is None:
        return None if type(got) is type(expected) and got == expected else f"is {got!r}, expected another value"
    if given is None:
        return f"is {_kind(got)}, expected a tensor or a number"
    if given.shape != wanted.shape:
        return f"has shape {tuple(given.shape)}, expected {tuple(wanted.shape)}"
    return _difference_of_numbers(given, wanted, tolerance)


def fresh(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copy arguments together, so that a layer stays part of its model; tensors inside a graph leave it."""
    copies = {id(a): a.detach().clone() for a in arguments if isinstance(a, Tensor) and not a.is_leaf}
    return copy.deepcopy(arguments, copies)


def _difference_of_parts(got: Any, expected: tuple[Any, ...], tolerance: float) -> str | None:
    if not isinstance(got, (tuple, list)) or len(got) != len(expected):
        count = len(got) if isinstance(got, (tuple, list)) else "one"
        return f"has {count} part(s), expected {len(expected)}"
    gaps = [difference(part, wanted, tolerance) for part, wanted in zip(got, expected, strict=True)]
    return next((f"(part {i}) {gap}" for i, gap in enumerate(gaps, 1) if gap), None)


def _difference_of_numbers(given: Tensor, wanted: Tensor, tolerance: float) -> str | None:
    absent = (given.isnan() & ~wanted.isnan()).nonzero()
    if len(absent):
        return f"is NaN at index {tuple(absent[0].tolist())}, expected a number: look for 0/0 or the logarithm of 0"
    finite = wanted[wanted.isfinite()].abs()
    scale = finite.max().item() if len(finite) else 0.0
    allowed = tolerance * (scale or 1.0)
    far = (~given.isclose(wanted, rtol=0, atol=allowed, equal_nan=True)).nonzero()
    if not len(far):
        return None
    return _factor(given, wanted, allowed) or _first_gap(given, wanted, tuple(far[0].tolist()))


def _factor(given: Tensor, wanted: Tensor, allowed: float) -> str | None:
    """One constant factor between two results says more than their largest difference."""
    square = wanted.square().sum()
    factor = (given * wanted).sum() / square  # least squares
    if wanted.numel() < 2 or not square or not factor.isfinite() or not factor.abs() > 0:
        return None
    if not (given / factor).allclose(wanted, rtol=0, atol=allowed):
        return None
    many = "a sum in place of a mean, or a factor too many"
    advice = "the sign" if factor < 0 else many if factor > 1 else "a mean in place of a sum, or a division too many"
    return f"is {factor:.4g} times the expected one: look for {advice}"


def _first_gap(given: Tensor, wanted: Tensor, index: tuple[int, ...]) -> str:
    largest = (given - wanted).abs().nan_to_num(nan=0.0, posinf=float("inf")).max()
    amount = f"up to {largest:.4g}, first at index {index}" if index else f"{largest:.4g}"
    return f"differs from the expected one by {amount}: expected {wanted[index]:.4g}, got {given[index]:.4g}"


def _hint(answer: Any, expected: Any, gap: str) -> str:
    wanted, given = _numbers(expected), _numbers(answer)
    if wanted is None or given is None:
        return f"Got {answer!r}; look again."
    if wanted.ndim == given.ndim == 0 and not given.isnan():
        return f"Got {given:.4g}, which is too {'small' if given < wanted else 'large'}."
    return f"Your value {gap}."


def _matches(results: list[Any], mistake: Callable[..., Any], inputs: Any, tolerance: float) -> bool:
    try:
        made = [mistake(*fresh(arguments)) for arguments in inputs]
    except Exception:  # a mistake may be one that cannot take every input
        return False
    return all(difference(got, bad, tolerance) is None for got, bad in zip(results, made, strict=True))


def _numbers(value: Any) -> Tensor | None:
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, Tensor) for v in value):
        value = torch.stack(list(value)) if len({v.shape for v in value}) == 1 else value
    if isinstance(value, Tensor):
        return value.detach().cpu().double()
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, RuntimeError):  # ragged lists, tensors with a graph inside a list
        return None
    return torch.from_numpy(array.astype(np.float64)) if array.dtype.kind in "biuf" else None


def _kind(value: Any) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"
