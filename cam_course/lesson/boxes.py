"""Boxes in the lessons: round a mask, proposed by a map at a threshold, drawn on a picture, and an explorer of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import Image, ImageDraw
from torch import Tensor, nn

from cam_course.explain import explain
from cam_course.heatmap import overlay
from cam_course.lesson.figures import PLANT, POT, rgb, side_by_side
from cam_course.lesson.measured import approx
from cam_course.lesson.widgets import Explorer, Frame, choice, explorer, slider
from cam_course.metrics import box_iou, largest_box

TRUE, PROPOSED = PLANT, POT  # colors, told apart by lightness as well as by hue
SIDE = 300  # pixels of a panel in the explorer
COARSE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
CHUNK = 25  # maps at once: one at a time pays for each call, all at once for the cache
THRESHOLDS = tuple(round(0.05 * i, 2) for i in range(1, 20))  # shares of a map's maximum


def around(masks: Tensor) -> Tensor:
    """The smallest box round each mask.

    Args:
        masks: ``(N, H, W)`` bool, none of them empty.

    Returns:
        ``(N, 4)`` int64: x0, y0, x1, y1 in pixels, x1 and y1 one past the last.

    Raises:
        ValueError: an empty mask.

    >>> mask = torch.zeros(1, 5, 5, dtype=torch.bool); mask[0, 1:3, 2:5] = True
    >>> around(mask).tolist()
    [[2, 1, 5, 3]]
    """
    if not masks.flatten(1).any(1).all():
        raise ValueError("expected masks with at least one pixel each, got an empty one; leave it out")
    spans = []
    for occupied in (masks.any(1), masks.any(2)):  # columns (N, W), rows (N, H)
        numbers = torch.arange(occupied.shape[1], device=masks.device)
        spans.append((numbers.where(occupied, len(numbers)).amin(1), numbers.where(occupied, -1).amax(1) + 1))
    (x0, x1), (y0, y1) = spans
    return torch.stack([x0, y0, x1, y1], 1)


def overlaps(maps: Tensor, boxes: Tensor, threshold: float) -> Tensor:
    """`metrics.box_iou` of many maps, a few at a time, which is fastest.

    Args:
        maps: ``(N, H, W)``, at least 0.
        boxes: ``(N, 4)``.
        threshold: as for `metrics.box_iou`.

    Returns:
        ``(N,)``, 0…1.

    >>> maps = torch.tensor([[[9.0, 0.0, 5.0], [0.0, 0.0, 6.0]]])
    >>> overlaps(maps, torch.tensor([[1, 1, 3, 2]]), threshold=0.5).tolist()
    [0.3333333432674408]
    """
    pairs = zip(maps.split(CHUNK), boxes.to(maps.device).split(CHUNK), strict=True)
    return torch.cat([box_iou(some, theirs, threshold) for some, theirs in pairs])


def agreement(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of boxes with boxes.

    Args:
        first: ``(N, 4)``, none without area.
        second: ``(N, 4)``, likewise.

    Returns:
        ``(N,)``, 0…1.

    >>> agreement(torch.tensor([[0, 0, 2, 2]]), torch.tensor([[1, 0, 2, 4]])).tolist()  # 2 shared, 4 + 4 - 2 in all
    [0.3333333432674408]
    """
    corners = torch.maximum(first[:, :2], second[:, :2]), torch.minimum(first[:, 2:], second[:, 2:])
    shared = (corners[1] - corners[0]).clamp(min=0).prod(1)
    sizes = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (first, second)]
    return shared / (sum(sizes) - shared)


def held_out(
    maps: Sequence[Tensor], boxes: Sequence[Tensor], thresholds: Sequence[float] = COARSE
) -> tuple[float, Tensor]:
    """A threshold chosen on some pictures, and what it is worth on others, as a method without boxes must be measured.

    Args:
        maps: of the pictures to choose on, ``(M, H, W)``, and of those to measure on, ``(N, H, W)``; at least 0.
        boxes: of the same pictures, ``(M, 4)`` and ``(N, 4)``.
        thresholds: to choose from: the one with the highest mean IoU on the former, the first of equals.

    Returns:
        The threshold, and the IoU ``(N,)`` of the latter at it.

    References:
        Choe et al., Evaluating Weakly Supervised Object Localization Methods Right, CVPR 2020, arXiv:2001.07437.

    >>> maps = torch.tensor([[[4.0, 2.0, 1.0]]])
    >>> held_out((maps, maps), (torch.tensor([[0, 0, 2, 1]]), torch.tensor([[0, 0, 1, 1]])), thresholds=(0.2, 0.4, 0.8))
    (0.4, tensor([0.5000]))
    """
    chosen = max(thresholds, key=lambda t: float(overlaps(maps[0], boxes[0], t).mean()))
    return chosen, overlaps(maps[1], boxes[1], chosen)


