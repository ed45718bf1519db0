"""`read`: any picture of the reader's as an upright RGB picture, or an error that says what is wrong with it."""

from __future__ import annotations

import os

from PIL import ExifTags, Image, ImageOps

from cam_course._checks import is_count, is_switch
from cam_course._warnings import warn

from .color import BACKGROUND, to_rgb
from .decoding import MOST_PIXELS, decode
from .sources import content_of

_TURNED = range(2, 9)  # EXIF orientations that are not upright


def read(
    source: object,
    *,
    online: bool = False,
    folder: str | os.PathLike | None = None,
    background: str = BACKGROUND,
    most_pixels: int = MOST_PIXELS,
) -> Image.Image:
    """A picture as the person who took it saw it: upright, in RGB with eight bits a color.

    JPEG, PNG, WebP, GIF, BMP and TIFF are read, told by their content and not by their name; of animations and of
    several pages, the first. Transparent pixels show the background: white, for which most cut-out pictures are drawn.
    The result carries no metadata: neither the place nor the camera goes where the picture goes.

    Args:
        source: a path, the bytes of a file, an address that begins with https:// (see `online`), the value of an
            ipywidgets FileUpload (of version 7 or 8), one entry of it or the widget itself, or a `PIL.Image.Image`.
        online: whether an address may be fetched; nothing goes over the network otherwise.
        folder: if given, paths are taken from there, and must not lead out of it, by links neither.
        background: what shows through transparent pixels: a color that Pillow knows, as "white" or "#808080".
        most_pixels: a picture that claims more is refused before memory is taken for it.

    Returns:
        A new picture; source, file and Pillow's settings stay as they were.

    Raises:
        FileNotFoundError: no such file.
        ConnectionError: an address from which no picture could be fetched.
        ValueError: no picture (and what it is instead), a format that is not read, a truncated or damaged file, zero
            pixels or too many, a path outside the folder, an address without ``online=True`` or not of https.
        TypeError: a source of another type.

    >>> read(Image.new("L", (3, 2), 7)).getpixel((0, 0))
    (7, 7, 7)
    """
    is_switch("online", online)
    is_count("most_pixels", most_pixels)
    if isinstance(source, Image.Image):
        if 0 in source.size:
            raise ValueError(f"expected a picture with pixels, got {source.width} × {source.height}; make it larger")
        picture, name = source, "the picture"
    else:
        content, name = content_of(source, online=online, folder=folder)
        picture = decode(content, name, most_pixels)
    return _upright(to_rgb(picture, name, background), _orientation(picture, name))


def _orientation(picture: Image.Image, name: str) -> int:
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception as error:  # on damaged metadata Pillow raises whatever it meets; the pixels are good
        warn(f"the orientation of {name} cannot be read ({error}); it is taken as it lies in the file")
        return 1


def _upright(rgb: Image.Image, orientation: int) -> Image.Image:
    # Pillow keeps metadata through conversions; the orientation would turn the picture again in another program
    rgb.info = {}
    if orientation in _TURNED:
        rgb.getexif()[ExifTags.Base.Orientation] = orientation
        ImageOps.exif_transpose(rgb, in_place=True)
    return rgb
