"""Small pictures whose every pixel is known, as the bytes of a file."""

import io

from PIL import Image

# left to right, top to bottom: no two corners alike, so that every way of turning them shows
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
LOSSLESS = {"PNG": {}, "BMP": {}, "TIFF": {}, "WEBP": {"lossless": True}}
FORMATS = [*LOSSLESS, "JPEG", "GIF"]


def corners(width=2, height=2):
    """Four quarters: red and green above blue and white."""
    picture = Image.new("RGB", (2, 2))
    picture.putdata([RED, GREEN, BLUE, WHITE])
    return picture.resize((width, height), Image.Resampling.NEAREST)


def saved(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def as_file(kind, width=32, height=32):
    """The four quarters in a format; in a JPEG they are within a few levels of themselves."""
    options = {"JPEG": {"quality": 100, "subsampling": 0}, **LOSSLESS}.get(kind, {})
    return saved(corners(width, height), kind, **options)


def pixels(picture):
    """The picture's pixels, row after row."""
    return [[picture.getpixel((x, y)) for x in range(picture.width)] for y in range(picture.height)]
