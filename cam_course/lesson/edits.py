"""Edits of pictures by a mask: give one thing another color and keep its light and shade; and an explorer of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from cam_course.explain import explain
from cam_course.heatmap import overlay, upsample
from cam_course.lesson.captions import captioned
from cam_course.lesson.figures import rgb, side_by_side
from cam_course.lesson.measured import approx
from cam_course.lesson.widgets import Explorer, Frame, choice, explorer, slider
from cam_course.metrics import energy_inside
from cam_course.pots import COLORS, KINDS, Scenes
from cam_course.pots.dataset import Batch, Item
from cam_course.scorecard import predictions

# mean of the pots of each of `COLORS`, light and shade included, over 200 pictures of the biased world
POT_COLORS = torch.tensor([[0.12, 0.34, 0.70], [0.72, 0.32, 0.19], [0.82, 0.72, 0.14], [0.17, 0.17, 0.17]])
AMOUNTS = (0.0, 0.25, 0.5, 0.75, 1.0)


def recolored(images: Tensor, masks: Tensor, colors: Tensor, amount: float = 1.0) -> Tensor:
    r"""Pictures with another color inside their masks, its light and shade kept.

    .. math:: x'_{kij} = (1 - a)\,x_{kij} + a \min(1,\; c_k\, b_{ij} / \bar b) \text{ inside the mask}, \qquad
        b_{ij} = \tfrac13 \sum_k x_{kij}

    Args:
        images: x, ``(N, 3, H, W)`` in 0…1.
        masks: ``(N, H, W)`` bool; an empty one leaves its picture as it is.
        colors: c, ``(N, 3)`` in 0…1: the mean color of what is inside the mask afterwards, if nothing is clipped.
        amount: a, from 0, the picture as it is, to 1.

    Returns:
        ``(N, 3, H, W)`` in 0…1, equal to the images outside the masks.

    >>> image = torch.tensor([0.1, 0.3]).expand(1, 3, 1, 2)  # brightness 0.1 and 0.3, mean 0.2
    >>> mask = torch.ones(1, 1, 2, dtype=torch.bool)
    >>> print(recolored(image, mask, torch.tensor([[0.6, 0.2, 0.0]]))[0, :2, 0])
    tensor([[0.3000, 0.9000],
            [0.1000, 0.3000]])
    """
    mean = mean_colors(images, masks).mean(1)  # (N,); NaN where a mask is empty, and not used
    shade = images.mean(1, keepdim=True) / mean[:, None, None, None]  # (N, 1, H, W)
    painted = (shade * colors.to(images)[:, :, None, None]).clamp(0, 1)
    return torch.where(masks[:, None], (1 - amount) * images + amount * painted, images)


def mean_colors(images: Tensor, masks: Tensor) -> Tensor:
    """The mean color inside each mask: ``(N, 3)``, NaN for an empty one.

    Args:
        images: ``(N, 3, H, W)``.
        masks: ``(N, H, W)`` bool.
    """
    inside = masks[:, None].to(images.dtype)  # (N, 1, H, W)
    return (images * inside).sum((2, 3)) / inside.sum((2, 3))


def numbers(scenes: Scenes) -> Tensor:
    """The color of each scene's first pot as an index into `COLORS`: ``(N,)``."""
    return torch.tensor([scenes.scene(i).placements[0].color for i in range(len(scenes))])


def others(colors: Tensor) -> Tensor:
    """For each color's number another one: each of the other three in turn, so that all pairs occur.

    >>> others(torch.tensor([0, 0, 0, 0, 3])).tolist()
    [1, 2, 3, 1, 1]
    """
    steps = torch.arange(len(colors), device=colors.device) % (len(COLORS) - 1) + 1
    return (colors + steps) % len(COLORS)


Arm = tuple[nn.Module, Tensor]


def named(arms: Mapping[str, Arm], world: Batch, wall: Tensor, new: Tensor) -> dict[str, dict[str, Tensor]]:
    """How often a network names the kind to whose pots a paint belongs, by where the paint is.

    Args:
        arms: by name, a network and pictures ``(N, 3, H, W)`` of a world, edited or not.
        world: the masks of these pictures.
        wall: ``(M, H, W)`` bool, for the first M pictures a place beside both things; empty where there is no room.
        new: ``(N,)``, for each picture the number of the paint's color, which is that of its kind.

    Returns:
        By arm and place, one value per picture with room: 1 where that kind is named, else 0.
    """
    at = wall.flatten(1).any(1).nonzero()[:, 0]
    masks = {"no paint": wall[at] & False, "paint on pot": world["pot"][at], "paint on leaves": world["plant"][at]}
    masks["paint on wall"] = wall[at]
    return {
        arm: {
            where: (predictions(network, recolored(images[at], mask, POT_COLORS[new[at]])) == new[at]).double()
            for where, mask in masks.items()
        }
        for arm, (network, images) in arms.items()
    }


def fall(model: nn.Module, images: Tensor, edited: Tensor, classes: Tensor) -> Tensor:
    """Where an edit makes the signed class activation map of one class per picture fall, enlarged.

    Args:
        model: it ends in global average pooling and one linear layer.
        images: ``(N, 3, H, W)``.
        edited: the same pictures after the edit.
        classes: ``(N,)``.

    Returns:
        ``(N, H, W)``, map before less map after, on the CPU; its mean is what the edit takes from the logit.
    """
    place = next(model.parameters()).device
    before, after = (explain(model, x.to(place), "cam", target=classes, relu=False).raw for x in (images, edited))
    return upsample(before - after, images.shape[-2:]).cpu()


def color_and_amount(model: nn.Module, scene: Item, *, start: dict[str, Any], alt: str) -> Explorer:
    """Chooses the color of the pot and how much of it; shows the picture, the map of the answer, the probabilities.

    Args:
        model: a classifier of `KINDS`.
        scene: a picture with one plant.
        start: the first ``color`` (its number) and ``amount`` (0…1).
        alt: what the first state shows, for those who do not see it.
    """
    place = next(model.parameters()).device
    image, pots = scene["image"][None].to(place), scene["pots"][:1].to(place)

    def draw(color: int, amount: float) -> Frame:
        edited = recolored(image, pots, POT_COLORS[color][None], amount)
        answer = explain(model, edited, "cam")
        said = int(answer.targets[0])
        shares = ", ".join(f"{kind} {approx(p)}" for kind, p in zip(KINDS, answer.logits[0].softmax(0), strict=True))
        inside = approx(energy_inside(answer.maps, pots)[0])
        sheet = side_by_side([rgb(edited[0]), overlay(edited[0], answer.maps[0], strength=0.75)])
        text = f"{scene['caption']}, its pot {amount:.0%} {COLORS[color]}. Probabilities: {shares}"
        return Frame(
            captioned(sheet, ["the picture", f"it says: {KINDS[said]}"]), f"{text}; energy in the pot {inside}"
        )

    return explorer(
        draw,
        alt=alt,
        start=start,
        color=choice("color of the pot", {name: i for i, name in enumerate(COLORS)}),
        amount=slider("amount", {f"{amount:.0%}": amount for amount in AMOUNTS}),
    )
