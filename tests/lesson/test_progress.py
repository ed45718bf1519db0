from pathlib import Path

from nbformat import v4

from cam_course.lesson.execute import execute, normalize
from cam_course.lesson.progress import counted


def test_every_item_comes_in_order():
    assert list(counted("abc", "spelling")) == ["a", "b", "c"]


def test_nothing_to_do():
    assert list(counted([], "resting")) == []


def test_the_saved_line_does_not_depend_on_the_machine():
    cell = v4.new_code_cell(
        "from cam_course.lesson.progress import counted\nfor step in counted(range(30), 'training'):\n    pass"
    )
    saved = normalize(execute(v4.new_notebook(cells=[cell]), Path()))
    assert [output["data"] for output in saved.cells[0].outputs] == [{"text/plain": "[training: 30 steps]"}]
