"""Where a picture comes from: a file, bytes, an upload or a web address; in the end, bytes and a name for errors."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .web import fetch

MOST_BYTES = 200_000_000  # of a file; a photo of 100 megapixels, uncompressed at 16 bits, is larger and rare
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://|data:", re.IGNORECASE)
_LONGEST_NAME = 80  # characters of a name that an error repeats


def content_of(source: object, *, online: bool, folder: str | os.PathLike | None) -> tuple[bytes, str]:
    """The bytes of a picture's file, and what to call it in errors.

    Args:
        source: as for `images.read`.
        online: whether a web address may be fetched.
        folder: outside of which no path may lead.

    Raises:
        FileNotFoundError: no such file.
        ConnectionError: a web address that cannot be fetched.
        TypeError: a source of another type.
        ValueError: a folder or device, a path outside, a file too large, an address that may not be fetched.
    """
    if isinstance(source, str) and _ADDRESS.match(source):
        return fetch(source, online=online), shortened(source)
    if isinstance(source, (str, os.PathLike)):
        return _of_file(source, folder)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _limited(bytes(source), "the bytes"), "the bytes"
    # the widget itself, known by what it has, so that no lesson's library is imported here
    value = source.value if hasattr(source, "value") and hasattr(source, "accept") else source
    return _of_upload(value)


def shortened(name: object) -> str:
    """A name as an error repeats it: in quotes, on one line, not too long; of a long path the end tells most.

    >>> shortened("plants/" + "a" * 100 + "/photo.png")[:9], shortened("plants/" + "a" * 100 + "/photo.png")[-12:]
    ("'plants/a", "a/photo.png'")
    """
    text, end = str(name), _LONGEST_NAME * 2 // 3
    return repr(text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - end - 1] + "…" + text[-end:])


def _of_file(source: str | os.PathLike, folder: str | os.PathLike | None) -> tuple[bytes, str]:
    name, path = shortened(os.fspath(source)), Path(os.fsdecode(source))
    if "\0" in str(path):
        raise ValueError(f"expected the path of a picture, got a zero byte in {name}; pass a file's content as bytes")
    try:
        path = path if folder is None else _inside(path, Path(folder), name)
        if path.is_file():
            return _read(path, name), name
        what = "a folder" if path.is_dir() else "a device" if path.exists() else None
    except (OSError, RuntimeError) as error:  # no permission, a name too long, links in a circle
        why = getattr(error, "strerror", None) or "links in a circle"
        raise ValueError(f"expected a path that can be opened, got {name} ({why}); check it") from error
    if what:
        raise ValueError(f"expected the path of a picture, got {what} at {name}; give one file, or images.folder(...)")
    raise FileNotFoundError(f"expected a picture at {name}, got no such file; paths begin in {Path.cwd().name!r}")


def _inside(path: Path, folder: Path, name: str) -> Path:
    top = folder.resolve()
    whole = (top / path).resolve()  # follows links: what counts is where they lead
    if not whole.is_relative_to(top):
        raise ValueError(
            f"expected a path inside the folder {folder.name!r}, got {name}, which leads outside; "
            "copy the picture into the folder"
        )
    return whole


def _read(path: Path, name: str) -> bytes:
    with path.open("rb") as file:
        return _limited(file.read(MOST_BYTES + 1), name)


def _limited(content: bytes, name: str) -> bytes:
    if len(content) > MOST_BYTES:
        raise ValueError(f"expected at most {MOST_BYTES:,} bytes in {name}, got more; make the picture smaller")
    return content


def _of_upload(value: Any) -> tuple[bytes, str]:
    if isinstance(value, Mapping) and all(isinstance(file, Mapping) for file in value.values()):
        value = [{"name": name, **file} for name, file in value.items()]  # ipywidgets 7: by name
    elif isinstance(value, Mapping):
        value = [value]
    is_upload = isinstance(value, (tuple, list)) and all(isinstance(v, Mapping) and "content" in v for v in value)
    if not is_upload:
        raise TypeError(
            f"expected a path, bytes, an address, a picture or the value of a FileUpload, got "
            f"{type(value).__name__}; of a file object, pass what its read() gives"
        )
    if len(value) != 1:
        remedy = "choose a file first" if not value else "give one of them, as value[0]"
        raise ValueError(f"expected one uploaded picture, got {len(value)}; {remedy}")
    name = f"the upload {shortened(value[0].get('name', ''))}"
    return _limited(bytes(value[0]["content"]), name), name
