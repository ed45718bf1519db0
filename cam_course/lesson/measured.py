"""Print a measured number after the sign ≈, with its spread, and assert its bound in the same line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["approx", "bootstrap", "measured"]

CONFIDENCE = 95  # percent of the bootstrap means that lie inside the interval


def approx(value: Any, digits: int = 2) -> str:
    r"""Write a measured number so that a comparison of saved outputs masks it.

    Args:
        value: a number, a 0-d tensor or a 0-d array.
        digits: decimals. A number other than zero that they would print as zero is written with a power of ten.

    Returns:
        The sign ≈, a space, the number.

    Raises:
        TypeError: `value` is not one number.

    Examples:
        >>> approx(0.4149)
        '≈ 0.41'
        >>> approx(-0.0)
        '≈ 0.00'
        >>> approx(0.00031)
        '≈ 3.1e-04'
    """
    return f"≈ {_written(_number(value), digits)}"


def bootstrap(values: Any, *, seed: int = 0, rounds: int = 1000) -> tuple[float, float, float]:
    r"""Mean of per-image values, and the interval in which it would lie on other images of the same kind.

    The images are drawn again, with replacement, `rounds` times; the interval holds the middle 95 % of the means.

    Args:
        values: one-dimensional, one number (or truth value) per image, at least one.
        seed: of the draws, so that a page prints the same interval again.
        rounds: number of draws.

    Returns:
        Mean, lower end, upper end, in the unit of the values.

    Raises:
        ValueError: not one-dimensional, or empty.

    Examples:
        >>> bootstrap([2, 2, 2])
        (2.0, 2.0, 2.0)
        >>> mean, low, high = bootstrap([True, False, True, True])
        >>> mean, low < mean < high
        (0.75, True)
    """
    sample = _array(values)
    if sample.ndim != 1 or not sample.size:
        raise ValueError(
            f"expected values of one dimension, one per image, got shape {sample.shape}; "
            "pass the value of every image, not their mean"
        )
    draws = np.random.default_rng(seed).integers(sample.size, size=(rounds, sample.size))
    tail = (100 - CONFIDENCE) / 2
    low, high = np.percentile(sample[draws].mean(1), [tail, 100 - tail])
    return float(sample.mean()), float(low), float(high)


def measured(
    label: str,
    value: Any,
    *,
    spread: float | Sequence[float] | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    near: float | None = None,
    tolerance: float | None = None,
    digits: int = 2,
) -> None:
    r"""Print a measured number as ``label ≈ 0.41 (0.38 to 0.44)`` and assert what the text says about it.

    Args:
        label: what was measured, in words.
        value: a number; or one number per image (one-dimensional), of which the mean is printed and asserted,
            with its 95 % `bootstrap` interval.
        spread: the interval as (low, high), or one number to print after ±, where the caller knows it.
        at_least: smallest value that bears out the text.
        at_most: largest value that does.
        near: value expected, within `tolerance` (in the same unit).
        tolerance: largest distance from `near` allowed.
        digits: decimals printed.

    Raises:
        AssertionError: the value breaks a bound; NaN breaks every bound.
        ValueError: no bound is given, or `near` without `tolerance`, or the reverse.

    Examples:
        >>> measured("accuracy on random pots", 0.9914, at_least=0.97)
        accuracy on random pots ≈ 0.99
        >>> measured("peak in the pot", 0.12, spread=(0.09, 0.15), at_most=0.2)
        peak in the pot ≈ 0.12 (0.09 to 0.15)
        >>> measured("energy", 0.3, at_least=0.5)
        Traceback (most recent call last):
        AssertionError: expected energy of at least 0.5, got 0.3
    """
    _require_bounds(at_least, at_most, near, tolerance)
    number, spread = _summary(value, spread)
    print(f"{label} {approx(number, digits)}{_interval(spread, digits)}")
    _assert_bounds(label, number, at_least, at_most, near, tolerance)


def _require_bounds(at_least: float | None, at_most: float | None, near: float | None, tolerance: float | None) -> None:
    if (near is None) != (tolerance is None):
        raise ValueError(
            f"expected near and tolerance together, got near={near}, tolerance={tolerance}; name the other one"
        )
    if at_least is None and at_most is None and near is None:
        raise ValueError(
            "expected a bound, got none; pass at_least=, at_most=, or near= with tolerance=, "
            "so that the page fails when the number no longer says what the text says"
        )


def _assert_bounds(
    label: str,
    number: float,
    at_least: float | None,
    at_most: float | None,
    near: float | None,
    tolerance: float | None,
) -> None:
    # Raised, not `assert`: python -O strips assertions. Each test is one that NaN does not pass.
    if at_least is not None and not number >= at_least:
        raise AssertionError(f"expected {label} of at least {at_least:g}, got {number:.6g}")
    if at_most is not None and not number <= at_most:
        raise AssertionError(f"expected {label} of at most {at_most:g}, got {number:.6g}")
    if near is not None and tolerance is not None and not abs(number - near) <= tolerance:
        raise AssertionError(f"expected {label} within {tolerance:g} of {near:g}, got {number:.6g}")


def _summary(value: Any, spread: float | Sequence[float] | None) -> tuple[float, Any]:
    if _array(value).ndim != 1:
        return _number(value), spread
    mean, low, high = bootstrap(value)
    return mean, (low, high) if spread is None else spread


def _interval(spread: float | Sequence[float] | None, digits: int) -> str:
    if spread is None:
        return ""
    if isinstance(spread, Sequence):
        low, high = spread
        return f" ({_written(low, digits)} to {_written(high, digits)})"
    return f" ± {_written(spread, digits)}"


def _written(number: float, digits: int) -> str:
    if number != 0 and round(abs(number), digits) == 0:
        return f"{number:.1e}"
    return f"{number + 0.0:.{digits}f}"  # adding zero makes -0.0 positive


def _array(value: Any) -> np.ndarray:
    # Tensors may sit on a GPU or carry a graph; both methods exist on tensors only.
    array = value.detach().cpu().numpy() if hasattr(value, "detach") else value
    return np.asarray(array, dtype=np.float64)


def _number(value: Any) -> float:
    array = _array(value)
    if array.ndim:
        raise TypeError(
            f"expected one number, got an array of shape {array.shape}; average it, or print its values one by one"
        )
    return float(array)
