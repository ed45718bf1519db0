"""Prints one measured number per name on one line, and asserts what the text says about all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from cam_course.lesson.measured import approx


def measured_each(
    label: str,
    values: Mapping[str, Any],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    mean_at_most: float | None = None,
) -> None:
    r"""Prints ``label: rudo ≈ 0.41, baya ≈ 0.38``; for a few names, of which a bootstrap interval would say little.

    Args:
        label: what was measured, in words.
        values: by name, one number each.
        at_least: smallest value that bears out the text, for each.
        at_most: largest value that does, for each.
        mean_at_most: largest mean that does.

    Raises:
        AssertionError: a value or the mean breaks a bound; NaN breaks every bound.
        ValueError: no bound is given.

    Examples:
        >>> measured_each("hits", {"left": 0.41, "right": 0.5}, at_least=0.4)
        hits: left ≈ 0.41, right ≈ 0.50
        >>> measured_each("hits", {"left": 0.41, "right": 0.5}, at_least=0.45)
        Traceback (most recent call last):
        AssertionError: expected hits of at least 0.45 for each, got 0.41 for left
    """
    if at_least is None and at_most is None and mean_at_most is None:
        raise ValueError("expected a bound, got none; pass at_least=, at_most= or mean_at_most=")
    numbers = {name: torch.as_tensor(value).detach().item() for name, value in values.items()}
    print(f"{label}: " + ", ".join(f"{name} {approx(number)}" for name, number in numbers.items()))
    for name, number in numbers.items():  # each test is one that NaN does not pass
        if at_least is not None and not number >= at_least:
            raise AssertionError(f"expected {label} of at least {at_least:g} for each, got {number:.6g} for {name}")
        if at_most is not None and not number <= at_most:
            raise AssertionError(f"expected {label} of at most {at_most:g} for each, got {number:.6g} for {name}")
    mean = sum(numbers.values()) / len(numbers)
    if mean_at_most is not None and not mean <= mean_at_most:
        raise AssertionError(f"expected {label} of at most {mean_at_most:g} on average, got {mean:.6g}")
