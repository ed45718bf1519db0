import copy

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from cam_course.lesson import execute as module
from cam_course.lesson.execute import VIEW, execute, main, normalize, read, write


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


WIDGET = "import ipywidgets\nipywidgets.IntSlider(description='row')"
PRINTS = "import sys\nfor i in range(3):\n    print(i, flush=True)"


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "NOTEBOOKS", tmp_path)
    write(notebook(PRINTS, WIDGET, "import os\nos.getcwd()"), tmp_path / "00_first.ipynb")
    write(notebook("1 / 0"), tmp_path / "01_broken.ipynb")
    return tmp_path


def test_running_twice_writes_the_same_bytes(course, capsys):
    path = course / "00_first.ipynb"
    assert main(["00"]) == 0
    once = path.read_bytes()
    assert main(["00"]) == 0
    assert path.read_bytes() == once
    assert once.endswith(b"}\n")
    assert capsys.readouterr().out.startswith("00_first.ipynb: ")
    prints, slider, folder = read(path).cells
    assert [output.text for output in prints.outputs] == ["0\n1\n2\n"]
    assert [list(output.data) for output in slider.outputs] == [["text/plain"]]  # the view is gone
    assert "IntSlider" in slider.outputs[0].data["text/plain"]
    assert folder.outputs[0].data["text/plain"] == repr(str(course))  # it ran where the notebook lies
    assert [cell.execution_count for cell in (prints, slider, folder)] == [1, 2, 3]


def test_a_notebook_that_fails_stays_as_it_was(course):
    path = course / "01_broken.ipynb"
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        main(["01"])
    assert path.read_bytes() == before


def test_a_letter_behind_the_number_names_a_lesson_of_its_own(course, capsys):
    write(notebook("print(11)"), course / "11_second.ipynb")
    write(notebook("print('b')"), course / "11b_third.ipynb")
    before = (course / "11_second.ipynb").read_bytes()
    assert main(["11b"]) == 0
    assert capsys.readouterr().out.startswith("11b_third.ipynb: ")
    assert (course / "11_second.ipynb").read_bytes() == before


def test_an_unknown_lesson_is_refused_before_anything_runs(course, capsys):
    before = (course / "00_first.ipynb").read_bytes()
    with pytest.raises(SystemExit, match="2"):
        main(["00", "77"])
    assert "expected numbers of lessons (00, 01), got 77" in capsys.readouterr().err
    assert (course / "00_first.ipynb").read_bytes() == before


def test_the_committed_form_keeps_what_is_meant_and_drops_what_is_not():
    slide = {"slideshow": {"slide_type": "slide"}, "tags": ["setup"], "exercise": "00.1"}
    cell = nbformat.v4.new_code_cell("1", metadata={**slide, "execution": {"start": "now"}, "trusted": True})
    view = nbformat.v4.new_output("display_data", {VIEW: {"model_id": "7"}})
    both = nbformat.v4.new_output("display_data", {VIEW: {"model_id": "7"}, "text/plain": "text"})
    cell.outputs = [view, both, nbformat.v4.new_output("stream", text="x")]
    page = nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_code_cell("2")], metadata={"widgets": {"state": {}}})
    page.cells[1].id = page.cells[0].id
    page.metadata.language_info = {"name": "python", "version": "3.11.4"}
    first, second = normalize(page).cells
    assert first.metadata == slide
    assert [output.get("data", output.get("text")) for output in first.outputs] == [{"text/plain": "text"}, "x"]
    assert (set(page.metadata), "version" in page.metadata.language_info) == ({"kernelspec", "language_info"}, False)
    assert first.id != second.id == "cell-01"
    nbformat.validate(page)
    assert normalize(copy.deepcopy(page)) == page


def test_an_older_notebook_without_ids_gets_some_that_stay():
    page = notebook("1", "2")
    page.nbformat_minor = 4
    for cell in page.cells:
        del cell["id"]
    assert [cell.id for cell in normalize(page).cells] == ["cell-00", "cell-01"]
    nbformat.validate(page)


def test_the_kernel_is_this_python(tmp_path):
    import sys

    ran = execute(notebook("import sys\nprint(sys.executable)"), tmp_path)
    assert ran.cells[0].outputs[0].text.strip() == sys.executable
