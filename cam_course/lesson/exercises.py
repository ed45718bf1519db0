"""Exercises of the notebooks: find the check of one by its number, apply it without raising, show its solution."""

from __future__ import annotations

import importlib
import importlib.util
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cam_course.lesson.guarding import AnswerError, UnsolvedError, guarded, is_blank, is_function, label, report
from cam_course.lesson.verdicts import Mistake, Verdict, compare_function, compare_value, right, wrong

__all__ = [
    "Exercise",
    "Mistake",
    "Verdict",
    "assess",
    "check",
    "compare_function",
    "compare_value",
    "exercise",
    "find",
    "right",
    "sections",
    "show_solution",
    "solution",
    "wrong",
]

CHECKS = "cam_course.lesson.checks"  # packages that hold one module lesson_NN a lesson
SOLUTIONS = "cam_course.lesson.solutions"
LESSON = r"\d\d[a-z]?"  # the number of a lesson: 04, 11b
WIDTH = 88  # columns of a printed verdict

_SECTION = re.compile(r"^# %% (\S+).*\n", re.MULTILINE)


@dataclass(frozen=True)
class Exercise:
    """One exercise: its number, what it asks for in a few words, and the function that judges an answer."""

    number: str
    title: str
    judge: Callable[[Any], Verdict]


_exercises: dict[str, Exercise] = {}


def exercise(number: str, *, title: str) -> Callable[[Callable[[Any], Verdict]], Callable[[Any], Verdict]]:
    r"""Register the function below as the check of an exercise; for the modules ``checks/lesson_NN.py``.

    The function takes the reader's answer and returns `right`, `wrong`, `compare_function` or `compare_value`.
    A reader's function arrives wrapped: it gets copies of its arguments, what it prints is dropped, torch's random
    state is put back, and an exception in it ends the check with a message; so a check may call it as it likes.

    Args:
        number: as ``"04.1"`` or ``"11b.1"``: the lesson's, a dot, the exercise's.
        title: what it asks for, in a few words; follows "not solved yet".

    Returns:
        A decorator that hands the function back unchanged.

    Raises:
        ValueError: the number is not of this form, or another function has it.
    """
    if not re.fullmatch(rf"{LESSON}\.\d+", number):
        raise ValueError(f'expected a number as "04.1", got "{number}"; the lesson\'s, a dot, the exercise\'s number')

    def register(judge: Callable[[Any], Verdict]) -> Callable[[Any], Verdict]:
        known = _exercises.get(number)
        if known and _name(known.judge) != _name(judge):
            raise ValueError(f"expected one check of {number}, got {_name(known.judge)} and {_name(judge)}; rename")
        _exercises[number] = Exercise(number, title, judge)
        return judge

    return register


def find(number: str) -> Exercise:
    """Return the exercise of this number, importing its lesson's checks first.

    Raises:
        ValueError: there is none; the message lists those of the lesson.
    """
    lesson = number.split(".")[0]
    module = f"{CHECKS}.lesson_{lesson}"
    if re.fullmatch(LESSON, lesson) and importlib.util.find_spec(module):
        importlib.import_module(module)
    if number not in _exercises:
        known = ", ".join(sorted(n for n in _exercises if n.startswith(f"{lesson}."))) or "none in this lesson"
        raise ValueError(f'expected the number of an exercise ({known}), got "{number}"; look at its heading')
    return _exercises[number]


def assess(number: str, answer: Any) -> Verdict:
    r"""Judge an answer; what `check` prints, as an object.

    Args:
        number: of the exercise, as ``"04.1"``.
        answer: the reader's function or value. None, ``...`` and a function that returns one of them or raises
            `NotImplementedError` are not solved yet.

    Returns:
        The verdict, also where the answer or the check met an exception.

    Raises:
        ValueError: there is no such exercise.
    """
    found = find(number)
    if is_blank(answer):
        return _unsolved(found, "Fill in the stub above")
    try:
        return found.judge(guarded(answer) if is_function(answer) else answer)
    except UnsolvedError:
        return _unsolved(found, f"`{label(answer)}` returns None; write its missing line and return the result")
    except AnswerError as failure:
        return Verdict("not yet", report(answer, failure.__cause__), generic=True)
    except Exception as error:
        message = f"The check could not use your answer ({type(error).__name__}: {error}). Is it of the right type?"
        return Verdict("not yet", message, generic=True)


def check(number: str, answer: Any) -> None:
    r"""Print whether an answer to an exercise is right, and what to look at if it is not. It never raises.

    Args:
        number: of the exercise, as ``"04.1"``.
        answer: your function (its name, not a call) or value.
    """
    try:
        verdict = assess(number, answer)
    except ValueError as error:
        print(_wrapped(f"{number}: {error}"))
    else:
        print(_wrapped(f"{number}: {verdict.status}. {verdict.message}"))


def solution(number: str) -> str:
    r"""Return the source that solves an exercise: the section of ``solutions/lesson_NN.py`` under ``# %% NN.i``.

    Raises:
        ValueError: there is no such section.
    """
    found = sections(number)
    if number not in found:
        known = ", ".join(name for name in found if name) or "none in this lesson"
        raise ValueError(f'expected the number of a solution ({known}), got "{number}"; look at its heading')
    return found[number]


def sections(number: str) -> dict[str, str]:
    """Split the solutions of the exercise's lesson, read and not run, at their markers; "" is what stands above."""
    lesson = number.split(".")[0]
    spec = importlib.util.find_spec(f"{SOLUTIONS}.lesson_{lesson}") if re.fullmatch(LESSON, lesson) else None
    if spec is None or spec.origin is None:
        return {}
    prelude, *parts = _SECTION.split(Path(spec.origin).read_text(encoding="utf-8"))
    return {"": prelude.strip("\n")} | {
        name: body.strip("\n") for name, body in zip(parts[::2], parts[1::2], strict=True)
    }


def show_solution(number: str) -> None:
    """Show the solution of an exercise as a block of code.

    Raises:
        ValueError: there is none of this number.
    """
    from IPython.display import display  # here, so that the checks run where IPython is not installed

    source = solution(number)
    display({"text/plain": source, "text/markdown": f"```python\n{source}\n```"}, raw=True)


def _unsolved(found: Exercise, advice: str) -> Verdict:
    return Verdict("not solved yet", f"{found.title}. {advice}, run its cell, then this one.")


def _wrapped(text: str) -> str:
    """Break lines between words; a notebook breaks long ones inside a word."""
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _name(judge: Callable[..., Any]) -> str:
    return f"{judge.__module__}.{judge.__qualname__}"
