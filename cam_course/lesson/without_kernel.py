"""A widget that also says what it shows, in words and as a still picture, where there is no kernel to draw it."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from typing import Any

import ipywidgets
from IPython.display import display

VIEW = "application/vnd.jupyter.widget-view+json"
SAVING = "CAM_COURSE_SAVING"  # the variable that says: this kernel runs to save pages that are read without one


def encoded(data: bytes | memoryview) -> str:
    """A picture's bytes as a notebook keeps them: base64."""
    return base64.b64encode(bytes(data)).decode("ascii")


def saving() -> bool:
    """Whether this kernel runs to save its pages: then widgets render their frames, which takes some time and room."""
    return os.environ.get(SAVING) == "1"


class Speaking(ipywidgets.VBox):
    """A box whose saved output carries `text` and, where there is one, `still` (a JPEG) with its `alt` text.

    In a kernel that runs to save its page, `frames`, where there are some, follow as an output of their own: a page
    that takes HTML's pictures out still shows the still.
    """

    text = ""
    still: bytes | memoryview | None = None
    alt = ""
    frames: Callable[[], tuple[str, str]] | None = None  # HTML, and what it is in words

    @property
    def _ipython_display_(self) -> Callable[..., None] | None:
        """None, or ipywidgets 7 would go before the bundle below; while saving, two outputs instead of one."""
        return self._display_with_frames if saving() and self.frames else None

    def _display_with_frames(self, **_kwargs: Any) -> None:
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        page, words = self.frames()
        display({"text/html": page, "text/plain": words}, raw=True)

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        data, metadata = {"text/plain": self.text, VIEW: view}, {}
        if self.still is not None:
            data["image/jpeg"], metadata["image/jpeg"] = encoded(self.still), {"alt": self.alt}
        return data, metadata

    def __repr__(self) -> str:
        return self.text
