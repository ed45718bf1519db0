"""The lessons' pictures: each function draws into an Axes and returns it; `show` puts a figure on the page."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

from cam_course.heatmap import overlay
from cam_course.lesson.without_kernel import encoded

PLANT, POT, OTHER = "#00d5ff", "#ff4fa3", "#4a6fa5"  # told apart by lightness as well as by hue
COLORMAP = "viridis"
SIGNED = "PuOr_r"  # orange for, purple against; white is nothing
HEIGHT = 3.7  # inches of a row of pictures
WIDTH = 12.0  # inches of every figure, so that all have one text size
FONT = 15  # points on a figure of WIDTH: readable from the last row
LARGEST = 115_000  # bytes of a picture in a saved notebook
DPI = 80


def row(count: int, *, rows: int = 1, title: str = "", height: float | None = None) -> tuple[Figure, list[Axes]]:
    """A figure with rows of equal axes, and the axes in reading order.

    Args:
        count: axes in a row.
        rows: how many rows.
        title: the finding, set above the figure.
        height: inches of a row; by default as high as square pictures need.
    """
    high = height if height is not None else min(HEIGHT, WIDTH / count) + 0.45
    figure = Figure(figsize=(WIDTH, high * rows + (0.45 if title else 0)), layout="constrained", dpi=DPI)
    if title:
        figure.suptitle(title, fontsize=FONT + 2, fontweight="bold", wrap=True)
    axes = figure.subplots(rows, count, squeeze=False).ravel().tolist()
    for ax in axes:
        ax.tick_params(labelsize=FONT - 3)
    return figure, axes


def show(figure: Figure, alt: str) -> None:
    """Displays a figure as a PNG that carries its alternative text.

    Args:
        figure: as made by `row`; nothing of it is kept.
        alt: what the picture shows, for those who do not see it; unique in its lesson.

    Raises:
        ValueError: an alternative text too short to say anything.
    """
    from IPython.display import display

    if len(alt.split()) < 5:
        raise ValueError(f"expected an alternative text that says what the figure shows, got {alt!r}; write a sentence")
    display(
        {"image/png": encoded(png(figure)), "text/plain": f"[Figure: {alt}]"},
        metadata={"image/png": {"alt": alt}},
        raw=True,
    )


def png(figure: Figure) -> bytes:
    """A figure as PNG, with as many colors as fit into the size that a saved notebook allows a picture."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return small_png(Image.open(buffer).convert("RGB"))


def small_png(picture: Image.Image) -> bytes:
    """A picture as PNG of at most `LARGEST` bytes: fewer colors first, then fewer pixels."""
    for colors in (256, 128, 64):
        data = _saved(picture.quantize(palette=_palette(picture, colors), dither=Image.Dither.NONE))
        if len(data) <= LARGEST:
            return data
    smaller = picture.resize((int(picture.width * 0.85), int(picture.height * 0.85)), Image.Resampling.LANCZOS)
    return small_png(smaller)


