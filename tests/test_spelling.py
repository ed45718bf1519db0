"""Code and prose are spelled right, and in one spelling: codespell reads every text of the course."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("cam_course", "launcher", "tests", "benchmarks", "data")
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("notebooks/*.md"),
    ROOT / "run.py",
    ROOT / "pyproject.toml",
    ROOT / "CITATION.cff",
]
TEXTS = sorted(PAGES + [path for name in FOLDERS for kind in ("py", "md") for path in (ROOT / name).rglob(f"*.{kind}")])
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def words_of(notebook):
    """What a reader of a notebook sees in words; pictures are left out, in which codespell finds words by chance."""
    for cell in notebook.cells:
        yield cell.source
        for output in cell.get("outputs", []):
            yield output.get("text", "")
            yield output.get("data", {}).get("text/plain", "")


def misspellings(*paths):
    command = [sys.executable, "-m", "codespell_lib", "--toml", str(ROOT / "pyproject.toml"), *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert not run.stderr.strip(), run.stderr
    return run.stdout


def test_every_text_is_spelled_right():
    assert len(TEXTS) > 100
    assert misspellings(*TEXTS) == ""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_is_spelled_right(path, tmp_path):
    page = tmp_path / f"{path.stem}.md"
    page.write_text("\n".join(words_of(nbformat.read(path, as_version=4))), encoding="utf-8")
    assert misspellings(page) == ""


def test_a_misspelling_and_another_spelling_are_found(tmp_path):
    page, mistake, british = tmp_path / "page.md", "recie" + "ve", "col" + "our"  # in halves, or this file had them too
    page.write_text(f"{mistake} {british} of a heatmap\n", encoding="utf-8")
    found = misspellings(page)
    assert f"{mistake} ==> receive" in found
    assert f"{british} ==> color" in found
