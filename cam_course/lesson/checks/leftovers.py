"""Finds what an answer leaves behind on a network that it was given, such as hooks that it did not remove."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cam_course.lesson.verdicts import Verdict, wrong

LEFT_ON = (
    "Right picture, but your rule is still on the model: whatever is asked next goes through it. Remove the hooks, "
    "also if something fails (`finally`); then restart and run all, to free the notebook's own networks of them."
)


class Shared(nn.Sequential):
    """A network of which a guard makes no copy, so that a check sees what an answer leaves on it."""

    def __deepcopy__(self, memo: dict) -> Shared:
        return self


def unless_left(verdict: Verdict, answer: Callable, network: nn.Sequential, images: Tensor, classes: Tensor) -> Verdict:
    """The verdict, unless it is right and the answer left its rule on the network."""
    if verdict.status == "right" and changes_gradients(answer, network, images, classes):
        return wrong(LEFT_ON)
    return verdict


def changes_gradients(answer: Callable, network: nn.Sequential, images: Tensor, classes: Tensor) -> bool:
    """Whether a network's plain gradient is another one after an answer was called on it.

    Args:
        answer: takes a network, images and classes.
        network: may be spoilt.
        images: ``(N, 3, H, W)``.
        classes: one per image, ``(N,)``.
    """
    shared = Shared(*network)
    before = _gradient(shared, images, classes)
    answer(shared, images.clone(), classes.clone())
    return not torch.allclose(_gradient(shared, images, classes), before)


def _gradient(network: nn.Module, images: Tensor, classes: Tensor) -> Tensor:
    x = images.clone().requires_grad_()
    return torch.autograd.grad(network(x).gather(1, classes[:, None]).sum(), x)[0]
