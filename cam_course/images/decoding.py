"""From a file's bytes to Pillow's picture: its size checked before its pixels are made, its first frame only."""

import io
import struct

from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from cam_course._warnings import warn

from .kinds import kind_of

MOST_PIXELS = 100_000_000  # a medium-format camera has so many; as RGB they take 300 MB

# asked directly: Image.open would try formats that start programs (EPS), and warn of sizes that are refused here
_READERS: dict[str, type[ImageFile.ImageFile]] = {
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "TIFF": TiffImageFile,
    "WEBP": WebPImageFile,
}


def decode(content: bytes, name: str, most_pixels: int = MOST_PIXELS) -> ImageFile.ImageFile:
    """The first frame of a picture, its pixels loaded, in its own mode and as it lies in the file.

    Args:
        content: of the file.
        name: of the file, for errors.
        most_pixels: a picture that claims more is refused before memory is taken for it.

    Raises:
        ValueError: no picture of a format that is read; no pixels or too many; a file that is cut off or damaged.
    """
    kind = kind_of(content, name)
    _check_size(_announced(kind, content), name, most_pixels)
    picture = _opened(kind, content, name)
    _check_size(picture.size, name, most_pixels)
    try:
        picture.load()
    except Exception as error:  # on damaged bytes Pillow raises whatever its decoders meet
        raise _unreadable(kind, content, name, error) from error
    if ImageFile.LOAD_TRUNCATED_IMAGES and _is_cut_off(kind, content):
        warn(
            f"{name} seems truncated, and is read because ImageFile.LOAD_TRUNCATED_IMAGES is on: some of it may be gray"
        )
    return picture


def _opened(kind: str, content: bytes, name: str) -> ImageFile.ImageFile:
    reader = _READERS[kind]
    picture = reader.__new__(reader)  # in two steps, so that the size is known where __init__ refuses it
    try:
        picture.__init__(io.BytesIO(content))
    except Exception as error:
        if getattr(picture, "mode", ""):  # the header was understood
            _check_size(picture.size, name, MOST_PIXELS)
        raise _unreadable(kind, content, name, error) from error
    return picture


def _announced(kind: str, content: bytes) -> tuple[int, int]:
    """The size where Pillow would take memory for it on opening; else 1 × 1, and it is checked afterwards."""
    if kind == "GIF" and len(content) >= 10:
        return struct.unpack_from("<HH", content, 6)
    if kind == "WEBP" and content[12:16] == b"VP8X" and len(content) >= 30:
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
        return width, height
    return 1, 1


def _check_size(size: tuple[int, int], name: str, most_pixels: int) -> None:
    width, height = size
    if min(size) <= 0:
        raise ValueError(f"expected a picture in {name}, got {width} × {height}: zero pixels; save it again")
    if width * height > most_pixels:
        raise ValueError(
            f"expected at most {most_pixels:,} pixels in {name}, got {width} × {height}, which may be a decompression "
            "bomb: a small file that fills the memory; make the picture smaller, or trust it with most_pixels=..."
        )


def _unreadable(kind: str, content: bytes, name: str, error: Exception) -> ValueError:
    if isinstance(error, MemoryError):
        return ValueError(f"expected {name} to fit into memory, got no room for its pixels; make the picture smaller")
    if isinstance(error, Image.DecompressionBombError):  # a GIF's frame, larger than the picture that it is part of
        return ValueError(f"expected a picture in {name}, got a frame that may be a decompression bomb; save it again")
    if _is_cut_off(kind, content, error):
        return ValueError(
            f"expected a whole {kind} file in {name}, got one that is truncated after {len(content):,} bytes; "
            "fetch or copy it again"
        )
    return ValueError(
        f"expected {name} to be a {kind} file that can be read, got a damaged one ({error}); save it again"
    )


def _is_cut_off(kind: str, content: bytes, error: Exception | None = None) -> bool:
    if kind == "WEBP":
        return len(content) < 8 + int.from_bytes(content[4:8], "little")
    if kind == "BMP" and len(content) < int.from_bytes(content[2:6], "little"):
        return True
    ends = {"JPEG": b"\xff\xd9", "PNG": b"IEND", "GIF": b"\x3b"}
    # what follows the end is nobody's business, but an end that is nowhere near the last byte is missing
    missing = kind in ends and ends[kind] not in content[-64:]
    return missing or isinstance(error, EOFError) or "truncated" in str(error).lower()
