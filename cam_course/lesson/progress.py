"""A bar for a training in a notebook: it moves and says what is left; a saved page keeps one steady line of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

import ipywidgets

from cam_course.lesson.without_kernel import Speaking

Item = TypeVar("Item")
INTERVAL = 0.3  # seconds from one redraw to the next


class Bar(Speaking):
    """How many steps are done, and about how long the others will take.

    Attributes:
        done: the widget that moves.
        left: the words beside it.
    """

    def __init__(self, what: str, steps: int) -> None:
        self.text = f"[{what}: {steps} steps]"  # the same on every machine: saved pages are compared
        self.done = ipywidgets.IntProgress(max=steps, description=what, style={"description_width": "initial"})
        self.left = ipywidgets.Label()
        super().__init__([ipywidgets.HBox([self.done, self.left])])

    def show(self, count: int, seconds: float) -> None:
        """`count` steps took so many seconds."""
        rest = seconds / max(count, 1) * (self.done.max - count)
        self.done.value, self.left.value = count, f"{count} of {self.done.max}, about {rest:.0f} s left"


def counted(items: Sequence[Item], what: str) -> Iterator[Item]:
    """The items one after the other, with a bar on the page that follows.

    Args:
        items: the steps.
        what: is done, in a word or two.

    >>> list(counted([3, 1, 2], "counting"))
    [counting: 3 steps]
    [3, 1, 2]
    """
    from IPython.display import display

    bar, start = Bar(what, len(items)), time.perf_counter()
    display(bar)
    shown = start
    for count, item in enumerate(items):
        now = time.perf_counter()
        if now - shown > INTERVAL:
            bar.show(count, now - start)
            shown = now
        yield item
    bar.show(len(items), time.perf_counter() - start)
