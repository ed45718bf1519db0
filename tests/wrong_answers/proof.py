"""Prove of an exercise that its check accepts what is right and names what is wrong."""

from __future__ import annotations

import ast
import importlib.util
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from cam_course.lesson.exercises import assess, find, sections, solution
from tests.notebooks.rules import code_cells

WRONG_ANSWERS = 3  # named, for every exercise
Wrong = Mapping[str, tuple[Any, str]]  # name → (answer, text that the message must hold)


def answers(lesson: str) -> ModuleType:
    """Import ``lesson_NN.py`` beside this file: its WRONG and ALSO_RIGHT."""
    spec = importlib.util.spec_from_file_location(f"answers_{lesson}", Path(__file__).with_name(f"lesson_{lesson}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stubs(notebook: Any) -> dict[str, tuple[str, str]]:
    """From each exercise's number to the source of its stub, and the answer as its check names it."""
    cells = [cell for _, cell in code_cells(notebook)]
    found = {}
    for cell, following in itertools.pairwise(cells):
        if number := cell.metadata.get("exercise"):
            call = ast.parse(following.source).body[0].value  # check("04.1", answer)
            found[number] = (cell.source, ast.unparse(call.args[1]))
    return found


def value(number: str, source: str, name: str) -> Any:
    """Run a stub or a solution after what stands above its lesson's solutions and those before it; return `name`."""
    names: dict[str, Any] = {"__name__": "solutions"}
    for section, text in sections(number).items():
        if section < number:  # the part above the first marker has the empty name
            exec(text, names)  # noqa: S102 - the course's own cells
    exec(source, names)  # noqa: S102 - the course's own wrong answer
    return eval(name, names)  # noqa: S307 - a name out of it


def problems_of_answers(number: str, wrong: Wrong, also_right: Sequence[Any]) -> list[str]:
    """Say what is missing: wrong answers rejected by name, right ones accepted."""
    find(number)
    found = []
    if len(wrong) < WRONG_ANSWERS:
        found.append(f"{number}: expected at least {WRONG_ANSWERS} named wrong answers, got {len(wrong)}")
    if not also_right:
        found.append(f"{number}: expected a second right answer, got none")
    for name, (answer, text) in wrong.items():
        found += _problems_of_wrong(f"{number}, {name}", assess(number, answer), text)
    verdicts = [assess(number, answer) for answer in also_right]
    found += [f"{number}: a right answer was rejected: {v.message}" for v in verdicts if v.status != "right"]
    messages = [assess(number, answer).message for answer, _ in wrong.values()]
    if len(set(messages)) < len(messages):
        found.append(f"{number}: two mistakes get the same message")
    return found


def problems_of_stub(number: str, stub: str, name: str) -> list[str]:
    """Say whether the stub is told to be solved, and the solution that it is right."""
    find(number)
    blank = assess(number, value(number, stub, name))
    solved = assess(number, value(number, solution(number), name))
    found = [] if blank.status == "not solved yet" else [f"{number}: the stub is said to be {blank}"]
    return found if solved.status == "right" else [*found, f"{number}: the solution is said to be {solved}"]


def _problems_of_wrong(label: str, verdict: Any, text: str) -> list[str]:
    if verdict.status != "not yet":
        return [f"{label}: expected it to be rejected, got {verdict}"]
    if verdict.generic or not text or text not in verdict.message:
        return [f'{label}: expected a message of its own with "{text}", got "{verdict.message}"']
    return []
