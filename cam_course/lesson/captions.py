"""Writes captions above the panels of a widget's picture, so that a saved still says what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

SIZE, STRIP = 26, 40  # pixels of the letters, and of the white strip that they stand in


def captioned(sheet: Image.Image, captions: Sequence[str], *, scale: float = 1) -> Image.Image:
    """A picture of panels of equal width with a white strip above it, one caption over the middle of each panel.

    Args:
        sheet: as made by `figures.side_by_side`.
        captions: as many as panels, from left to right.
        scale: of the letters, for a picture larger than a widget's.
    """
    strip = round(STRIP * scale)
    drawn = Image.new("RGB", (sheet.width, sheet.height + strip), "white")
    drawn.paste(sheet, (0, strip))
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), round(SIZE * scale))  # it comes with matplotlib
    pen, wide = ImageDraw.Draw(drawn), sheet.width / len(captions)
    for i, caption in enumerate(captions):
        pen.text(((i + 0.5) * wide, strip / 2), caption, fill="black", font=font, anchor="mm")
    return drawn
