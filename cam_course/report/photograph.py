"""The picture of a report: read once, called by its own name alone, known again by its digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

from PIL import Image

from cam_course.images import read
from cam_course.images.decoding import MOST_PIXELS, decode
from cam_course.images.sources import content_of

LONGEST = 80  # characters of a name that the page repeats


@dataclass(frozen=True)
class Photograph:
    """A picture, its name without any folder, and the SHA-256 of the file, or of the pixels where there is none."""

    picture: Image.Image
    name: str
    digest: str
    digest_of: str


def photograph(source: object, *, online: bool = False) -> Photograph:
    """A picture from wherever `images.read` takes it.

    Args:
        source: as for `images.read`.
        online: whether an address may be fetched.

    Raises:
        ValueError, TypeError, OSError: as `images.read`.

    >>> photograph(Image.new("L", (2, 1))).digest_of
    'its pixels, row by row, RGB'
    """
    if isinstance(source, Image.Image):
        picture = read(source)
        digest = hashlib.sha256(picture.tobytes()).hexdigest()
        return Photograph(picture, "a picture", digest, "its pixels, row by row, RGB")
    content, called = content_of(source, online=online, folder=None)
    picture = read(decode(content, called, MOST_PIXELS))
    return Photograph(picture, plain(_name(source)), hashlib.sha256(content).hexdigest(), "its file")


def plain(text: object, longest: int = LONGEST) -> str:
    """A text of anybody's on one line: what cannot be printed, or would turn the writing round, becomes a mark.

    >>> plain("a\\nb\\u202ec.png")
    'a�b�c.png'
    """
    line = "".join(character if character.isprintable() else "�" for character in str(text))
    return line if len(line) <= longest else line[: longest - 5] + "…" + line[-4:]


def _name(source: object) -> str:
    """The last part of a path or address: the page may be shown to others, whom the folders do not concern."""
    if isinstance(source, str) and "://" in source:
        return urlsplit(source).path.rpartition("/")[2] or "a picture"
    if isinstance(source, (str, os.PathLike)):
        return PurePath(os.fsdecode(source)).name
    value = source.value if hasattr(source, "value") else source
    if isinstance(value, Mapping) and "content" not in value and value:  # ipywidgets 7: by name
        return str(next(iter(value)))
    first = value[0] if isinstance(value, (tuple, list)) and value else value
    return str(first.get("name") or "a picture") if isinstance(first, Mapping) else "a picture"
