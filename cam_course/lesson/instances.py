"""How many of several things in a picture a map finds: measured, turned by hand, and set against what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor, nn

from cam_course.capture import capture
from cam_course.heatmap import overlay, upsample
from cam_course.lesson.figures import FONT, OTHER, PLANT, POT, filled, rgb, side_by_side
from cam_course.lesson.measured import approx
from cam_course.lesson.widgets import Explorer, Frame, choice, explorer, slider
from cam_course.methods.cams import grad_cam, grad_cam_plus_plus
from cam_course.metrics import instance_recall
from cam_course.pots.dataset import Item
from cam_course.scorecard import CHUNK

DIMMED = 0.35  # brightness that is left of a place below the threshold
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 19))


def readings(model: nn.Module, images: Tensor, target: Tensor, layer: str | None = None) -> tuple[Tensor, Tensor]:
    """Activations and gradients of one layer for many images, read a few at a time.

    Args:
        model: as for `cam_course.explain`.
        images: ``(N, C, H, W)``.
        target: one class per image, ``(N,)``.
        layer: a dotted name; None for the default layer.

    Returns:
        A and dy/dA, both ``(N, K, h, w)``, on the model's device.
    """
    place = next(model.parameters()).device
    parts = zip(images.split(CHUNK), target.split(CHUNK), strict=True)
    shown = [capture(model, x.to(place), layer, target=t.to(place)) for x, t in parts]
    A, g = zip(*((*one.activations.values(), *one.gradients.values()) for one in shown), strict=True)
    return torch.cat(A), torch.cat(g)


def highest(maps: Tensor, share: float = 0.15) -> Tensor:
    """The highest pixels of each map, equally many in all of them: 1 there, 0 elsewhere.

    Args:
        maps: ``(N, H, W)``.
        share: of the pixels of a map; where pixels are equal at the border of the share, they are left out, so that
            an empty part of a map is never marked.

    Returns:
        The same shape.

    >>> highest(torch.tensor([[[0.0, 2.0], [3.0, 9.0]]]), 0.5).tolist()
    [[[0.0, 0.0], [1.0, 1.0]]]
    """
    flat = maps.flatten(1)  # (N, H W)
    left_out = flat.shape[1] - round(share * flat.shape[1])
    border = flat.kthvalue(left_out, dim=1).values  # the highest that is left out
    return (maps > border[:, None, None]).to(maps.dtype)


def averaged(values: Tensor) -> Tensor:
    """The mean over places, ``(..., K, 1, 1)`` of ``(..., K, h, w)``: of gradients, the weights of Grad-CAM."""
    return values.mean((-2, -1), keepdim=True)


def weighted(weights: Tensor, activations: Tensor, size: tuple[int, int]) -> Tensor:
    """The weighted sum of feature maps, rectified and enlarged: the last steps of Grad-CAM and its relatives.

    Args:
        weights: ``(N, K, 1, 1)``.
        activations: ``(N, K, h, w)``.
        size: ``(H, W)`` of the images.

    Returns:
        ``(N, H, W)``, at least 0, on the CPU.
    """
    return upsample((weights * activations).sum(1).relu(), size).cpu()


def three_ways(activations: Tensor, gradients: Tensor, size: tuple[int, int]) -> dict[str, Tensor]:
    """Grad-CAM, Grad-CAM++ and all feature maps added up, of what `readings` returns; as `weighted`, by name."""
    summed = {
        "Grad-CAM": grad_cam(activations, gradients),
        "Grad-CAM++": grad_cam_plus_plus(activations, gradients),
        "all feature maps added up": activations.sum(1),  # no class in it
    }
    return {name: upsample(one, size).cpu() for name, one in summed.items()}


def found(maps: Tensor, instances: Sequence[Tensor], threshold: float, *, least: float = 0.0) -> Tensor:
    """The share of a picture's things that its map finds.

    With `least` at 0 it is `metrics.instance_recall`, averaged within each picture.

    Args:
        maps: ``(N, H, W)``, at least 0, on the CPU.
        instances: for each picture, masks ``(I, H, W)`` bool, none of them empty.
        threshold: t; a pixel counts where the map reaches t times its maximum.
        least: which share of a thing's pixels must count for it to be found; 0: a single one.

    Returns:
        ``(N,)``, 0…1.

    >>> masks = torch.tensor([[[True, True, False]], [[False, False, True]]])
    >>> found(torch.tensor([[[9.0, 0.0, 4.0]]]), [masks], threshold=0.3).tolist()
    [1.0]
    >>> found(torch.tensor([[[9.0, 0.0, 4.0]]]), [masks], threshold=0.3, least=0.8).tolist()
    [0.5]
    """
    regions = (maps >= threshold * maps.amax((-2, -1), keepdim=True)) & (maps > 0)
    shares = [(r & m).sum((1, 2)) / m.sum((1, 2)) for r, m in zip(regions, instances, strict=True)]
    return torch.stack([(share.gt(0) & share.ge(least)).double().mean() for share in shares])


def by_size(instances: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Where each picture's largest thing is, and where all its others are.

    Args:
        instances: for each picture, masks ``(I, H, W)`` bool.

    Returns:
        Two of ``(N, H, W)`` bool; a place that the largest thing covers is not among the others.

    >>> masks = torch.tensor([[[True, True, False]], [[False, False, True]]])
    >>> by_size([masks])
    (tensor([[[ True,  True, False]]]), tensor([[[False, False,  True]]]))
    """
    largest = torch.stack([masks[masks.sum((1, 2)).argmax()] for masks in instances])
    return largest, torch.stack([masks.any(0) for masks in instances]) & ~largest


