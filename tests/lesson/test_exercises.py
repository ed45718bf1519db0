import functools
import importlib
import sys
import textwrap

import pytest
import torch

from cam_course.lesson import check, exercises, show_solution
from cam_course.lesson.exercises import assess, find, solution

CHECKS = """
import torch

from cam_course.lesson.exercises import compare_function, compare_value, exercise, right, wrong

INPUTS = [(torch.randn(3, 2, 2, generator=torch.Generator().manual_seed(9)),)]
SUM = ("signed", lambda maps: maps.sum(0), "Negative evidence went in: clip it with a ReLU.")


@exercise("90.1", title="Complete the positive sum")
def positive_sum(answer):
    return compare_function(answer, lambda maps: maps.sum(0).relu(), INPUTS, mistakes=[SUM])


@exercise("90.2", title="Name the plant")
def plant(answer):
    return compare_value(answer, "baya", mistakes=[("pot", "blue", "That is the pot.")])


@exercise("90.3", title="Call it twice, by keyword")
def twice(answer):
    layer = torch.nn.Linear(2, 2)
    first, second = answer(model=layer, x=torch.zeros(2)), answer(model=layer, x=torch.zeros(2))
    return right("It repeats.") if torch.equal(first, second) else wrong("Its results differ.")
"""

SOLUTIONS = """\
# Names that the setup cell gives
import torch

# %% 90.1
def positive_sum(maps):
    return maps.sum(0).relu()


# %% 90.2 the plant
answer = "baya"
"""


