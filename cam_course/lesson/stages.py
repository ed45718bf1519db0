"""What lesson 08 shows of a network's stages: their maps, a fusion to turn the knobs of, and lines over a size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from torch import Tensor, nn

from cam_course.capture import capture
from cam_course.heatmap import overlay, upsample
from cam_course.lesson.figures import FONT, OTHER, rgb, side_by_side
from cam_course.lesson.measured import approx
from cam_course.lesson.widgets import Explorer, Frame, choice, explorer, slider
from cam_course.methods.cams import fuse
from cam_course.metrics import energy_inside

GAMMAS = (0.5, 1, 2, 4, 8, 16)
SHADES = (OTHER, "#c45a00", "black", "#8a9a3b")  # told apart by lightness, and by their markers
MARKERS = ("o", "s", "^", "D")
CHUNK = 25  # images at once, as in the scorecard


def ask(
    model: nn.Module,
    images: Tensor,
    target: Tensor,
    stages: Sequence[str],
    methods: Mapping[str, Callable[[Tensor, Tensor], Tensor]],
) -> dict[tuple[str, str], Tensor]:
    """Raw maps of many images, by method and stage: one run of the network for all of them, some images at a time.

    Args:
        model: a classifier, on any device.
        images: ``(N, C, H, W)``.
        target: the class asked for in each image, ``(N,)``.
        stages: dotted names of layers.
        methods: by name, equations from activations and gradients to a map.

    Returns:
        By ``(method, stage)``: ``(N, h, w)`` on the CPU, in the method's unit.
    """
    place = next(model.parameters()).device
    found: dict[tuple[str, str], list[Tensor]] = {(name, stage): [] for name in methods for stage in stages}
    for x, t in zip(images.split(CHUNK), target.split(CHUNK), strict=True):
        shown = capture(model, x.to(place), stages, target=t.to(place))
        for name, stage in found:
            found[name, stage].append(methods[name](shown.activations[stage], shown.gradients[stage]).cpu())
    return {key: torch.cat(parts) for key, parts in found.items()}


def windowed(activations: Tensor, gradients: Tensor, counts: Tensor, side: int) -> Tensor:
    """A map whose weights are mean gradients over windows: between one number per place and one per channel.

    Args:
        activations: A, ``(N, K, h, w)``.
        gradients: of the same shape.
        counts: of the same shape, at least 0: how much each place counts in its window's mean.
        side: of the windows, in cells, a divisor of h and w; 1 is HiResCAM; h (= w), with all counts alike, Grad-CAM.

    Returns:
        ``(N, h, w)``, at least 0. A window in which nothing counts has weight 0.
    """
    top, below = F.avg_pool2d(gradients * counts, side), F.avg_pool2d(counts, side)
    alpha = top / below.where(below > 0, 1)
    spread = F.interpolate(alpha, scale_factor=float(side), mode="nearest")
    return (spread * activations).sum(-3).relu()


def outline(masks: Tensor, reach: int = 2) -> Tensor:
    """The pixels within a distance of the border between a mask and the rest.

    Args:
        masks: ``(N, H, W)`` bool.
        reach: pixels to either side, counted along rows, columns and diagonals alike.

    Returns:
        ``(N, H, W)`` bool.
    """
    inside = masks.float()[:, None]
    near = [F.max_pool2d(part, 2 * reach + 1, stride=1, padding=reach) for part in (inside, 1 - inside)]
    return (near[0] + near[1] > 1)[:, 0]


def fusion(
    image: Tensor, maps: Mapping[str, Tensor], regions: Mapping[str, Tensor], *, alt: str, gamma: float = 2
) -> Explorer:
    """Chooses which stages' maps are fused, and γ; shows the deepest stage alone, the fused map, and where it lies.

    Args:
        image: ``(3, H, W)`` in 0…1.
        maps: by stage, from the shallowest to the deepest, a raw map ``(h, w)``, at least 0; two or more.
        regions: by name, masks ``(H, W)`` whose share of the fused map is told.
        alt: what the first state (all stages) shows, for those who do not see it.
        gamma: the first γ, out of `GAMMAS`.
    """
    size = tuple(image.shape[-2:])
    deepest = fuse([list(maps.values())[-1]], lambda m: upsample(m, size))

    def draw(first: int, gamma: float) -> Frame:
        fused = fuse(list(maps.values())[first:], lambda m: upsample(m, size), gamma=gamma)
        shares = (f"{name} {approx(energy_inside(fused[None], mask)[0])}" for name, mask in regions.items())
        added = approx((fused > deepest).double().mean())
        text = f"γ = {gamma:g}: the shallow stages set {added} of the pixels; share of the map: {', '.join(shares)}"
        panels = (overlay(image, one, strength=0.75) for one in (deepest, fused))
        return Frame(side_by_side([rgb(image), *panels]), text)

    names = list(maps)
    fused = {f"{name} to {names[-1]}": i for i, name in enumerate(names[:-1])}
    return explorer(
        draw,
        alt=alt,
        start={"gamma": gamma},
        first=choice("fused", fused),
        gamma=slider("γ", {f"{value:g}": value for value in GAMMAS}),
    )


def over(
    ax: Axes,
    sizes: Sequence[object],
    values: Mapping[str, Sequence[float]],
    title: str = "",
    *,
    labels: tuple[str, str],
    reference: tuple[float, str] | None = None,
) -> Axes:
    """One line per name over sizes or stages, equally spaced.

    Args:
        ax: where to draw.
        sizes: what stands below the axis.
        values: by name, one value per size, or fewer for a line that ends early; up to four names.
        title: the finding.
        labels: names of the two axes.
        reference: a value to compare with and its name, drawn as a dashed line.

    Raises:
        ValueError: more lines than can be told apart.
    """
    if len(values) > len(SHADES):
        raise ValueError(f"expected up to {len(SHADES)} lines, got {len(values)}; draw two figures")
    for (name, line), shade, marker in zip(values.items(), SHADES, MARKERS, strict=False):
        ax.plot(range(len(line)), [float(v) for v in line], color=shade, marker=marker, linewidth=2.5, label=name)
    if reference is not None:
        ax.axhline(reference[0], color="black", linestyle="--", linewidth=1.2, label=reference[1])
    ax.set_xticks(range(len(sizes)), [str(size) for size in sizes])
    ax.legend(fontsize=FONT - 3, frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
    ax.set_xlabel(labels[0], fontsize=FONT - 1)
    ax.set_ylabel(labels[1], fontsize=FONT - 1)
    ax.set_title(title, fontsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
