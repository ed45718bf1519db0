"""Shows a figure of pictures full of color as a JPEG: a PNG as small as a saved notebook wants it loses the shades."""

from __future__ import annotations

import io
from collections.abc import Mapping

from matplotlib.figure import Figure
from PIL import Image

from cam_course.lesson.figures import DPI, FONT, LARGEST, row
from cam_course.lesson.without_kernel import encoded

QUALITIES = (90, 84, 76, 66, 54)  # tried in this order: the first that is small enough is taken


def show_photos(figure: Figure, alt: str) -> None:
    """Displays a figure as a JPEG that carries its alternative text.

    Args:
        figure: as made by `figures.row`, of pictures rather than of numbers and thin lines, which a JPEG smears.
        alt: what the pictures show, for those who do not see them; unique in its lesson.

    Raises:
        ValueError: an alternative text too short to say anything.
    """
    from IPython.display import display

    if len(alt.split()) < 5:
        raise ValueError(f"expected an alternative text that says what the figure shows, got {alt!r}; write a sentence")
    display(
        {"image/jpeg": encoded(small_jpeg(figure)), "text/plain": f"[Figure: {alt}]"},
        metadata={"image/jpeg": {"alt": alt}},
        raw=True,
    )


def show_row(pictures: Mapping[str, Image.Image], alt: str, *, title: str) -> None:
    """Displays photographs side by side, each under its name.

    Args:
        pictures: by name.
        alt: as for `show_photos`.
        title: what they show together.
    """
    figure, axes = row(len(pictures), height=3.4, title=title)
    for ax, (name, picture) in zip(axes, pictures.items(), strict=True):
        ax.imshow(picture)
        ax.set_axis_off()
        ax.set_title(name, fontsize=FONT)
    show_photos(figure, alt)


def small_jpeg(figure: Figure) -> bytes:
    """A figure as JPEG of at most `LARGEST` bytes: a lower quality first, then fewer pixels."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return _fitting(Image.open(buffer).convert("RGB"))


def _fitting(picture: Image.Image) -> bytes:
    for quality in QUALITIES:
        data = _saved(picture, quality)
        if len(data) <= LARGEST:
            return data
    return _fitting(picture.resize((int(picture.width * 0.85), int(picture.height * 0.85)), Image.Resampling.LANCZOS))


def _saved(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    # color at full resolution: text and edges between saturated colors bleed otherwise
    picture.save(buffer, format="JPEG", quality=quality, subsampling=0, optimize=True)
    return buffer.getvalue()
