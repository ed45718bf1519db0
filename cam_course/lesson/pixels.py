"""Explorers of networks that answer for places: a pixel by two sliders, and a detection at a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib import colormaps
from matplotlib.figure import Figure
from PIL import Image, ImageDraw
from torch import Tensor, nn

from cam_course.capture import capture
from cam_course.heatmap import overlay, upsample
from cam_course.lesson.boxes import framed, frames
from cam_course.lesson.captions import captioned
from cam_course.lesson.explorer import Explorer, Frame, choice, explorer, slider
from cam_course.lesson.figures import FONT, PLANT, POT, picture, rgb, row, side_by_side
from cam_course.lesson.measured import approx
from cam_course.lesson.twins import METHODS, light, things
from cam_course.pots import KINDS
from cam_course.pots.dataset import Item
from cam_course.targets import Box, Region

SIDE, STEP = 300, 4  # pixels of a panel; pixels between two stops of a slider
SHADES = "tab10"  # one color for each class of a segmentation
SHADE_NAMES = ("blue", "orange", "green", "red", "purple")  # its first ones


def one_pixel(size: tuple[int, int], row: int, column: int) -> Tensor:
    """The region of a single pixel: a mask of this size, true there.

    >>> one_pixel((2, 3), 1, 0).int().tolist()
    [[0, 0, 0], [1, 0, 0]]
    """
    mask = torch.zeros(size, dtype=torch.bool)
    mask[row, column] = True
    return mask


def colored(image: Tensor, classes: Tensor) -> Tensor:
    """A picture ``(3, H, W)`` with each class of a segmentation ``(H, W)`` filled in its color; class 0 stays bare."""
    shades = torch.tensor(
        [[0.0, 0.0, 0.0], *(colormaps[SHADES](k)[:3] for k in range(10))], dtype=torch.float32
    )  # (11, 3)
    filled = 0.1 * image.cpu() + 0.9 * shades[classes.cpu()].permute(2, 0, 1)
    return filled.where(classes.cpu() > 0, image.cpu())


def three_views(item: Item, logits: Tensor, detected: Mapping[str, Tensor], classes: Sequence[str]) -> Figure:
    """A scene, beside it what a segmentation says of each pixel, and what a detector found.

    Args:
        item: the scene.
        logits: of the segmentation, ``(1, classes, H, W)``.
        detected: ``boxes`` (2, 4), ``labels`` (2,) and ``scores`` (2,) of two detections.
        classes: names of the segmentation's classes, in order.
    """
    image, said = item["image"], logits[0].argmax(0).cpu()
    fig, axes = row(3, title="One picture, two other networks: a class for each pixel, a box for each plant")
    picture(axes[0], image, item["caption"])
    legend = ", ".join(f"{SHADE_NAMES[k - 1]} {classes[k]}" for k in said.unique().tolist() if k > 0)
    picture(axes[1], colored(image, said), legend)
    boxes = dict(zip((PLANT, POT), detected["boxes"].detach().cpu(), strict=True))
    frames(picture(axes[2], image, "boxes, kinds and scores"), boxes)
    for box, label, score in zip(boxes.values(), detected["labels"], detected["scores"], strict=True):
        x, y = box[[0, 1]].tolist()
        axes[2].text(x, y - 3, f"{KINDS[label]} {float(score.detach()):.2f}", fontsize=FONT - 2, va="bottom")
    return fig


def pixel(
    net: nn.Module,
    item: Item,
    classes: Sequence[str],
    *,
    layer: str,
    methods: Sequence[str],
    start: dict[str, int],
    alt: str,
) -> Explorer:
    """Chooses a pixel by its row and column; shows the maps of that pixel's own class at that pixel.

    Args:
        net: a segmentation network.
        item: a scene.
        classes: the names of the network's classes, in order.
        layer: the layer that is read.
        methods: names out of `twins.METHODS`.
        start: the first ``row`` and ``column``, multiples of `STEP`.
        alt: what the first state shows, for those who do not see it.
    """
    image, masks = item["image"], things(item)
    place = next(net.parameters()).device

    def draw(row: int, column: int) -> Frame:
        target = Region(one_pixel(image.shape[-2:], row, column))
        shown = capture(net, image.to(place), layer, target=target)
        A, g = shown.activations[layer], shown.gradients[layer]
        maps = {name: upsample(METHODS[name](A, g), image.shape[-2:])[0].cpu() for name in methods}
        kind = int(shown.targets)
        logit = approx(float(shown.logits[0, kind, row, column]), 1)
        text = f"row {row}, column {column}: {classes[kind]} (logit {logit}); " + _told(maps, item, masks)
        panels = [crossed(rgb(image), row, column), *(_under_cross(image, m, row, column) for m in maps.values())]
        return Frame(captioned(side_by_side(panels, side=SIDE), ["the pixel", *maps]), text)

    high, wide = image.shape[-2:]
    return explorer(
        draw,
        alt=alt,
        start=start,
        row=slider("row", {str(i): i for i in range(0, high, STEP)}),
        column=slider("column", {str(i): i for i in range(0, wide, STEP)}),
    )


def detection(
    net: nn.Module,
    item: Item,
    *,
    layers: Mapping[str, str],
    methods: Sequence[str],
    start: dict[str, Any],
    alt: str,
) -> Explorer:
    """Chooses one of a scene's things and a layer; shows the maps of the detection's score.

    Args:
        net: a detector that finds all things of the scene.
        item: the scene.
        layers: from what is read to a layer's dotted name.
        methods: names out of `twins.METHODS`.
        start: the first ``thing`` (its number, from the left) and ``layer`` (its dotted name).
        alt: what the first state shows, for those who do not see it.
    """
    image, masks, place = item["image"], things(item), next(net.parameters()).device
    names = named(item)
    asked = [Box(box, kind) for box, kind in zip(item["boxes"], item["kinds"], strict=True)]
    shown = capture(net, image.to(place), list(layers.values()), classes=asked)

    def draw(thing: int, layer: str) -> Frame:
        A, g = shown.activations[layer], shown.gradients[layer][thing]
        maps = {name: upsample(METHODS[name](A, g), image.shape[-2:])[0].cpu() for name in methods}
        score = float(asked[thing](shown.logits))
        text = f"{names[thing]} (score {approx(score)}) at {layer}; " + _told(maps, item, masks)
        box = [(PLANT, item["boxes"][thing])]
        panels = [framed(rgb(image), box), *(framed(_heat(image, m), box) for m in maps.values())]
        return Frame(captioned(side_by_side(panels, side=SIDE), ["asked for", *maps]), text)

    return explorer(
        draw,
        alt=alt,
        start=start,
        thing=choice("detection", {name: i for i, name in enumerate(names)}),
        layer=slider("layer", layers),
    )


def named(item: Item) -> list[str]:
    """The things of a scene from left to right, twins told apart by a number: baya 1, rudo, baya 2."""
    kinds = list(item["kinds"])
    return [
        KINDS[kind] + (f" {kinds[: i + 1].count(kind)}" if kinds.count(kind) > 1 else "")
        for i, kind in enumerate(kinds)
    ]


def crossed(pixels: np.ndarray, row: int, column: int) -> np.ndarray:
    """Pixels ``(H, W, 3)`` uint8, enlarged to `SIDE`, with a ring round one of them."""
    scale = SIDE / pixels.shape[0]
    panel = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    x, y = (column + 0.5) * scale, (row + 0.5) * scale
    pen = ImageDraw.Draw(panel)
    for color, radius, width in (("black", 14, 4), ("white", 13, 2)):  # open: a small map shows in the middle
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=color, width=width)
    return np.asarray(panel)


def _under_cross(image: Tensor, heatmap: Tensor, row: int, column: int) -> np.ndarray:
    return crossed(_heat(image, heatmap), row, column)


def _heat(image: Tensor, heatmap: Tensor) -> np.ndarray:
    return overlay(image, heatmap, strength=0.75) if heatmap.any() else rgb(0.35 * image)


def _told(maps: Mapping[str, Tensor], item: Item, masks: Tensor) -> str:
    """Of each map, the share of its light in each thing; last of a uniform one, which knows nothing."""
    told = []
    for name, heatmap in {**maps, "a uniform map": torch.ones(masks.shape[-2:])}.items():
        shares = zip(named(item), light(heatmap[None], masks)[0], strict=True)
        told.append(f"{name}: " + ("empty" if not heatmap.any() else ", ".join(f"{n} {approx(s)}" for n, s in shares)))
    return "share of the map: " + "; ".join(told)
