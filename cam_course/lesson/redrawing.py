"""When a widget draws anew: once the reader's hand rests, and in steps where a picture takes long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
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
    Where no loop runs, as in a plain program, the task runs at once.
    """

    def __init__(self, task: Callable[[], Generator[None, None, None]]) -> None:
        """Take a task: a generator that pauses where something else may be done first."""
        self._task = task
        self._timer: asyncio.TimerHandle | None = None
        self._left: Generator[None, None, None] | None = None

    def ask(self) -> None:
        """The task is wanted; one that has begun is given up, since what it was asked has changed."""
        self._drop()
        self._left = self._task()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.settle()
        else:
            self._timer = loop.call_later(REST, self._step, loop)

    def settle(self) -> None:
        """If something is wanted and not done yet, do it now."""
        left, self._left = self._left, None
        self._forget_timer()
        for _ in left or ():
            pass

    def _step(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        left = self._left
        if left is None:
            return
        if next(left, self) is self:
            self._left = None
        elif self._left is left:  # else it was asked anew meanwhile
            self._timer = loop.call_later(BREATH, self._step, loop)

    def _drop(self) -> None:
        self._forget_timer()
        if self._left is not None:
            self._left.close()
            self._left = None

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
