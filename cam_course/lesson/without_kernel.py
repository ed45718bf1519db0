"""A widget that also says what it shows, in words and as a still picture, where there is no kernel to draw it."""

from __future__ import annotations

import base64
from typing import Any

import ipywidgets

VIEW = "application/vnd.jupyter.widget-view+json"


def encoded(data: bytes | memoryview) -> str:
    """A picture's bytes as a notebook keeps them: base64."""
    return base64.b64encode(bytes(data)).decode("ascii")


class Speaking(ipywidgets.VBox):
    """A box whose saved output carries `text` and, where there is one, `still` (a JPEG) with its `alt` text."""

    text = ""
    still: bytes | memoryview | None = None
    alt = ""

    _ipython_display_ = None  # of ipywidgets 7; it would go before the bundle below

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        data, metadata = {"text/plain": self.text, VIEW: view}, {}
        if self.still is not None:
            data["image/jpeg"], metadata["image/jpeg"] = encoded(self.still), {"alt": self.alt}
        return data, metadata

    def __repr__(self) -> str:
        return self.text
