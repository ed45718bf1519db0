"""From any of Pillow's modes to RGB with eight bits a color, transparency laid over a background."""

import numpy as np
from PIL import Image, ImageColor

BACKGROUND = "white"
_SIXTEEN_BITS = 65535
_DEEP = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")


def to_rgb(picture: Image.Image, name: str, background: str = BACKGROUND) -> Image.Image:
    """A new picture in RGB; the given one stays as it is.

    White stays white and black black: 16 bits are divided by 257, not cut off as by Pillow. CMYK is converted
    without a color profile, and embedded profiles are not applied: the data that networks were trained on were read so.

    Args:
        picture: in any mode, its pixels loaded.
        name: of its file, for errors.
        background: what shows through transparent pixels, a color that Pillow knows.

    Raises:
        ValueError: numbers that are no colors; an unknown background.

    >>> to_rgb(Image.new("RGBA", (1, 1), (255, 0, 0, 51)), "a file").getpixel((0, 0))  # a fifth of red over white
    (255, 204, 204)
    """
    try:
        color = ImageColor.getrgb(background)[:3]
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"expected background as a color, got {background!r}; give 'white' or '#ffffff'") from error
    if picture.mode in _DEEP:
        return _from_deep(picture, name).convert("RGB")
    if not picture.has_transparency_data:
        return picture.copy() if picture.mode == "RGB" else picture.convert("RGB")
    alpha = picture.convert("RGBA")
    over = Image.new("RGB", picture.size, color)
    over.paste(alpha.convert("RGB"), mask=alpha.getchannel("A"))
    return over


def _from_deep(picture: Image.Image, name: str) -> Image.Image:
    values = np.asarray(picture)
    least, most = values.min(), values.max()
    # a mode says 32 bits or fractions, not which of them is white; the two ranges that are in use are taken
    white = 1.0 if picture.mode == "F" else _SIXTEEN_BITS
    if not (least >= 0 and most <= white):  # NaN is neither
        raise ValueError(
            f"expected gray values from 0 to {white:g} in {name}, got {least:g} to {most:g}; "
            "scale them yourself, and save 8 bits"
        )
    return Image.fromarray(np.rint(values * np.float32(255 / white)).astype(np.uint8))
