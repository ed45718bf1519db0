"""Judge a map that claims to win without asking a network: its form, its honesty, and what it scores."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from cam_course import weights
from cam_course.explain import explain
from cam_course.lesson.judging import greenness
from cam_course.metrics import energy_inside, iou, pointing_game
from cam_course.pots import Scenes

HIDDEN = 24  # scenes


@cache
def hidden_scenes() -> tuple[Tensor, Tensor, dict[str, float]]:
    """Scenes, their plants' masks, and Grad-CAM's scores on them."""
    batch = Scenes("random", "val", n=200).batch(range(HIDDEN), progress=False)
    maps = explain(weights.load("pots"), batch["image"], target=batch["label"]).maps
    return batch["image"], batch["plant"], scores_of(maps, batch["plant"])


def scores_of(maps: Tensor, masks: Tensor) -> dict[str, float]:
    """Means over the pictures of the three measures that a cheat may win."""
    found = {"pointing": pointing_game(maps, masks), "energy": energy_inside(maps, masks), "IoU": iou(maps, masks, 0.5)}
    return {name: float(values.double().mean()) for name, values in found.items()}


def problem_of_cheat(answer: Callable[[Tensor], object]) -> str | None:
    """What is wrong with the maps that a function gives of the hidden scenes, whatever they score; None if nothing.

    Args:
        answer: from images ``(N, 3, H, W)`` to maps ``(N, H, W)``, at least 0, that ask no network.
    """
    images, masks, _ = hidden_scenes()
    maps = answer(images)
    return _form(maps, masks) or _alone(answer, images, maps)


def _form(maps: object, masks: Tensor) -> str | None:
    if not isinstance(maps, Tensor):
        return f"Expected a tensor of maps, got {type(maps).__name__}."
    if maps.shape != masks.shape:
        return (
            f"Expected one map per picture, {tuple(masks.shape)}, got {tuple(maps.shape)}: your function is called "
            "with a batch of pictures (N, 3, H, W), and dimension 1, the colors, is to go."
        )
    if not torch.isfinite(maps.float()).all():
        return "Some values are NaN or infinite: look for 0/0."
    if maps.dtype == torch.bool:
        return "The maps are true and false: turn them into numbers with .float()."
    if maps.min() < 0:
        return "Some values are below zero: cut them off with .relu(), or take .abs()."
    if (maps.flatten(1).amax(1) == 0).any():
        return "At least one map is zero everywhere: such a map wins nothing. Add something small."
    return None


def _alone(answer: Callable, images: Tensor, maps: Tensor) -> str | None:
    """A function of each picture alone, other than the lesson's."""
    if not torch.allclose(answer(images[:3]).float(), maps[:3].float(), rtol=1e-3, atol=1e-6):
        return "The map of a picture changes with the pictures beside it. Compute it from the picture alone."
    given = greenness(images)
    if all(torch.allclose(m / m.max(), g / g.max(), atol=1e-3) for m, g in zip(maps.float(), given, strict=True)):
        return "That is the lesson's own filter. Make another, or do something to it."
    if _asks_a_network(answer, images, maps):
        return "This map comes from a network: with other weights it is another one. The cheat must know none."
    return None


def _asks_a_network(answer: Callable, images: Tensor, maps: Tensor) -> bool:
    """Whether the map changes when every convolution of a module is made to answer zero."""
    plain = torch.nn.Conv2d.forward
    try:
        torch.nn.Conv2d.forward = lambda self, x: 0 * plain(self, x)
        return not torch.allclose(answer(images[:3]).float(), maps[:3].float(), rtol=1e-3, atol=1e-6)
    finally:
        torch.nn.Conv2d.forward = plain


def advice(found: dict[str, float]) -> str:
    """What to look at, for a map that wins nothing."""
    if found["pointing"] < 0.2:
        return "It hardly ever points at the plant: what do you find at its maximum?"
    if found["energy"] < 0.3:
        return "Much of it lies elsewhere: what tells a plant from a wall or a pot?"
    return "It is close: what does a power do to energy, and a little blur to IoU?"
