"""A button that takes a picture of the reader's, and says beside it what is wrong where one cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets
from PIL import Image

from cam_course import images


def upload(on_picture: Callable[[Image.Image], None]) -> ipywidgets.VBox:
    """A button to choose a picture, and a line that says what came of it.

    The picture goes to this computer's kernel and nowhere else: no file is written.

    Args:
        on_picture: called with each picture that could be read, upright, RGB; what it raises is told in the line.

    Returns:
        The button and the line, to be displayed.
    """
    button = ipywidgets.FileUpload(accept="image/*", multiple=False, description="your picture")
    line = ipywidgets.HTML("<p role='status'>No picture chosen yet.</p>")

    def take(change: dict[str, Any]) -> None:
        if not change["new"]:  # the browser empties it before it sends the next
            return
        try:
            picture = images.read(change["new"])
            on_picture(picture)
            line.value = f"<p role='status'>Read: {picture.width} × {picture.height} pixels.</p>"
        except Exception as error:  # it would vanish in the kernel's log: say it where the reader looks
            line.value = _alert(error)

    button.observe(take, names="value")
    return ipywidgets.VBox([button, line])


def _alert(error: Exception) -> str:
    """What went wrong, as text: a file's name is part of it, and anybody may have chosen that."""
    kind = "" if isinstance(error, (ValueError, TypeError)) else f"{type(error).__name__}: "
    return f"<p role='alert' style='color:#b00020;line-height:1.5'>{escape(kind + str(error))}</p>"