def share_taken(give: Tensor, take: Tensor, region: Tensor) -> tuple[float, float, float]:
    """How much of what some feature maps give inside a region others take away, over all pictures.

    The sums of all pictures are divided, not the pictures' shares averaged: a picture in which next to nothing is given
    would rule their mean.

    Args:
        give: sum of the feature maps of positive weight, ``(N, H, W)``, at least 0.
        take: sum of those of negative weight, their sign turned.
        region: ``(N, H, W)`` bool.

    Returns:
        The share, and the two ends of its 95 % bootstrap interval over pictures.

    >>> share_taken(torch.tensor([[[3.0, 1.0]]]), torch.tensor([[[1.0, 9.0]]]), torch.tensor([[[True, False]]]))[0]
    0.333...
    """
    gained, lost = (np.asarray((one * region).sum((1, 2)), dtype=np.float64) for one in (give, take))
    draws = np.random.default_rng(0).integers(len(gained), size=(1000, len(gained)))
    low, high = np.percentile(lost[draws].sum(1) / gained[draws].sum(1), [2.5, 97.5])
    return float(lost.sum() / gained.sum()), float(low), float(high)


def threshold_and_map(scene: Item, maps: Mapping[str, Tensor], *, start: dict[str, object], alt: str) -> Explorer:
    """Chooses a map and a threshold; shows the map, which things it finds, and how much of the picture it marks.

    Args:
        scene: a picture of several plants.
        maps: by name, ``(H, W)``, at least 0.
        start: the first ``threshold`` and ``map_`` (its name).
        alt: what the first state shows, for those who do not see it.
    """
    image, plants = scene["image"], scene["plants"]

    def draw(map_: str, threshold: float) -> Frame:
        heatmap = maps[map_].detach().cpu()
        region = heatmap >= threshold * heatmap.max()
        hits = instance_recall(heatmap, plants, threshold)
        masks = {PLANT: plants[hits].any(0), POT: plants[~hits].any(0)}
        lit = filled(image.cpu() * torch.where(region, 1, DIMMED), masks)
        text = (
            f"{map_} at {threshold:.2f} of its maximum: plants found {approx(int(hits.sum()), 0)} of {len(plants)}; "
            f"share of the picture marked {approx(region.double().mean())}"
        )
        return Frame(side_by_side([overlay(image.cpu(), heatmap, strength=0.75), rgb(lit)]), text)

    return explorer(
        draw,
        alt=alt,
        start=start,
        map_=choice("map", {name: name for name in maps}),
        threshold=slider("threshold", {f"{t:.2f}": t for t in THRESHOLDS}),
    )


def trade(
    ax: Axes,
    points: Mapping[str, tuple[Tensor, Tensor]],
    title: str = "",
    *,
    labels: tuple[str, str] = ("plants found at equal area", "energy in its own half"),
    joined: bool = False,
    floor: float | None = None,
) -> Axes:
    """Two things that one would like to have large, against each other: the mean of each, as named points.

    Args:
        ax: where to draw.
        points: by name, the values (x, y) of many pictures.
        title: the finding.
        labels: of the two axes.
        joined: draw a line from point to point, in their order.
        floor: y of a map that does not know the question, drawn as a dashed line.
    """
    places = {name: (float(x.double().mean()), float(y.double().mean())) for name, (x, y) in points.items()}
    middle = sum(x for x, _ in places.values()) / max(1, len(places))
    for name, (x, y) in places.items():
        ax.scatter([x], [y], color="black", s=50, zorder=2)
        side = "left" if x <= middle else "right"  # names stay inside the axes
        offset = (8, 6) if x <= middle else (-8, -18)
        ax.annotate(name, (x, y), xytext=offset, textcoords="offset points", ha=side, fontsize=FONT - 2)
    if joined and places:
        ax.plot(*zip(*places.values(), strict=True), color=OTHER, zorder=1)
    if floor is not None:
        ax.axhline(floor, color="black", linestyle="--", linewidth=1, zorder=0)
        note = {
            "xycoords": ("axes fraction", "data"),
            "textcoords": "offset points",
            "ha": "right",
            "fontsize": FONT - 4,
        }
        ax.annotate("knows no class", (0.99, floor), xytext=(0, 4), **note)
    return _framed(ax, title, labels)


def _framed(ax: Axes, title: str, labels: tuple[str, str]) -> Axes:
    ax.margins(x=0.15, y=0.2)  # room for the names
    ax.set_xlabel(labels[0], fontsize=FONT - 1)
    ax.set_ylabel(labels[1], fontsize=FONT - 1)
    ax.set_title(title, fontsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
