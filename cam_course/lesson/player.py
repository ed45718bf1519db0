"""The player: an explorer whose pictures follow one another in time, by themselves or by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets

from cam_course.lesson.explorer import Explorer, Frame, slider

INTERVAL = 200  # milliseconds from one frame to the next: slow enough for a kernel far away


class Player(Explorer):
    """An explorer with a button that plays one control, ``step``, from the first frame to the last.

    It begins at the last frame, which is also the still; the button then starts from the first.

    Attributes:
        play: the button and its stop; its value is the number of the frame shown.
    """

    def __init__(
        self,
        steps: ipywidgets.SelectionSlider,
        controls: Mapping[str, ipywidgets.Widget],
        draw: Callable[..., Frame],
        *,
        alt: str,
        start: Mapping[str, Any],
    ) -> None:
        last = len(steps.options) - 1
        super().__init__({"step": steps, **controls}, draw, alt=alt, start={"step": last, **start})
        self.play = ipywidgets.Play(value=self.state["step"], min=0, max=last, interval=INTERVAL)
        self.play.layout.margin = "2px 12px 2px 2px"
        # linked in the kernel, where the pictures are drawn, and not in the page: then both work without the other
        ipywidgets.link((self.play, "value"), (steps, "value"))
        bar = self.children[0]
        bar.children = (self.play, *bar.children)


def player(
    draw: Callable[..., Frame],
    steps: Sequence[int],
    *,
    alt: str,
    start: Mapping[str, Any] | None = None,
    **controls: ipywidgets.Widget,
) -> Player:
    """A player: `draw` is called with ``step``, the number of a frame, and with the other control, by name.

    Args:
        draw: from the controls' values to what is shown; at best quick, since it is called for every frame.
        steps: what the slider reads at each frame.
        alt: what the picture of the last frame shows, for those who do not see it.
        start: values to begin with, by control.
        **controls: at most one of `choice` and `slider`.

    Raises:
        ValueError: fewer than two steps, or more than one further control.
    """
    if len(steps) < 2:
        raise ValueError(f"expected at least two steps, got {len(steps)}; a still picture needs no player")
    if len(controls) > 1:
        raise ValueError(f"expected at most one control beside the step, got {len(controls)}; drop some")
    time = slider("step", {str(step): i for i, step in enumerate(steps)})
    return Player(time, controls, draw, alt=alt, start=start or {})
