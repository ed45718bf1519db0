"""A hosted lesson on a machine like Colab's: the course is fetched once, and no more installed than is missing."""

import copy
import shutil
import subprocess
import sys

import nbformat
import pytest

from cam_course.lesson.execute import solve
from tests.notebooks.solved import assert_solved

from .colab_machine import CONTENT, Machine, git, hosted_repository, wheel_of

LESSON = "notebooks/03_class_activation_mapping.ipynb"
HIDDEN = "tqdm"
VERSIONS = "from importlib.metadata import version as v; print(*map(v, ('torch', 'torchvision', 'numpy')))"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    return hosted_repository(tmp_path_factory.mktemp("github"))


@pytest.fixture(scope="module")
def empty_venv(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder


@pytest.fixture
def machine(tmp_path, empty_venv, repository):
    return Machine(tmp_path / "machine", empty_venv, repository)


@pytest.fixture(scope="module")
def lesson(repository):
    """The lesson, solved, as it lies in the repository."""
    return solve(nbformat.read(repository / LESSON, as_version=4))


def setup_cell(notebook):
    return next(cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", []))


def lines_for_colab(notebook, machine):
    """The part of the setup cell that was written for Colab."""
    return machine.here(setup_cell(notebook).source).partition("\n# (End")[0]


def test_a_renamed_copy_runs_to_its_end_on_a_machine_that_lacks_a_package(tmp_path, empty_venv, repository, lesson):
    machine = Machine(tmp_path / "machine", empty_venv, repository, without=(HIDDEN,))
    wheel_of(HIDDEN, machine.folder / "wheels")
    before = machine.run(VERSIONS).stdout
    drive = tmp_path / "drive" / "My Drive"
    drive.mkdir(parents=True)
    cell = setup_cell(lesson)
    copied = copy.deepcopy(lesson)
    setup_cell(copied).source = machine.here(cell.source)
    again = nbformat.from_dict({**copy.deepcopy(setup_cell(copied)), "id": "again"})
    copied.cells.insert(copied.cells.index(setup_cell(copied)), again)
    nbformat.write(copied, drive / "Copy of 03.ipynb")
    cells = [one for one in machine.execute(copied, drive).cells if one.cell_type == "code"]
    assert_solved(cells[1:])
    first, second = ("".join(output.text for output in one.outputs) for one in cells[:2])
    assert first == f"Installing tqdm>=4.66 ...\n{second}"
    assert second == "".join(output.text for output in cell.outputs)  # as saved
    assert machine.run(VERSIONS).stdout == before != ""
    installed = {path.name.split("-")[0] for path in machine.packages.glob("*.dist-info")}
    assert installed == {HIDDEN}
    git(machine.content / "cam_course", "diff", "--exit-code")
    assert [path.name for path in machine.content.iterdir()] == ["cam_course"]
    assert [path.name for path in drive.iterdir()] == ["Copy of 03.ipynb"]


def test_a_clone_cut_short_is_made_anew_and_after_a_restart_a_whole_one_is_used_without_a_network(machine, lesson):
    (machine.content / "cam_course.new" / "notebooks").mkdir(parents=True)
    code = lines_for_colab(lesson, machine)
    where = f"{code}\nimport launcher, os; print(os.path.dirname(os.path.dirname(launcher.__file__)))"
    course = machine.content / "cam_course"
    for variables in ({}, {"GIT_CONFIG_KEY_0": "url.file:///nowhere.insteadOf"}):
        result = machine.run(where, **variables)
        assert (result.stdout, result.stderr) == (f"{course}\n", "")
    assert [path.name for path in machine.content.iterdir()] == ["cam_course"]
    git(course, "rev-parse", "--verify", "v1^{commit}")
    assert (course / ".git" / "shallow").exists()


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"GIT_CONFIG_KEY_0": "url.file:///nowhere.insteadOf"}, "does not appear to be a git repository"),
        ({"PATH": "/nowhere"}, "not found"),
    ],
    ids=["the repository is gone", "no git"],
)
def test_a_course_that_cannot_be_fetched_says_why(machine, lesson, variables, said):
    result = machine.run(lines_for_colab(lesson, machine), **variables)
    last = result.stderr[result.stderr.rindex("RuntimeError: ") :]
    assert last.startswith("RuntimeError: Expected v1 of https://github.com/ann/cam-course, which is public, got: ")
    assert said in last
    assert last.endswith("; run this cell again.\n")
    assert list(machine.content.iterdir()) == []


def test_a_package_that_cannot_be_installed_says_why(tmp_path, empty_venv, repository, lesson):
    machine = Machine(tmp_path / "machine", empty_venv, repository, without=(HIDDEN,))
    result = machine.run(lines_for_colab(lesson, machine))
    assert "RuntimeError: Expected pip to install tqdm>=4.66, got: " in result.stderr
    assert "Check the network, then run this cell again" in result.stderr


def test_without_pytorch_nothing_is_installed(tmp_path, empty_venv, repository, lesson):
    machine = Machine(tmp_path / "machine", empty_venv, repository, without=("torch", HIDDEN))
    wheel_of(HIDDEN, machine.folder / "wheels")
    result = machine.run(lines_for_colab(lesson, machine))
    assert "RuntimeError: Expected torch>=2.4, got a machine without" in result.stderr
    assert list(machine.packages.glob("*.dist-info")) == []


def test_the_lines_name_colabs_folder_once(lesson):
    assert setup_cell(lesson).source.count(CONTENT) == 1
    assert shutil.which("git")
