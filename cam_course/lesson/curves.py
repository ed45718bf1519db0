"""Figures of numbers that depend on each other: predictions beside the truth, and lines over a size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from matplotlib.axes import Axes
from torch import Tensor

from cam_course.lesson.figures import FONT, OTHER

SHADES = (OTHER, "#c45a00", "black")  # told apart by lightness, and by their markers
MARKERS = ("o", "s", "^")


def against(ax: Axes, predicted: Tensor, true: Tensor, title: str = "", *, labels: tuple[str, str]) -> Axes:
    """One point per pair of a prediction and its truth, with the line on which they are equal.

    Args:
        ax: where to draw.
        predicted: ``(N,)``, across.
        true: ``(N,)``, upward.
        title: the finding.
        labels: names of the two axes; an empty one is left out.
    """
    both = torch.cat([predicted, true]).detach().cpu()
    ends = [min(float(both.min()), 0.0), max(float(both.max()), 0.0)]
    ax.plot(ends, ends, color="black", linestyle="--", label="equal")
    ax.scatter(predicted.detach().cpu().numpy(), true.detach().cpu().numpy(), color=OTHER, s=22)
    ax.legend(fontsize=FONT - 3, loc="upper left", frameon=False)
    return _labeled(ax, title, labels)


def lines(
    ax: Axes, x: Sequence[float], values: Mapping[str, Sequence[float]], title: str = "", *, labels: tuple[str, str]
) -> Axes:
    """One line per name over sizes that grow by factors, so on a logarithmic axis.

    Args:
        ax: where to draw.
        x: the sizes, above 0.
        values: by name, one value per size; up to three names.
        title: the finding.
        labels: names of the two axes.

    Raises:
        ValueError: more lines than can be told apart.
    """
    if len(values) > len(SHADES):
        raise ValueError(f"expected up to {len(SHADES)} lines, got {len(values)}; draw two figures")
    for (name, line), shade, marker in zip(values.items(), SHADES, MARKERS, strict=False):
        ax.plot(x, [float(value) for value in line], color=shade, marker=marker, linewidth=2.5, label=name)
    ax.set_xscale("log", base=2)
    ax.set_xticks(list(x), [f"{value:g}" for value in x])
    ax.set_ylim(bottom=0)
    ax.legend(fontsize=FONT - 3, frameon=False)
    return _labeled(ax, title, labels)


def _labeled(ax: Axes, title: str, labels: tuple[str, str]) -> Axes:
    ax.set_xlabel(labels[0], fontsize=FONT - 1)
    ax.set_ylabel(labels[1], fontsize=FONT - 1)
    ax.set_title(title, fontsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
