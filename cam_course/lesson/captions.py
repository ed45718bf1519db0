"""Writes captions above the panels of a widget's picture, so that a saved still says what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

SIZE, STRIP = 26, 40  # pixels of the letters, and of the white strip that they stand in
SMALLEST, GAP = 16, 12  # pixels of letters that can still be read, and between two captions


def captioned(sheet: Image.Image, captions: Sequence[str]) -> Image.Image:
    """A picture of panels of equal width with a white strip above it, one caption over the middle of each panel.

    Where a caption is wider than its panel, as a long name over a narrow photograph, all get smaller letters; one that
    is too wide even so loses its end.

    Args:
        sheet: as made by `figures.side_by_side`.
        captions: as many as panels, from left to right.
    """
    drawn = Image.new("RGB", (sheet.width, sheet.height + STRIP), "white")
    drawn.paste(sheet, (0, STRIP))
    pen, wide = ImageDraw.Draw(drawn), sheet.width / len(captions)
    captions = [" ".join(caption.split()) for caption in captions]  # the strip has one line
    font = _fitting(captions, wide - GAP)
    for i, caption in enumerate(captions):
        text = _cut(caption, font, wide - GAP)
        pen.text(((i + 0.5) * wide, STRIP / 2), text, fill="black", font=font, anchor="mm")
    return drawn


def _fitting(captions: Sequence[str], wide: float) -> ImageFont.FreeTypeFont:
    """The largest letters with which every caption fits, within bounds."""
    file = font_manager.findfont("DejaVu Sans")  # it comes with matplotlib
    for size in range(SIZE, SMALLEST, -2):
        font = ImageFont.truetype(file, size)
        if all(font.getlength(caption) <= wide for caption in captions):
            return font
    return ImageFont.truetype(file, SMALLEST)


def _cut(text: str, font: ImageFont.FreeTypeFont, wide: float) -> str:
    """A text that fits, with an ellipsis where it lost its end."""
    if font.getlength(text) <= wide:
        return text
    kept = next((n for n in range(len(text) - 1, 0, -1) if font.getlength(f"{text[:n]}…") <= wide), 0)
    return f"{text[:kept].rstrip()}…"
