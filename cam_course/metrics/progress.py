"""A progress bar for what may take more than two seconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tqdm.auto import tqdm

from cam_course._checks import is_progress

Item = TypeVar("Item")
PATIENCE = 2  # seconds that a reader waits before wondering


def bar(items: Iterable[Item], progress: bool | None, what: str) -> Iterable[Item]:
    """The same items, with a bar: True at once, False never, None as soon as it took two seconds.

    >>> list(bar([1, 2, 3], progress=None, what="counting"))
    [1, 2, 3]
    """
    is_progress(progress)
    return tqdm(items, desc=what, disable=progress is False, delay=PATIENCE if progress is None else 0, leave=False)
