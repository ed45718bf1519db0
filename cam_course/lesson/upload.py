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
        on_picture: called with each picture that could be read, upright, RGB.

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
        except (ValueError, TypeError) as error:
            # a file's name is part of the message, and anybody may have chosen it
            line.value = f"<p role='alert'>{escape(str(error))}</p>"
            return
        line.value = f"<p role='status'>Read: {picture.width} × {picture.height} pixels.</p>"
        try:
            on_picture(picture)
        except Exception as error:  # it would vanish in the kernel's log: say it where the reader looks
            line.value = f"<p role='alert'>{escape(f'{type(error).__name__}: {error}')}</p>"

    button.observe(take, names="value")
    return ipywidgets.VBox([button, line])