@pytest.fixture(autouse=True)
def lesson_90(tmp_path, monkeypatch):
    """A lesson of its own, with a package of checks and one of solutions, that nothing else sees."""
    for package, source in (("some_checks", CHECKS), ("some_solutions", SOLUTIONS)):
        folder = tmp_path / package
        folder.mkdir()
        (folder / "__init__.py").touch()
        (folder / "lesson_90.py").write_text(source, encoding="utf-8")
        (folder / "lesson_90b.py").write_text(source.replace("90.", "90b."), encoding="utf-8")
        for name in ("90", "90b"):
            monkeypatch.delitem(sys.modules, f"{package}.lesson_{name}", raising=False)
        monkeypatch.delitem(sys.modules, package, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(exercises, "CHECKS", "some_checks")
    monkeypatch.setattr(exercises, "SOLUTIONS", "some_solutions")
    monkeypatch.setattr(exercises, "_exercises", {})


@pytest.fixture
def said(capsys):
    """What `check` prints, its lines joined."""

    def say(number, answer):
        assert check(number, answer) is None
        printed = capsys.readouterr().out
        assert printed.endswith("\n")
        assert all(len(line) <= exercises.WIDTH for line in printed.splitlines())
        return " ".join(printed.splitlines())

    return say


def not_written(*arguments):
    raise NotImplementedError


@pytest.mark.parametrize("stub", [None, ..., lambda maps: None, lambda maps: ..., not_written])
def test_a_stub_is_not_solved_yet(stub, said):
    assert said("90.1", stub).startswith("90.1: not solved yet. Complete the positive sum. ")


def test_a_lesson_with_a_letter_has_exercises_of_its_own(said):
    assert said("90b.2", "baya") == "90b.2: right. That is it."
    assert solution("90b.2") == 'answer = "baya"'
    assert find("90b.2") is not find("90.2")
    assert "expected the number of an exercise (none in this lesson)" in said("90bc.2", "baya")


def test_a_forgotten_return_is_pointed_at(said):
    def positive_sum(maps):
        maps.sum(0).relu()

    assert said("90.1", positive_sum) == (
        "90.1: not solved yet. Complete the positive sum. `positive_sum` returns None; write its missing line "
        "and return the result, run its cell, then this one."
    )


def test_right_wrong_and_a_named_mistake(said):
    assert said("90.1", lambda maps: torch.relu(maps.sum(0))).startswith("90.1: right. ")
    assert said("90.1", lambda maps: maps.sum(0)) == ("90.1: not yet. Negative evidence went in: clip it with a ReLU.")
    assert said("90.1", lambda maps: maps.sum(1)) == "90.1: not yet. Its result has shape (3, 2), expected (2, 2)."
    assert said("90.2", "baya").startswith("90.2: right. ")
    assert said("90.2", "blue") == "90.2: not yet. That is the pot."
    assert said("90.2", "greg") == "90.2: not yet. Got 'greg'; look again."


def test_an_exception_is_shown_with_its_line_and_advice(said):
    def positive_sum(maps):
        weights = maps.sum(7)
        return weights.relu()

    text = said("90.1", positive_sum)
    assert text.startswith("90.1: not yet. `positive_sum` stopped with IndexError: Dimension out of range")
    assert "(at `weights = maps.sum(7)`). Print the shape of what you index." in text


@pytest.mark.parametrize("answer", [3, torch.ones(2), "text", [1], {}, object(), torch.nn.Linear(2, 2), dict])
def test_an_answer_of_the_wrong_type_gets_a_sentence(answer, said):
    assert said("90.1", answer).startswith("90.1: not yet. ")
    assert said("90.2", answer).startswith("90.2: not yet. ")


def test_a_function_that_prints_mutates_and_reseeds_is_tolerated(said):
    def positive_sum(maps):
        print("noise")
        torch.manual_seed(3)
        torch.rand(5)
        return maps.sum(0).relu_()

    before = torch.get_rng_state()
    assert said("90.1", positive_sum).startswith("90.1: right.")
    assert torch.equal(torch.get_rng_state(), before)


def test_each_call_gets_copies_also_of_keywords(said):
    def writes(x, model):
        with torch.no_grad():
            model.weight.add_(1)
            return model(x.add_(1))

    assert said("90.3", writes) == "90.3: right. It repeats."


def test_a_partial_and_a_method_count_as_functions(said):
    class Answer:
        def method(self, maps):
            return maps.sum(0).relu()

    assert said("90.1", Answer().method).startswith("90.1: right.")
    assert said("90.1", functools.partial(lambda scale, maps: None, 1)).startswith("90.1: not solved")


def test_an_interrupt_is_not_swallowed():
    def positive_sum(maps):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("90.1", positive_sum)


@pytest.mark.parametrize("number", ["90.9", "91.1", "x", ""])
def test_an_unknown_number_is_answered_with_those_that_exist(number, said):
    find("90.1")
    known = "90.1, 90.2, 90.3" if number == "90.9" else "none in this lesson"
    assert said(number, 1) == (
        f'{number}: expected the number of an exercise ({known}), got "{number}"; look at its heading'
    )
    with pytest.raises(ValueError, match="expected the number of a solution"):
        solution(number)


def test_two_checks_of_one_number_are_refused():
    find("90.1")
    with pytest.raises(ValueError, match=r"expected one check of 90\.1, got "):
        exercises.exercise("90.1", title="again")(lambda answer: None)


@pytest.mark.parametrize("number", ["4.1", "04.q1", "041"])
def test_a_number_of_another_form_is_refused(number):
    with pytest.raises(ValueError, match="expected a number as"):
        exercises.exercise(number, title="t")


def test_a_check_registered_twice_by_a_reload_is_one():
    first = find("90.1")
    importlib.reload(sys.modules["some_checks.lesson_90"])
    assert find("90.1").title == first.title


def test_the_solution_is_its_section_and_solves():
    assert solution("90.1") == textwrap.dedent("""\
        def positive_sum(maps):
            return maps.sum(0).relu()""")
    assert solution("90.2") == 'answer = "baya"'
    namespace = {}
    exec(solution("90.1"), namespace)  # noqa: S102 - the course's own solution
    assert assess("90.1", namespace["positive_sum"]).status == "right"


def test_the_solution_is_read_without_running_it(tmp_path):
    (tmp_path / "some_solutions" / "lesson_90.py").write_text("raise SystemExit\n# %% 90.1\nx = 1\n")
    assert solution("90.1") == "x = 1"


def test_show_solution_displays_code_and_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append((data, raw)))
    show_solution("90.2")
    assert shown == [({"text/plain": 'answer = "baya"', "text/markdown": '```python\nanswer = "baya"\n```'}, True)]
