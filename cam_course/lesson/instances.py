"""How many of several things in a picture a map finds: measured, turned by hand, and set against what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from matplotlib.axes import Axes
from torch import Tensor, nn

from cam_course.capture import capture
from cam_course.heatmap import overlay
from cam_course.lesson.figures import FONT, OTHER, PLANT, POT, filled, rgb, side_by_side
from cam_course.lesson.measured import approx
from cam_course.lesson.widgets import Explorer, Frame, choice, explorer, slider
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


def by_rank(maps: Tensor) -> Tensor:
    """Each value replaced by the share of the map's pixels that are lower: maps that differ in height become alike.

    The pixels of at least 1 - s are the highest share s of the map; equal pixels have one rank, so that an empty part
    of a map, however large, has rank 0.

    Args:
        maps: ``(N, H, W)``.

    Returns:
        The same shape, 0…1.

    >>> by_rank(torch.tensor([[[0.0, 0.0], [3.0, 9.0]]])).tolist()
    [[[0.0, 0.0], [0.5, 0.75]]]
    """
    flat = maps.flatten(1)  # (N, H W)
    return (torch.searchsorted(flat.sort(1).values, flat) / flat.shape[1]).view_as(maps)


def coverage(regions: Tensor, instances: Sequence[Tensor]) -> list[Tensor]:
    """The share of each thing that lies in its picture's region.

    Args:
        regions: ``(N, H, W)`` bool.
        instances: for each picture, masks ``(I, H, W)`` bool, none of them empty.

    Returns:
        For each picture ``(I,)``, 0…1.

    >>> masks = torch.tensor([[[True, True, False]], [[False, False, True]]])
    >>> coverage(torch.tensor([[[True, False, False]]]), [masks])
    [tensor([0.5000, 0.0000])]
    """
    pairs = zip(regions, instances, strict=True)
    return [(region & masks).sum((1, 2)) / masks.sum((1, 2)) for region, masks in pairs]


def found(maps: Tensor, instances: Sequence[Tensor], threshold: float) -> Tensor:
    """The share of a picture's things that its map finds: `metrics.instance_recall`, averaged within each picture.

    Args:
        maps: ``(N, H, W)``, at least 0, on the CPU.
        instances: for each picture, masks ``(I, H, W)`` bool.
        threshold: t; a thing is found where the map reaches t times its maximum.

    Returns:
        ``(N,)``, 0…1.
    """
    pairs = zip(maps, instances, strict=True)
    return torch.stack([instance_recall(one, masks, threshold).double().mean() for one, masks in pairs])


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
    points: Mapping[str, tuple[float, float]],
    title: str = "",
    *,
    labels: tuple[str, str],
    curve: Sequence[tuple[float, float]] = (),
) -> Axes:
    """Two numbers that one would like to have large, against each other: named points, and a curve if there is one.

    Args:
        ax: where to draw.
        points: by name, (x, y).
        title: the finding.
        labels: of the two axes.
        curve: further (x, y), joined in this order.
    """
    if curve:
        ax.plot(*zip(*curve, strict=True), color=OTHER, marker="o", zorder=1)
    for name, (x, y) in points.items():
        ax.scatter([x], [y], color="black", s=50, zorder=2)
        ax.annotate(name, (x, y), xytext=(8, 6), textcoords="offset points", fontsize=FONT - 2)
    ax.margins(x=0.3, y=0.2)  # room for the names
    ax.set_xlabel(labels[0], fontsize=FONT - 1)
    ax.set_ylabel(labels[1], fontsize=FONT - 1)
    ax.set_title(title, fontsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
