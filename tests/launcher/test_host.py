"""`run.py host`: badges and Colab's lines appear, are replaced, and vanish without a trace."""

import json
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from launcher import host
from launcher.addresses import Home
from tests.notebooks.rules import NOTEBOOKS, RULES

from .course import ROOT

LESSON = "notebooks/03_class_activation_mapping.ipynb"
BINDER = (
    "[![Run on Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/{}?urlpath=lab%2Ftree%2F{})"
)
ON_COLAB = "https://colab.research.google.com"
COLAB = f"[![Open in Colab]({ON_COLAB}/assets/colab-badge.svg)]({ON_COLAB}/github/{{}})"


@pytest.fixture
def fork(course):
    """A copy of the README and all lessons, beside the launcher, as they are without a host."""
    shutil.copy(ROOT / "README.md", course.folder)
    shutil.copy(ROOT / "pyproject.toml", course.folder)
    (course.folder / "notebooks").mkdir()
    for path in [*NOTEBOOKS, ROOT / "notebooks" / ".ruff.toml"]:
        shutil.copy(path, course.folder / "notebooks")
    course.run("host", "--undo")
    return course


def contents(course):
    return {
        path.name: path.read_bytes() for path in [course.folder / "README.md", *course.folder.glob("notebooks/*.ipynb")]
    }


def setup_cell(course):
    cells = nbformat.read(course.folder / LESSON, as_version=4).cells
    return next(cell for cell in cells if "setup" in cell.metadata.get("tags", []))


def test_as_committed_nothing_is_hosted():
    """Badges of somebody else's fork, or of a repository that is not there yet, would lead nowhere."""
    for path in host.files():
        text = path.read_bytes().decode("utf-8")
        assert host.rewritten(path, text, None) == text, f"{path.name}: run `python3 run.py host --undo`"
        assert "mybinder.org" not in text or path.name == "README.md"
        assert "colab.research.google.com/" not in text


def test_every_lesson_gets_badges_that_open_it_and_the_readme_one_row(fork):
    assert len(host.files()) == 1 + len(NOTEBOOKS)
    result = fork.run("host", "ann/cam-course@v1")
    assert result.returncode == 0, result.stderr
    assert f"at v1 into {1 + len(NOTEBOOKS)} files" in result.stdout
    assert "git tag v1" in result.stdout
    for path in NOTEBOOKS:
        place = f"notebooks/{path.name}"
        title, row, about = nbformat.read(fork.folder / place, as_version=4).cells[0].source.split("\n\n")[:3]
        assert title.startswith("# ") and about.startswith("*About")
        binder = BINDER.format("ann/cam-course/v1", place.replace("/", "%2F"))
        assert row == f"{binder} {COLAB.format(f'ann/cam-course/blob/v1/{place}')}"
    readme = (fork.folder / "README.md").read_text(encoding="utf-8")
    assert readme.count("[![") == 2
    assert "mybinder.org/v2/gh/ann/cam-course/v1?urlpath=lab%2Ftree%2Fnotebooks%2F00_start_here.ipynb" in readme


def test_undo_restores_every_byte_and_twice_is_once(fork):
    before = contents(fork)
    fork.run("host", "ann/cam-course@v1")
    once = contents(fork)
    assert [name for name in before if before[name] == once[name]] == []
    assert "Nothing to change" in fork.run("host", "ann/cam-course@v1").stdout
    assert contents(fork) == once
    assert f"out of {len(before)} files" in fork.run("host", "--undo").stdout
    assert contents(fork) == before
    assert "Nothing to change" in fork.run("host", "--undo").stdout


def test_another_home_replaces_the_first(fork):
    fork.run("host", "bob/other@v2")
    direct = contents(fork)
    fork.run("host", "ann/cam-course")
    assert b"ann/cam-course/main?urlpath" in contents(fork)["README.md"]
    fork.run("host", "bob/other@v2")
    assert contents(fork) == direct


def test_edits_made_since_stay(fork):
    fork.run("host", "ann/cam-course@v1")
    edits = [
        ("README.md", "Thirteen notebooks", "My notebooks"),
        (LESSON, "torch.manual_seed(0)", "torch.manual_seed(1)"),
    ]
    expected = {}
    for name, old, new in edits:
        path = fork.folder / name
        text = path.read_bytes().decode("utf-8")
        assert old in text
        path.write_bytes(text.replace(old, new).encode("utf-8"))
        expected[path.name] = new
    fork.run("host", "--undo")
    for name, new in expected.items():
        assert new.encode() in contents(fork)[name]
        assert b"mybinder.org/v2" not in contents(fork)[name]


def test_a_hosted_course_keeps_the_rules_of_notebooks_and_of_style(fork):
    fork.run("host", "ann/cam-course@v1")
    for path in fork.folder.glob("notebooks/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert [problem for rule in RULES for problem in rule(notebook)] == []
    for arguments in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--quiet", "."]
        result = subprocess.run(command, cwd=fork.folder, capture_output=True, encoding="utf-8")
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_setup_cell_prints_what_it_printed_and_does_nothing_outside_colab(fork):
    lines = host.prepared("print(1)\n", Home("ann", "course", "v1")).partition(host.END)[0]
    outputs = setup_cell(fork).outputs
    fork.run("host", "ann/course@v1")
    cell = setup_cell(fork)
    assert cell.outputs == outputs
    assert lines in cell.source
    code = f"import sys\nbefore = {{*sys.modules}}, sys.path[:]\n{lines}\nassert ({{*sys.modules}}, sys.path) == before"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_the_ends_of_lines_stay(fork, end):
    for name in ("README.md", LESSON):
        path = fork.folder / name
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", end.encode()))
    before = contents(fork)
    fork.run("host", "ann/course@v1")
    assert (b"\r\n" in contents(fork)["README.md"]) == (end == "\r\n")
    assert len(re.findall(rb"(?<!\r)\n", contents(fork)["README.md"])) == (
        0 if end == "\r\n" else before["README.md"].count(b"\n") + 2
    )
    fork.run("host", "--undo")
    assert contents(fork) == before


@pytest.mark.parametrize(
    "arguments", [[], ["a/b", "c/d"], ["--help-me"], ["--undo", "a/b"], ["a/b;ls"], ["$(ls)/b"], ["a/b@<script>"]]
)
def test_anything_else_is_refused_and_changes_nothing(fork, arguments):
    before = contents(fork)
    result = fork.run("host", *arguments)
    assert result.returncode == 1
    assert result.stderr.startswith("Expected ")
    assert contents(fork) == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text.replace('"setup"', '"set-up"'), "Expected one cell of code with the tag setup"),
        (lambda text: text.replace("# 03 ·", "03 ·"), "Expected a title"),
        (lambda text: json.dumps(json.loads(text)), "a key a line, as Jupyter saves it"),
        (lambda text: "<<<<<<< HEAD\n" + text, "got a file of something else"),
    ],
    ids=["no setup cell", "no title", "one line", "a conflict of git"],
)
def test_one_file_that_is_not_understood_leaves_all_as_they_were(fork, spoil, said):
    path = fork.folder / LESSON
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    before = contents(fork)
    result = fork.run("host", "ann/course@v1")
    assert (result.returncode, contents(fork)) == (1, before)
    assert result.stderr.startswith(f"{LESSON}: ") and said in result.stderr
