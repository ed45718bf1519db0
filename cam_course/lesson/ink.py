"""Fine maps, as pixel-space methods give them: drawn like ink on paper, and measured along the contours of things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor, nn

from cam_course.explain import explain
from cam_course.lesson.figures import picture, rgb, side_by_side
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


def drawing(ax: Axes, heatmap: Tensor, title: str = "") -> Axes:
    """An ink drawing in a thin gray frame, so that white sheets side by side do not run together."""
    whole = Rectangle((0, 0), 1, 1, transform=ax.transAxes, fill=False, edgecolor="#999999", clip_on=False)
    ax.add_patch(whole)
    return picture(ax, ink(heatmap), title)


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


def alike(maps: Tensor, others: Tensor) -> Tensor:
    """The correlation of two stacks of maps ``(N, H, W)``, pair by pair: ``(N,)``, 1 for the same up to scale.

    >>> import torch
    >>> alike(torch.eye(2)[None], 3 * torch.eye(2)[None]).tolist()
    [1.0]
    """
    x, y = (one.flatten(1) - one.flatten(1).mean(1, keepdim=True) for one in (maps, others))
    return F.cosine_similarity(x, y)


def views(network: nn.Module, images: Tensor, method: str, classes: Tensor) -> Tensor:
    """The maps of images as they are drawn, and beside them with their signs, averaged over the colors.

    Args:
        network: a classifier, on the images' device.
        images: ``(N, 3, H, W)``.
        method: as for `explain`.
        classes: one per image; more than N are left out.

    Returns:
        ``(2, N, H, W)`` on the CPU: the maps, and the signed ones; twice the maps for a method that has no others.
    """
    answer = explain(network, images, method, target=classes[: len(images)])
    signed = answer.maps if answer.attribution is None else answer.attribution.mean(1)
    return torch.stack([answer.maps, signed]).cpu()


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
        sheet = _captioned(side_by_side(pictures), ["the picture", *maps])
        return Frame(sheet, f"{method} for {classes[class_]}, share of the map. {'; '.join(texts)}")

    return explorer(
        draw,
        alt=alt,
        start=start,
        method=choice("method", methods),
        class_=choice("class", {name: i for i, name in enumerate(classes)}),
    )


def _captioned(sheet: Image.Image, captions: Sequence[str], *, band: int = 30) -> Image.Image:
    """A row of equal panels with a caption over each: on a page without a kernel nothing else names them."""
    taller = Image.new("RGB", (sheet.width, sheet.height + band), "white")
    taller.paste(sheet, (0, band))
    pen, font = ImageDraw.Draw(taller), ImageFont.load_default(size=20)
    for i, caption in enumerate(captions):
        pen.text(((i + 0.5) * sheet.width / len(captions), band // 2), caption, "black", font, anchor="mm")
    return taller


def _shares(maps: Tensor, regions: Mapping[str, Tensor]) -> str:
    return ", ".join(f"{name} {approx(float(energy_inside(maps, mask)[0]))}" for name, mask in regions.items())
