import sys

import pytest

from cam_course.lesson import exercises
from cam_course.lesson.execute import number_of, read
from tests.notebooks import sample
from tests.notebooks.rules import NOTEBOOKS

from .proof import answers, problems_of_answers, problems_of_stub, stubs

EXERCISES = {number: (path, stub, name) for path in NOTEBOOKS for number, (stub, name) in stubs(read(path)).items()}


@pytest.mark.parametrize("number", EXERCISES)
def test_the_check_names_each_mistake_and_takes_each_right_answer(number):
    lesson = answers(number.split(".")[0])
    assert problems_of_answers(number, lesson.WRONG.get(number, {}), lesson.ALSO_RIGHT.get(number, ())) == []


@pytest.mark.parametrize("number", EXERCISES)
def test_the_stub_is_unsolved_and_the_solution_right(number):
    path, stub, name = EXERCISES[number]
    assert number_of(path) == number.split(".")[0]
    assert problems_of_stub(number, stub, name) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_there_are_answers_and_solutions_for_the_exercises_of_the_notebook_and_no_others(path):
    here = {number for number, (home, *_) in EXERCISES.items() if home == path}
    lesson = answers(number_of(path)) if here else None
    assert set(exercises.sections(f"{number_of(path)}.1")) - {""} == here
    assert lesson is None or set(lesson.WRONG) == set(lesson.ALSO_RIGHT) == here


CHECKS = """
from cam_course.lesson.exercises import compare_function, exercise


@exercise("90.1", title="Complete the doubling")
def double(answer):
    mistakes = [
        ("half", lambda x: x / 2, "That is half of it."),
        ("square", lambda x: x**2, "That is the square."),
        ("same", lambda x: x, "Nothing was doubled."),
    ]
    return compare_function(answer, lambda x: 2 * x, [(3.0,), (4.0,)], mistakes=mistakes)
"""
WRONG = {
    "half": (lambda x: x * 0.5, "half"),
    "square": (lambda x: x * x, "square"),
    "same": (lambda x: +x, "doubled"),
}
STUB = "def double(x):\n    return None  # your line here"


@pytest.fixture(autouse=True)
def sample_lesson(request, tmp_path, monkeypatch):
    """Lets the tests below, and only them, use a lesson of their own."""
    if "number" in request.fixturenames or "path" in request.fixturenames:
        return
    sample.write_packages(tmp_path)
    (tmp_path / "sample_checks" / "lesson_90.py").write_text(CHECKS)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("sample_checks")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(exercises, "CHECKS", "sample_checks")
    monkeypatch.setattr(exercises, "SOLUTIONS", "sample_solutions")
    monkeypatch.setattr(exercises, "_exercises", {})


def test_a_complete_exercise_has_no_problem():
    assert problems_of_answers("90.1", WRONG, [lambda x: x + x]) == []
    assert problems_of_stub("90.1", STUB, "double") == []


@pytest.mark.parametrize(
    ("changes", "also_right", "problem"),
    [
        ({"same": None}, [lambda x: x + x], "expected at least 3 named wrong answers, got 2"),
        ({}, [], "expected a second right answer, got none"),
        ({}, [lambda x: x + 1], "a right answer was rejected"),
        ({"right": (lambda x: 2 * x, "half")}, [lambda x: x + x], "expected it to be rejected"),
        ({"unnamed": (lambda x: x - 7, "differs")}, [lambda x: x + x], "expected a message of its own"),
        ({"half": (lambda x: x / 2, "third")}, [lambda x: x + x], "expected a message of its own"),
        ({"half": (lambda x: x / 2, "")}, [lambda x: x + x], "expected a message of its own"),
        ({"half again": (lambda x: x / 2, "half")}, [lambda x: x + x], "two mistakes get the same message"),
        ({"stub": (lambda x: None, "half")}, [lambda x: x + x], "expected it to be rejected"),
    ],
)
def test_a_gap_is_found(changes, also_right, problem):
    wrong = {name: answer for name, answer in (WRONG | changes).items() if answer}
    assert any(problem in found for found in problems_of_answers("90.1", wrong, also_right))


def test_a_stub_that_is_solved_or_breaks_is_found():
    solved = problems_of_stub("90.1", "def double(x):\n    return 2 * x", "double")
    broken = problems_of_stub("90.1", "def double(x):\n    return y", "double")
    assert "the stub is said to be Verdict(status='right'" in solved[0]
    assert "the stub is said to be Verdict(status='not yet'" in broken[0]


def test_the_stubs_of_a_notebook_are_found():
    assert stubs(sample.lesson()) == {"90.1": (STUB, "double")}
