"""Call a reader's function so that nothing it does harms the check, and say in a sentence what stopped it."""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import traceback
from collections.abc import Callable
from typing import Any

import torch

from cam_course.lesson.verdicts import fresh

__all__ = ["AnswerError", "UnsolvedError", "guarded", "is_blank", "is_function", "label", "report"]

_ADVICE = {
    NotImplementedError: "Are these booleans? Turn them into numbers with .float() before a mean.",
    TypeError: "Compare what you pass to each call with what it takes.",
    NameError: "Is a name misspelled, or defined in a cell that has not run?",
    RuntimeError: "Print the shapes of the tensors on that line.",
    IndexError: "Print the shape of what you index.",
    AttributeError: "Print the type of what stands before the dot.",
}


class UnsolvedError(Exception):
    """The reader's function returns None, as its stub does."""


class AnswerError(Exception):
    """The reader's function raised the exception that is this one's cause."""


def is_function(answer: Any) -> bool:
    """Whether an answer is a function, a method or a partial; models and classes, which can be called too, are not."""
    return inspect.isroutine(answer) or isinstance(answer, functools.partial)


def is_blank(value: Any) -> bool:
    """Whether a value is one that a stub holds."""
    return value is None or value is ...


def guarded(answer: Callable[..., Any]) -> Callable[..., Any]:
    r"""Wrap a function: copies of its arguments go in, its prints are dropped, torch's random state is put back.

    Args:
        answer: the reader's function.

    Returns:
        A function that returns what `answer` does. It raises `UnsolvedError` where that is what a stub returns, and
        `AnswerError` from any exception in it.
    """

    def call(*arguments: Any, **options: Any) -> Any:
        values = fresh((*arguments, *options.values()))
        arguments, options = values[: len(arguments)], dict(zip(options, values[len(arguments) :], strict=True))
        try:
            with contextlib.redirect_stdout(io.StringIO()), torch.random.fork_rng(range(torch.cuda.device_count())):
                result = answer(*arguments, **options)
        except NotImplementedError as error:
            if str(error):  # torch's own, as for the mean of booleans; a stub raises it bare
                raise AnswerError from error
            raise UnsolvedError from error
        except Exception as error:
            raise AnswerError from error
        if is_blank(result):
            raise UnsolvedError
        return result

    return call


def report(answer: Callable[..., Any], error: BaseException | None) -> str:
    """Say which exception stopped the reader's function, at which line of it, and what to look at."""
    advice = next((text for kind, text in _ADVICE.items() if isinstance(error, kind)), "")
    advice = advice or "Call it on a tensor that you know, in a cell of its own."
    return f"`{label(answer)}` stopped with {type(error).__name__}: {error}{_line(answer, error)}. {advice}"


def _line(answer: Callable[..., Any], error: BaseException | None) -> str:
    """Name the last line of the reader's own cell that the exception passed through."""
    code = getattr(inspect.unwrap(answer), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__) if code and error else []
    lines = [frame.line for frame in frames if frame.filename == code.co_filename and frame.line]
    return f" (at `{lines[-1]}`)" if lines else ""


def label(answer: Any) -> str:
    """Return the name of a function, for a sentence."""
    return getattr(answer, "__name__", "your function")