def _palette(picture: Image.Image, colors: int) -> Image.Image:
    """The colors that serve a picture best, white and black among them; from a ninth of its pixels, to be fast."""
    few = picture.resize((max(1, picture.width // 3), max(1, picture.height // 3)), Image.Resampling.NEAREST)
    # k-means keeps the few pixels of a rare, telling color; the plain median cut turns them gray
    chosen = few.quantize(colors - 2, kmeans=2, dither=Image.Dither.NONE).getpalette()[: 3 * (colors - 2)]
    # Pillow looks colors up in cells of four levels: a near white in white's cell would turn the page gray
    triples = [chosen[i : i + 3] for i in range(0, len(chosen), 3)]
    clean = [255 if min(triple) >= 248 else value for triple in triples for value in triple]
    palette = Image.new("P", (1, 1))
    palette.putpalette([*clean, 255, 255, 255, 0, 0, 0])
    return palette


def jpeg(picture: Image.Image) -> bytes:
    """A picture without text as JPEG, fast enough for a widget that follows the reader's hand."""
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=88)
    return buffer.getvalue()


def picture(ax: Axes, image: Tensor, title: str = "") -> Axes:
    """An image ``(3, H, W)`` in 0…1, with a title and no axes."""
    ax.imshow(image.detach().cpu().clamp(0, 1).permute(1, 2, 0).numpy(), interpolation="lanczos")
    return _plain(ax, title)


def heat(ax: Axes, image: Tensor, heatmap: Tensor, title: str = "", *, strength: float = 0.75) -> Axes:
    """An image with a map ``(H, W)`` over it, scaled to the map's own range."""
    ax.imshow(overlay(image, heatmap, strength=strength, colormap=COLORMAP), interpolation="lanczos")
    return _plain(ax, title)


def tinted(ax: Axes, image: Tensor, masks: Mapping[str, Tensor], title: str = "") -> Axes:
    """An image with each mask filled in its color; the keys are colors."""
    ax.imshow(rgb(filled(image, masks)), interpolation="lanczos")
    return _plain(ax, title)


def tint(image: Tensor, plants: Tensor, pots: Tensor) -> Tensor:
    """An image ``(3, H, W)`` with all its plants filled in one color and all its pots in another."""
    return filled(image, {PLANT: plants.any(0), POT: pots.any(0)})


def filled(image: Tensor, masks: Mapping[str, Tensor]) -> Tensor:
    """An image ``(3, H, W)`` with each mask ``(H, W)`` filled in its color; the keys are colors."""
    pixels = image.detach().cpu().clone()
    for color, mask in masks.items():
        inside = mask.cpu()
        pixels[:, inside] = 0.25 * pixels[:, inside] + 0.75 * torch.tensor(to_rgb(color))[:, None]
    return pixels


def plane(
    ax: Axes, values: Tensor, title: str = "", *, signed: bool = False, limit: float | None = None, bar: bool = True
) -> Axes:
    """A feature map ``(h, w)`` as it is, with a color bar unless `bar` is off; `signed` centers the colors on zero.

    Where values lie beyond `limit`, the bar ends in a tip; without a limit the colors reach to the largest value.
    """
    array = values.detach().cpu().numpy()
    largest = float(np.abs(array).max() if signed else array.max())
    clipped = limit is not None and largest > limit * (1 + 1e-6)
    top = largest if limit is None else limit
    options = {"cmap": SIGNED, "vmin": -top, "vmax": top} if signed else {"cmap": COLORMAP, "vmin": 0, "vmax": limit}
    drawn = ax.imshow(array, interpolation="nearest", **options)
    if bar:
        tips = "neither" if not clipped else "both" if signed else "max"
        scale = ax.figure.colorbar(drawn, ax=ax, shrink=0.8, extend=tips)
        scale.ax.tick_params(labelsize=FONT - 4)
        scale.locator.set_params(nbins=4)
    return _plain(ax, title)


def numbers(ax: Axes, values: Tensor, title: str = "", *, digits: int = 0, limit: float | None = None) -> Axes:
    """A small matrix with its numbers written in, orange for positive and purple for negative."""
    array = values.detach().cpu().numpy()
    limit = 1.6 * (float(np.abs(array).max()) or 1.0) if limit is None else limit
    ax.imshow(array, cmap=SIGNED, vmin=-limit, vmax=limit)
    for (i, j), value in np.ndenumerate(array):
        text = f"{value:.{digits}f}"
        ax.text(j, i, text, ha="center", va="center", fontsize=FONT + 2, color="black")
    return _plain(ax, title)


def bars(
    ax: Axes,
    values: Mapping[str, float | tuple[float, float, float]],
    title: str = "",
    *,
    label: str = "",
    reference: tuple[float, str] | None = None,
    lead: str | None = None,
) -> Axes:
    """Horizontal bars; a value may be (mean, low, high) and then carries its interval.

    Args:
        ax: where to draw.
        values: by label.
        title: the finding.
        label: of the value axis.
        reference: a value to compare with and its name, drawn as a dashed line.
        lead: the one name whose bar is in color, among gray ones; by default all have one shade.
    """
    names = list(values)
    triples = [value if isinstance(value, tuple) else (value, value, value) for value in values.values()]
    means = np.array([mean for mean, _, _ in triples])
    errors = np.array([[mean - low, high - mean] for mean, low, high in triples]).T.clip(min=0)[:, ::-1]
    whiskers = errors if errors.any() else None  # none of length zero
    shades = ["#9db4d6" if lead is None else OTHER if name == lead else "#c8c8c8" for name in names]
    ax.barh(names[::-1], means[::-1], xerr=whiskers, color=shades[::-1], capsize=5, edgecolor="black")
    if reference is not None:
        ax.axvline(reference[0], color="black", linestyle="--", label=reference[1])
        ax.legend(fontsize=FONT - 3, loc="lower right")
    ax.set_xlabel(label, fontsize=FONT - 1)
    ax.set_title(title, fontsize=FONT)
    ax.tick_params(labelsize=FONT - 2)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def points(ax: Axes, x: Tensor, y: Tensor, title: str = "", *, labels: tuple[str, str]) -> Axes:
    """One point per pair of values; `labels` name the two axes."""
    ax.scatter(x.detach().cpu().numpy(), y.detach().cpu().numpy(), color="black", s=30)
    ax.set_xlabel(labels[0], fontsize=FONT - 1)
    ax.set_ylabel(labels[1], fontsize=FONT - 1)
    ax.set_title(title, fontsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def side_by_side(panels: Sequence[np.ndarray], *, side: int = 300, gap: int = 8) -> Image.Image:
    """Pictures ``(H, W, 3)`` uint8, enlarged to one height and put in a row: for widgets, which must redraw fast."""
    enlarged = [Image.fromarray(panel).resize((side, side), Image.Resampling.BICUBIC) for panel in panels]
    sheet = Image.new("RGB", (len(panels) * (side + gap) - gap, side), "white")
    for i, panel in enumerate(enlarged):
        sheet.paste(panel, (i * (side + gap), 0))
    return sheet


def rgb(image: Tensor) -> np.ndarray:
    """An image ``(3, H, W)`` in 0…1 as ``(H, W, 3)`` uint8."""
    return (image.detach().cpu().clamp(0, 1).permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)


def _plain(ax: Axes, title: str) -> Axes:
    ax.set_axis_off()
    ax.set_title("\n".join(textwrap.wrap(title, 34, break_long_words=False)) if title else "", fontsize=FONT)
    return ax


def _saved(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
