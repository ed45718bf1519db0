import os
import sys
from pathlib import Path

import pytest

from cam_course.lesson.execute import normalize, write
from tests.notebooks import sample
from tests.notebooks.rules import NOTEBOOKS
from tests.notebooks.solved import assert_solved

from . import lab, memory

pytest.importorskip("playwright.sync_api", reason="no Playwright; python3 run.py test installs it")

from . import mouse, python_says, spoken
from .notebook_page import NotebookPage

BROKEN = "11_broken.ipynb"
SAMPLE = "10_sample.ipynb"
DEAF = "12_deaf.ipynb"
FAILING = "13_failing.ipynb"


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory):
    """The address of a JupyterLab on the lessons, solved, and on four notebooks to test the tests with.

    Its kernels have what the course installs for a reader and no more; nbval runs the comparisons with other libraries.
    """
    folder, state, packages = (tmp_path_factory.mktemp(name) for name in ("lessons", "state", "packages"))
    lab.copy_solved(NOTEBOOKS, folder)
    sample.write_packages(packages)
    lab.hide_extras(packages)
    good, broken, deaf = (sample.with_explorer(sample.lesson()) for _ in range(3))
    failing = sample.with_failing_widget(sample.lesson())
    broken.cells[3].source = "1 / 0"
    deaf.cells[-1].source = deaf.cells[-1].source.replace('light.observe(draw, names="value")\n', "")
    (folder / "samples").mkdir()
    for name, notebook in ((SAMPLE, good), (BROKEN, broken), (DEAF, deaf), (FAILING, failing)):
        write(normalize(notebook), folder / "samples" / name)
    with lab.server(folder, state, (packages,)) as url:
        yield url


@pytest.fixture
def open_notebook(browser, address):
    """Opens a notebook by its path below the folder of lessons, in a page that is closed at the end."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield lambda name: NotebookPage(page, address, name)
    page.close()


def effects(notebook, then=lambda: None):
    """For each control of each explorer, whether keys and then the mouse changed the pictures and the numbers."""
    found = []
    for explorer in notebook.explorers():
        for control, keys in explorer.controls():
            found.append(explorer.move(control, keys))
            then()
            found.append(mouse.move(explorer, control))
            then()
    return found


def picture(notebook, path):
    """Save the page where CAM_COURSE_SCREENSHOTS names a folder."""
    if folder := os.environ.get("CAM_COURSE_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        notebook.screenshot(Path(folder) / f"{path.stem}.png")


def assert_comparisons_left_out(cells):
    """A cell that compares with a library that is not there says so, and the lesson goes on."""
    for cell in cells:
        if "peer(" in cell["source"]:
            said = "".join("".join(output.get("text", "")) for output in cell["outputs"])
            assert "is not installed, so this comparison is left out" in said


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_solved_runs_to_its_end_and_its_explorers_answer(path, open_notebook, record_property):
    notebook = open_notebook(path.name)
    cells = notebook.run_all()
    assert notebook.errors(cells) == []
    assert_solved(cells)
    assert_comparisons_left_out(cells)
    notebook.wait_for_widgets(cells)
    explorers = notebook.explorers()
    assert explorers, "expected a widget to explore with: is it the last expression of its cell?"
    played = [explorer.play() for explorer in explorers]
    assert any(played) or not path.name.startswith("01_")  # that lesson has a player
    assert all(all(one) for one in played)
    assert all(explorer.controls() for explorer in explorers)
    assert spoken.nameless(notebook.page) == []
    found = effects(notebook, lambda: python_says.agree(notebook, cells))
    picture(notebook, path)
    assert found == [(True, True)] * len(found)
    assert [explorer.failures() for explorer in explorers] == [[]] * len(explorers)
    memory.assert_small(notebook.page, record_property)


def test_a_good_notebook_passes_and_answers_to_the_keyboard(open_notebook):
    notebook = open_notebook(f"samples/{SAMPLE}")
    cells = notebook.run_all()
    assert notebook.errors(cells) == []
    assert [cell["execution_count"] for cell in cells] == list(range(1, 9))
    notebook.wait_for_widgets(cells)
    assert effects(notebook) == [(True, True)] * 4
    answer_quiz(notebook.page, notebook.page.locator(".cam-quiz"))


def answer_quiz(page, quiz):
    """Choose the wrong answer, then the right one, with the keyboard."""
    assert quiz.locator("input:checked").count() == 0
    quiz.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    quiz.get_by_text("Not quite. It is not.", exact=True).wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    quiz.get_by_text("Right. It is not, indeed.", exact=True).wait_for()


def test_an_error_is_found(open_notebook):
    notebook = open_notebook(f"samples/{BROKEN}")
    assert notebook.errors(notebook.run_all()) == ["ZeroDivisionError: division by zero"]


def test_a_control_without_effect_is_found(open_notebook, monkeypatch):
    for name, few in (("MOVE_SECONDS", 3), ("STEPS", 2)):  # the sample answers within a tenth of a second
        monkeypatch.setattr(sys.modules[NotebookPage.__module__], name, few)
    notebook = open_notebook(f"samples/{DEAF}")
    notebook.wait_for_widgets(notebook.run_all())
    assert effects(notebook) == [(True, True)] * 2 + [(False, False)] * 2


def test_an_exception_in_a_widget_is_shown_in_it_and_silence_is_found(open_notebook):
    notebook = open_notebook(f"samples/{FAILING}")
    cells = notebook.run_all()
    notebook.wait_for_widgets(cells)
    python_says.agree(notebook, cells)
    assert spoken.nameless(notebook.page) == ["- slider"]  # of the last cell, which the course did not make
    (explorer,) = notebook.explorers()
    ((handle, _),) = explorer.controls()
    handle.press("ArrowRight")
    notebook.page.get_by_role("alert").get_by_text("ValueError: <b>dark</b> is no light").wait_for()
    assert len(explorer.failures()) == 1
    handle.press("ArrowRight")
    notebook.page.get_by_role("status").get_by_text("light 2").wait_for()
    python_says.agree(notebook, cells)
    assert explorer.failures() == []


def test_a_missing_browser_is_a_named_skip(monkeypatch):
    monkeypatch.delenv("CAM_COURSE_CHROMIUM", raising=False)
    monkeypatch.setattr(lab.shutil, "which", lambda name: None)
    with pytest.raises(pytest.skip.Exception, match="no Chromium browser found; install"):
        lab.chromium()
