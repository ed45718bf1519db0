from importlib.util import find_spec

import pytest
from nbclient.exceptions import CellExecutionError

from cam_course.lesson.execute import execute, read, solve
from tests.browser import lab

from . import sample
from .rules import NOTEBOOKS, ROOT, code_cells
from .solved import assert_solved, said


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    """Kernels started here import this checkout, and leave the other cores to the other tests."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def code(notebook):
    return [cell for _, cell in code_cells(notebook)]


# Where there is a browser, its tests run the lessons solved: one execution serves both.
if not (lab.found() and find_spec("playwright")):

    @pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
    def test_a_solved_notebook_runs_to_its_end(path):
        assert_solved(code(execute(solve(read(path)), path.parent)))


@pytest.fixture
def packages(tmp_path, monkeypatch):
    sample.write_packages(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{sample.PATH_SEPARATOR}{ROOT}")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("cam_course.lesson.exercises.SOLUTIONS", "sample_solutions")
    return tmp_path


def test_the_sample_is_solved_by_its_solutions_and_a_wrong_one_is_found(packages):
    notebook = execute(solve(sample.lesson()), packages)
    assert_solved(code(notebook))
    assert " ".join(said(code(notebook))["90.1"].split()).startswith(
        "90.1: right. Your answer agrees with the solution"
    )
    notebook.cells[7].outputs[0].text = "90.1: not yet. Its result is 3 times the expected one."
    with pytest.raises(AssertionError, match=r"90\.1: not yet"):
        assert_solved(code(notebook))
    notebook.cells[6].metadata["exercise"] = "90.2"
    with pytest.raises(AssertionError, match=r"90\.2"):
        assert_solved(code(notebook))


def test_an_error_in_a_solved_notebook_is_found(packages):
    broken = sample.lesson()
    broken.cells = [sample.code("assert 1 == 2, 'a measured bound'")]
    with pytest.raises(CellExecutionError, match="a measured bound"):
        execute(broken, packages)


def test_an_exercise_without_solution_is_found(packages):
    lesson = sample.lesson()
    lesson.cells[6].metadata["exercise"] = "90.2"
    with pytest.raises(ValueError, match=r"expected the number of a solution \(90\.1\), got \"90\.2\""):
        solve(lesson)
