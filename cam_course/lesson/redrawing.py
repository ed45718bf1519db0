"""When a widget draws anew: once the reader's hand rests, and in steps where a picture takes long."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

Result = TypeVar("Result")
Steps = Generator[str, None, Result]  # says now and then how far it has come, and returns the result
REST = 0.015  # seconds: changes that wait in the kernel's queue follow one another in less
BREATH = 0.005  # seconds between two steps, in which the kernel reads what the page has sent


def finished(steps: Steps[Result] | Result) -> Result:
    """The result of something done in steps, all of them taken at once; a result as it is.

    >>> def counting():
    ...     yield "one of two"
    ...     return 2
    >>> finished(counting()), finished(2)
    (2, 2)
    """
    if not isinstance(steps, Generator):
        return steps
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


class Redraw:
    """Runs a task soon after it was asked for: many requests in quick succession run it once.

    A kernel handles what the page sends one message after the other, in an event loop. A task asked for there waits
    until the loop has had nothing new for `REST` seconds, so that a queue of changes is drawn once, in its last state.
    Where no loop runs, as in a plain program, the task runs at once. A kernel may have several threads with a loop
    each (JupyterLab gives the widgets one of their own): a lock lets one of them work at a time.
    """

    def __init__(self, task: Callable[[], Iterator[None]]) -> None:
        """Take a task: it is begun anew with each request, and pauses where something else may come first."""
        self._task, self._lock = task, threading.RLock()
        self._requests = 0
        self._left: Iterator[None] | None = None

    def ask(self) -> None:
        """The task is wanted; one that has begun is given up, since what it was asked has changed."""
        with self._lock:
            self._requests += 1
            self._left, request = self._task(), self._requests
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.settle()
        else:
            loop.call_later(REST, self._step, loop, request)

    def settle(self) -> None:
        """If something is wanted and not done yet, do it now."""
        with self._lock:
            while self._left is not None:
                self._advance()

    def _step(self, loop: asyncio.AbstractEventLoop, request: int) -> None:
        with self._lock:
            if request == self._requests and self._left is not None:  # else it was asked anew, or is done
                self._advance()
                loop.call_later(BREATH, self._step, loop, request)

    def _advance(self) -> None:
        left = self._left
        if left is not None and next(left, self) is self and self._left is left:
            self._left = None
