"""A picture to keep: as PNG with what it shows inside, under a safe name, and as a link that the page can offer."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path

from PIL import Image, PngImagePlugin

from cam_course.lesson.without_kernel import encoded

LONGEST_NAME = 100
LARGEST_LINK = 20_000_000  # bytes that are sent to a page at once; Colab's and many a hub's limit is not far


def png(picture: Image.Image, title: str, description: str) -> bytes:
    """A picture as PNG, with a title and a description in it, which picture viewers and `Image.text` show."""
    inside, buffer = PngImagePlugin.PngInfo(), io.BytesIO()
    for key, text in (("Title", title), ("Description", description), ("Software", "cam_course")):
        inside.add_itxt(key, text)
    picture.save(buffer, format="PNG", pnginfo=inside)
    return buffer.getvalue()


def file_name(*parts: str) -> str:
    """A name that every file system takes, whatever a class is called.

    >>> file_name("a/b", "..", "grad_cam", "Ärger <1>")
    'map-a-b-grad_cam-rger-1.png'
    """
    words = re.sub(r"[^A-Za-z0-9_]+", "-", "-".join(("map", *parts))).strip("-")
    return f"{words[:LONGEST_NAME].rstrip('-')}.png"


def link(data: bytes, name: str) -> str:
    """HTML: a link that saves a picture under a name, without any file on the kernel's computer.

    Raises:
        ValueError: a picture too large to be sent.
    """
    if len(data) > LARGEST_LINK:
        raise ValueError(
            f"expected a picture of at most {LARGEST_LINK / 1e6:.0f} MB, got {len(data) / 1e6:.0f}; "
            "write it where the kernel runs, with .save(path)"
        )
    safe = html.escape(name)
    address = f"data:image/png;base64,{encoded(data)}"
    return f'<a download="{safe}" href="{address}">{safe}</a>, {max(len(data) / 1e6, 0.1):.1f} MB'


def written(data: bytes, path: str | Path, name: str) -> Path:
    """Write to a file, or under a name into a folder that is there; where it lies now."""
    path = Path(path)
    path = path / name if path.is_dir() else path
    path.write_bytes(data)
    return path
