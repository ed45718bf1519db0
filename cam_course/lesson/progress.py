"""A bar for a training in a notebook: it moves and says what is left; a saved page keeps one steady line of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from tqdm.auto import tqdm

Item = TypeVar("Item")
SAVED = "[{desc}: {total_fmt} steps]"  # the same on every machine: saved pages are compared


def counted(items: Sequence[Item], what: str) -> Iterator[Item]:
    """The items one after the other, with a bar on the page that follows, and stays.

    Args:
        items: the steps.
        what: is done, in a word or two.

    >>> list(counted([3, 1, 2], "counting"))
    [3, 1, 2]
    """
    # It stays: one that goes would leave an output that no page can draw. Shown now, so this is what a page saves.
    bar = tqdm(items, desc=what, leave=True, bar_format=SAVED)
    bar.bar_format = None  # from here on the usual bar
    yield from bar