def parts(plants: Tensor, pots: Tensor, *, rim: int) -> dict[str, Tensor]:
    """Every pixel of each picture in one of four parts: plant, pot, rim, rest.

    Args:
        plants: ``(N, H, W)`` bool.
        pots: ``(N, H, W)`` bool, apart from the plants.
        rim: width in pixels, at least 1: the rim is at most so many rows and columns away from plant or pot.

    Returns:
        By name, masks ``(N, H, W)`` bool that do not overlap and together cover the pictures.

    Raises:
        ValueError: a rim below 1.

    >>> one = torch.tensor([[[True, False, False, False, False]]])
    >>> {name: mask[0, 0].int().tolist() for name, mask in parts(one, one.roll(1, -1), rim=2).items()}
    {'plant': [1, 0, 0, 0, 0], 'pot': [0, 1, 0, 0, 0], 'rim': [0, 0, 1, 1, 0], 'rest': [0, 0, 0, 0, 1]}
    """
    if rim < 1:
        raise ValueError(f"expected a rim of at least 1 pixel, got {rim}; a rim of none is empty")
    things = plants | pots
    near = F.max_pool2d(things[:, None].float(), 2 * rim + 1, stride=1, padding=rim)[:, 0] > 0
    return {"plant": plants, "pot": pots, "rim": near & ~things, "rest": ~near}


def frames(ax: Axes, boxes: Mapping[str, Tensor]) -> Axes:
    """Draws the outlines of boxes ``(4,)`` over a picture; the keys are colors."""
    for color, box in boxes.items():
        x0, y0, x1, y1 = box.tolist()
        size = {"width": x1 - x0, "height": y1 - y0}
        ax.add_patch(Rectangle((x0 - 0.5, y0 - 0.5), **size, fill=False, edgecolor=color, linewidth=4))
    return ax


def framed(pixels: np.ndarray, boxes: Sequence[tuple[str, Tensor]]) -> np.ndarray:
    """Pixels ``(H, W, 3)`` uint8, enlarged to `SIDE`, with the outlines of boxes: colors and boxes ``(4,)``."""
    scale = SIDE / pixels.shape[0]
    panel = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(panel)
    for color, box in boxes:
        x0, y0, x1, y1 = (scale * value for value in box.tolist())
        pen.rectangle((x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)), outline=color, width=4)
    return np.asarray(panel)


def class_and_threshold(
    model: nn.Module,
    image: Tensor,
    truth: Mapping[str, Tensor],
    *,
    classes: Sequence[str],
    start: dict[str, Any],
    alt: str,
) -> Explorer:
    """Chooses a class and a threshold; shows the true boxes and the one that the class's CAM proposes, and tells IoU.

    Args:
        model: a classifier on which CAM is defined.
        image: ``(3, H, W)`` in 0…1, square, on the model's device.
        truth: by name, the boxes ``(4,)`` of the things in the picture.
        classes: the names of the classes, in order.
        start: the first ``class_`` (its number) and ``threshold`` (one of `THRESHOLDS`).
        alt: what the first state shows, for those who do not see it.
    """
    answer = explain(model, image, "cam", classes=list(range(len(classes))))
    true = [(TRUE, box) for box in truth.values()]

    def draw(class_: int, threshold: float) -> Frame:
        heatmap = answer.maps[class_].cpu()  # (1, H, W)
        proposed = (PROPOSED, largest_box(heatmap, threshold)[0])
        inside = float((heatmap >= threshold * heatmap.max()).double().mean())
        shares = ", ".join(f"with the {n} {approx(float(box_iou(heatmap, b, threshold)))}" for n, b in truth.items())
        logit, peak = approx(float(answer.logits[0, class_]), 1), approx(float(heatmap.max()), 1)
        about = f"{classes[class_]} (logit {logit}, strongest value {peak}), threshold {threshold:.2f}"
        text = f"{about}: {approx(inside)} of the picture lies above it; IoU of the box {shares}"
        panels = [framed(rgb(image), [*true, proposed]), framed(overlay(image, heatmap[0], strength=0.75), [proposed])]
        return Frame(side_by_side(panels, side=SIDE), text)

    return explorer(
        draw,
        alt=alt,
        start=start,
        class_=choice("class", {name: i for i, name in enumerate(classes)}),
        threshold=slider("threshold", {f"{t:.2f}": t for t in THRESHOLDS}),
    )
