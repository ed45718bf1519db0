"""What lesson 08 shows of a network's stages: maps, a fusion to turn the knobs of, lines and tables of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from torch import Tensor, nn

from cam_course.capture import capture
from cam_course.heatmap import overlay, upsample
from cam_course.lesson.captions import captioned
from cam_course.lesson.figures import FONT, OTHER, picture, rgb, row, show, side_by_side
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


def stacked(maps: Mapping[tuple[str, str], Tensor], method: str, size: tuple[int, int]) -> Tensor:
    """One method's maps of all stages, each divided by its maximum and enlarged, in the order of the stages.

    Args:
        maps: as made by `ask`.
        method: whose.
        size: ``(H, W)``.

    Returns:
        ``(stages, N, H, W)``, 0…1. A map that is zero everywhere stays zero.
    """
    own = [m for (name, _), m in maps.items() if name == method]
    return torch.stack([fuse([m], lambda m: upsample(m, size)) for m in own])


def windowed(activations: Tensor, gradients: Tensor, counts: Tensor, side: int, *, moved: int = 0) -> Tensor:
    """A map whose weights are mean gradients over windows: between one number per place and one per channel.

    Args:
        activations: A, ``(N, K, h, w)``.
        gradients: of the same shape.
        counts: of the same shape, at least 0: how much each place counts in its window's mean.
        side: of the windows, in cells, a divisor of h and w; 1 is HiResCAM; h (= w), with all counts alike, Grad-CAM.
        moved: cells by which the windows are moved to the right; what leaves at one side comes in at the other.

    Returns:
        ``(N, h, w)``, at least 0. A window in which nothing counts has weight 0.
    """
    A, g, counts = (one.roll(-moved, -1) for one in (activations, gradients, counts))
    top, below = F.avg_pool2d(g * counts, side), F.avg_pool2d(counts, side)
    alpha = top / below.where(below > 0, 1)
    spread = F.interpolate(alpha, scale_factor=float(side), mode="nearest")
    return (spread * A).sum(-3).relu().roll(moved, -1)


def by_region(activations: Tensor, gradients: Tensor, counts: Tensor, region: Tensor) -> Tensor:
    """A map with two weights per channel: the mean gradient inside a region, and the one outside it.

    Args:
        activations: A, ``(N, K, h, w)``.
        gradients: of the same shape.
        counts: of the same shape, at least 0: how much each place counts in a mean.
        region: ``(N, h, w)`` bool, or broadcastable to it; full, with all counts alike, it is Grad-CAM.

    Returns:
        ``(N, h, w)``, at least 0. A side on which nothing counts has weight 0.
    """
    signed = torch.zeros_like(activations[:, 0])
    for part in (region[:, None], ~region[:, None]):
        top, below = ((one * part).sum((-2, -1), keepdim=True) for one in (gradients * counts, counts))
        signed = signed + (part * activations * (top / below.where(below > 0, 1))).sum(-3)
    return signed.relu()


def fusion(
    image: Tensor, maps: Mapping[str, Tensor], masks: Mapping[str, Tensor], *, alt: str, gamma: float = 2
) -> Explorer:
    """Chooses which stages' maps are fused, and γ; shows the deepest stage alone, the fused map, and where it lies.

    Args:
        image: ``(3, H, W)`` in 0…1.
        maps: by stage, from the shallowest to the deepest, a raw map ``(h, w)``, at least 0; two or more.
        masks: by name, ``(H, W)`` bool; told are the shares of both maps that lie in it, and of the picture.
        alt: what the first state (all stages) shows, for those who do not see it.
        gamma: the first γ, out of `GAMMAS`.
    """
    size = tuple(image.shape[-2:])
    deepest = fuse([list(maps.values())[-1]], lambda m: upsample(m, size))

    names = list(maps)

    def draw(first: int, gamma: float) -> Frame:
        fused = fuse(list(maps.values())[first:], lambda m: upsample(m, size), gamma=gamma)
        added = approx((fused > deepest).double().mean())
        shares = "; ".join(f"{name}: {_shares(fused, deepest, mask)}" for name, mask in masks.items())
        panels = (overlay(image, one, strength=0.75) for one in (deepest, fused))
        titles = ("picture", f"{names[-1]} alone", f"fused: {names[first]} to {names[-1].rsplit('.')[-1]}")
        text = f"γ = {gamma:g}: the shallow stages set {added} of the pixels. Shares: {shares}"
        return Frame(captioned(side_by_side([rgb(image), *panels]), titles), text)

    fused = {f"{name} to {names[-1]}": i for i, name in enumerate(names[:-1])}
    return explorer(
        draw,
        alt=alt,
        start={"gamma": gamma},
        first=choice("fused", fused),
        gamma=slider("γ", {f"{value:g}": value for value in GAMMAS}),
    )


def _shares(fused: Tensor, deepest: Tensor, mask: Tensor) -> str:
    both = (approx(energy_inside(one[None], mask)[0]) for one in (fused, deepest))
    return "fused {}, last stage {}, picture {}".format(*both, approx(mask.double().mean()))


def table(columns: Sequence[str], rows: Mapping[str, Sequence[object]]) -> None:
    r"""Prints means of measured numbers under the names of their columns.

    Args:
        columns: what stands above.
        rows: by name, one entry per column: the values of all images, a number, or a word that is printed as it is.

    Examples:
        >>> table(["IoU", "energy"], {"map": [torch.tensor([0.25, 0.75]), 0.3], "chance": ["", 0.1]})
                IoU     energy
        map     ≈ 0.50  ≈ 0.30
        chance          ≈ 0.10
    """
    words = {name: [_word(value) for value in values] for name, values in rows.items()}
    lines = [("", *columns), *((name, *cells) for name, cells in words.items())]
    sides = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(f"{cell:{side}}" for cell, side in zip(line, sides, strict=True)).rstrip())


def _word(value: object) -> str:
    return value if isinstance(value, str) else approx(torch.as_tensor(value).double().mean())


def album(
    cut_out: Callable, scenes: Mapping[str, Tensor], maps: Sequence[list[Tensor]], numbers: Sequence[int]
) -> None:
    """Shows what a reader's function cuts out of some pictures, on white; the pictures alone before it is written.

    Args:
        cut_out: from an image ``(3, H, W)`` and its maps to ``(H, W)`` bool, or to None.
        scenes: a batch with `image` and `plant`.
        maps: of each picture shown, a list of raw maps ``(h, w)``.
        numbers: which pictures of the batch.
    """
    fig, axes = row(len(numbers), title="Your sticker album: the plant on white")
    for ax, i, own in zip(axes, numbers, maps, strict=True):
        image, plant = scenes["image"][i], scenes["plant"][i]
        cut = cut_out(image, own)
        if cut is None:
            picture(ax, image, "not cut out yet")
        else:
            overlap = float((cut & plant).sum() / (cut | plant).sum())
            picture(ax, image.where(cut, torch.ones(())), f"IoU {overlap:.2f}")
    show(fig, "Some scenes; once the exercise is solved, only what it cuts out of them, on white.")


def over(
    ax: Axes,
    sizes: Sequence[object],
    values: Mapping[str, Sequence[float]],
    title: str = "",
    *,
    labels: tuple[str, str],
    reference: tuple[float, str] | None = None,
    legend: bool = True,
) -> Axes:
    """One line per name over sizes or stages, equally spaced.

    Args:
        ax: where to draw.
        sizes: what stands below the axis.
        values: by name, one value per size, or fewer for a line that ends early; up to four names.
        title: the finding.
        labels: names of the two axes.
        reference: a value to compare with and its name, drawn as a dashed line.
        legend: whether the names stand beside; of several axes one says them for all.

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
    if legend:
        ax.legend(fontsize=FONT - 3, frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
    ax.set_xlabel(labels[0], fontsize=FONT - 1)
    ax.set_ylabel(labels[1], fontsize=FONT - 1)
    ax.set_title(title, fontsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
