import base64
import copy
import re

import pytest

from cam_course.lesson.execute import VIEW, execute, normalize, number_of, read
from cam_course.lesson.exercises import LESSON

from . import rules, sample
from .rules import NOTEBOOKS, RULES


def test_the_course_has_its_lessons():
    names = [path.name for path in NOTEBOOKS]
    assert [name for name in names if not re.fullmatch(rf"{LESSON}_[a-z_]+\.ipynb", name)] == []
    numbers = [number_of(path) for path in NOTEBOOKS]
    assert {"00", "04"} <= set(numbers)
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_the_rule(path, rule):
    assert list(rule(read(path))) == []


def test_the_setup_cell_is_the_same_in_every_lesson():
    sources = {cell.source for path in NOTEBOOKS for cell in read(path).cells if rules.tagged(cell, "setup")}
    assert len(sources) == 1


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The sample lesson, run once."""
    folder = tmp_path_factory.mktemp("sample")
    sample.write_packages(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{folder}{sample.PATH_SEPARATOR}{rules.ROOT}")
        return normalize(execute(sample.lesson(), folder))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_sample_keeps_the_rule(ran, rule):
    assert list(rule(copy.deepcopy(ran))) == []


def _picture(notebook):
    return notebook.cells[2].outputs[0]


def _heavy(notebook):
    _picture(notebook).data["image/png"] = base64.b64encode(bytes(120_001)).decode()


def _undescribed(notebook):
    _picture(notebook).metadata.clear()


def _described_as_figure(notebook):
    _picture(notebook).metadata["image/png"]["alt"] = "The figure 1."


def _described_twice(notebook):
    notebook.cells[3].outputs.append(copy.deepcopy(_picture(notebook)))


def _said(text):
    def change(notebook):
        notebook.cells[3].outputs[0]["text"] += text

    return change


def _source(place, text):
    def change(notebook):
        notebook.cells[place].source = text

    return change


def _without(place):
    return lambda notebook: notebook.cells.pop(place)


BREAKS = {
    "executed_in_order": [
        lambda n: n.cells[2].update(execution_count=7),
        lambda n: n.cells[2].update(execution_count=None),
    ],
    "kernel": [lambda n: n.metadata.kernelspec.update(name="my_env")],
    "no_widget_state": [
        lambda n: n.metadata.update(widgets={"state": {}}),
        lambda n: _picture(n).data.update({VIEW: {"model_id": "1"}}),
    ],
    "committed_form": [
        lambda n: n.metadata.language_info.update(version="3.12.1"),
        lambda n: n.cells[1].metadata.update(execution={"start": "now"}),
        lambda n: n.cells[1].update(id=n.cells[0].id),
    ],
    "number_of_cells": [lambda n: n.cells.extend([n.cells[0]] * 33), lambda n: n.update(cells=n.cells[:1])],
    "short_cells": [_source(2, "x = 1\n" * 16)],
    "size": [_heavy, _said("x" * 1_500_000)],
    "alternative_texts": [
        _undescribed,
        _described_as_figure,
        _described_twice,
        _source(0, "# A small lesson\n![](picture.png)"),
        _source(0, '# A small lesson\n<img src="picture.png" alt="">'),
    ],
    "slides": [
        lambda n: n.cells[3].metadata.pop("slideshow"),
        lambda n: n.cells[0].metadata.slideshow.update(slide_type="-"),
    ],
    "no_machine_path": [
        _said("saved in /home/reader/picture.png"),
        _said("File C:\\Users\\reader"),
        _said(f"in {rules.ROOT}"),
        lambda n: _picture(n).metadata["image/png"].update(alt="/tmp/plot.png shown here"),  # noqa: S108 - a name, never opened
    ],
    "no_magics": [_source(2, "%timeit 1"), _source(2, "x = 1\n!ls")],
    "no_errors_or_warnings": [
        lambda n: n.cells[3].outputs[0].update(name="stderr"),
        lambda n: _picture(n).update(output_type="error", ename="ValueError", evalue="", traceback=[]),
    ],
    "one_setup_cell": [
        lambda n: n.cells[1].metadata.update(tags=[]),
        lambda n: n.cells[2].metadata.update(tags=["setup"]),
    ],
    "title_first": [_without(0), _source(5, "# Another title"), _source(0, "Text")],
    "exercises_complete": [
        _without(5),
        _without(7),
        _source(5, "## Exercise 90.1"),
        _source(5, "## Exercise 90.2\n<details><summary>Hint</summary>Twice.</details>"),
        _source(7, 'print(double)\n# show_solution("90.1")'),
        _source(7, 'check("90.2", double)\n# show_solution("90.1")'),
        _source(7, 'check("90.1", double)'),
        _source(7, 'check("90.1", double)\n# show_solution("90.2")'),
        _source(7, 'check("90.1", double)\nshow_solution("90.1")'),
    ],
    "exercises_marked": [
        lambda n: n.cells[6].metadata.pop("exercise"),
        lambda n: n.cells.append(n.cells[6]),
        _source(2, 'show_solution("90.1")'),
    ],
    "exercises_unsolved": [lambda n: n.cells[7].outputs[0].update(text="90.1: right. Yes.")],
}


def test_every_rule_is_seen_to_fail():
    assert set(BREAKS) == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize(("name", "change"), [(name, change) for name, changes in BREAKS.items() for change in changes])
def test_a_broken_notebook_is_found(ran, name, change):
    broken = copy.deepcopy(ran)
    change(broken)
    assert list(getattr(rules, name)(broken))
