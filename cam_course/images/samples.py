"""Photographs that need no download: a few that scikit-image brings along, with boxes drawn by hand for this course."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from cam_course.pots.names import nearest
from cam_course.pots.places import DATA

from .reading import read

_BOXES = DATA / "photos.json"
_WITHOUT = "or take a photograph of yours with images.read(path), or a rendered scene with pots.sample(name)"


@dataclass(frozen=True)
class SamplePhoto:
    """A photograph with a clear license.

    Attributes:
        picture: RGB.
        boxes: by what is in them, (left, top, right, bottom) in pixels, the last two one past it; drawn by eye, and
            good to about three pixels.
        shows: what is on it, in words.
        author: who took it, as scikit-image says.
        license: likewise.
    """

    picture: Image.Image
    boxes: dict[str, tuple[int, int, int, int]]
    shows: str
    author: str
    license: str


def sample_names() -> list[str]:
    """What there is, whether or not scikit-image is installed.

    >>> sample_names()
    ['cat', 'coffee', 'rocket']
    """
    return list(_known())


def sample_photo(name: str) -> SamplePhoto:
    """One of the photographs, from the files of the installed scikit-image; nothing is fetched.

    Args:
        name: one of `sample_names()`.

    Raises:
        ValueError: no such name (the nearest is offered), or another picture under that name, whose boxes nobody drew.
        FileNotFoundError: scikit-image is not installed, or came without the file.
    """
    if name not in _known():
        raise ValueError(f"expected the name of a sample photograph, got {name!r}; {nearest(name, sample_names())}")
    about = _known()[name]
    file = _folder() / about["file"]
    if not file.is_file():
        raise FileNotFoundError(f"expected {file.name} in scikit-image, got none; install another version, {_WITHOUT}")
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != about["sha256"]:
        got = f"another picture in scikit-image's {file.name}"
        raise ValueError(f"expected the picture for which the boxes were drawn, got {got}; {_WITHOUT[3:]}")
    boxes = {what: tuple(box) for what, box in about["boxes"].items()}
    return SamplePhoto(read(content), boxes, about["shows"], about["author"], about["license"])


def _known() -> dict[str, dict[str, Any]]:
    return json.loads(_BOXES.read_text(encoding="utf-8"))


def _folder() -> Path:
    found = importlib.util.find_spec("skimage")  # looks where it lies, and imports nothing of it
    if found is None or not found.submodule_search_locations:
        remedy = f"install it with 'pip install scikit-image', {_WITHOUT}"
        raise FileNotFoundError(f"expected scikit-image, which brings the photographs, got none; {remedy}")
    return Path(found.submodule_search_locations[0]) / "data"
