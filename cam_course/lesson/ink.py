"""Fine maps, as pixel-space methods give them: drawn like ink on paper, and measured along the contours of things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from cam_course.explain import explain
from cam_course.lesson.figures import rgb, side_by_side
from cam_course.lesson.measured import approx
from cam_course.lesson.widgets import Explorer, Frame, choice, explorer
from cam_course.metrics import energy_inside

BLACK = 0.99  # share of the pixels that are paler than black: one stray pixel must not bleach all others


def ink(heatmap: Tensor) -> Tensor:
    """A map as a drawing: white where it is zero, black where it is among its highest hundredth.

    Args:
        heatmap: ``(H, W)``, at least 0.

    Returns:
        ``(3, H, W)`` in 0…1; a map that is zero everywhere is white paper.

    >>> import torch
    >>> ink(torch.tensor([[0.0, 1.0], [2.0, 2.0]]))[0].tolist()
    [[1.0, 0.5], [0.0, 0.0]]
    """
    black = heatmap.flatten().float().quantile(BLACK)
    if black == 0:  # nearly empty: a few strokes on white
        black = heatmap.max()
    level = (heatmap / black).clamp(0, 1) if black > 0 else heatmap
    return (1 - level).expand(3, -1, -1)


def contours(masks: Tensor, *, reach: int = 1) -> Tensor:
    """The band along the border of each mask, on both sides of it.

    Args:
        masks: ``(N, H, W)`` bool.
        reach: how far the band goes, in pixels, diagonals included.

    Returns:
        ``(N, H, W)`` bool: true where both the mask and its outside are within reach.

    >>> import torch
    >>> contours(torch.tensor([[[False, False, True, True, True]]])).int().tolist()
    [[[0, 1, 1, 0, 0]]]
    """
    inside, window = masks[:, None].float(), 2 * reach + 1  # (N, 1, H, W)
    grown = F.max_pool2d(inside, window, stride=1, padding=reach)
    shrunk = -F.max_pool2d(-inside, window, stride=1, padding=reach)
    return (grown != shrunk)[:, 0]


def method_and_class(
    networks: Mapping[str, nn.Module],
    image: Tensor,
    regions: Mapping[str, Tensor],
    *,
    methods: Mapping[str, str],
    classes: Sequence[str],
    start: dict[str, Any],
    alt: str,
) -> Explorer:
    """Chooses the method and the class; shows the image, and in ink the map of each network, side by side.

    Args:
        networks: classifiers by name, shown from left to right.
        image: ``(3, H, W)`` in 0…1, on the networks' device.
        regions: by name, masks ``(H, W)`` whose share of each map is told.
        methods: from what is read to the name of a method of `explain`.
        classes: the names of the classes, in order.
        start: the first ``method`` (its name) and ``class_`` (its number).
        alt: what the first state shows, for those who do not see it.
    """

    def draw(method: str, class_: int) -> Frame:
        maps = {name: explain(network, image, method, target=class_).maps for name, network in networks.items()}
        texts = [f"{name}: {_shares(one, regions)}" for name, one in maps.items()]
        pictures = [rgb(image), *(rgb(ink(one[0])) for one in maps.values())]
        return Frame(side_by_side(pictures), f"{method} for {classes[class_]}, share of the map. {'; '.join(texts)}")

    return explorer(
        draw,
        alt=alt,
        start=start,
        method=choice("method", methods),
        class_=choice("class", {name: i for i, name in enumerate(classes)}),
    )


def _shares(maps: Tensor, regions: Mapping[str, Tensor]) -> str:
    return ", ".join(f"{name} {approx(float(energy_inside(maps, mask)[0]))}" for name, mask in regions.items())
