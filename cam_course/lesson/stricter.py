"""Lesson 09's stricter readings: both plants of a picture asked for, and a reader's own measure put to use."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.metrics import energy_inside


def told_apart(asked_left: Tensor, asked_right: Tensor) -> Tensor:
    """Share of a map in the half of the plant asked for, averaged over both questions.

    A map that does not hear the question has 0.5 by construction, on whichever side its light is.

    Args:
        asked_left: ``(N, H, W)``, at least 0: the maps when the plant on the left is asked for.
        asked_right: the same, when the plant on the right is.

    Returns:
        ``(N,)`` on the CPU.
    """
    width = asked_left.shape[-1]
    left = (torch.arange(width, device=asked_left.device) < width // 2).expand(asked_left.shape[-2:])
    return ((energy_inside(asked_left, left) + energy_inside(asked_right, ~left)) / 2).cpu()


def yours(number: str, answer: Callable, *given: Tensor) -> Tensor:
    """What a reader's function gives; as long as it returns None, what a right answer to that exercise gives."""
    from cam_course.lesson.checks import lesson_09 as right

    found = answer(*given)
    if found is None:
        found = {"09.1": right.energy_by_rank, "09.2": right.beyond_control}[number](*given)
    return torch.as_tensor(found).detach().cpu()
