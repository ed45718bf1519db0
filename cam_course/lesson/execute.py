r"""Run notebooks and save them in the one form in which they are committed, so that a change shows as a change.

``python -m cam_course.lesson.execute`` runs every notebook of the course in place; ``... execute 00 04`` runs two.
A cell that raises stops the command and leaves that notebook as it was. Saved are sources, outputs and what a cell
carries on purpose (slide type, tags, exercise number); dropped are widget state, widget views (their ids are drawn
anew each time, and without a kernel they hide the text and picture beside them), times and the Python version.
The kernel is told that it saves: each widget then adds its frames, with a slider that needs no kernel.
"""

from __future__ import annotations

import argparse
import base64
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from cam_course.lesson.without_kernel import SAVING, VIEW

__all__ = ["chosen", "execute", "main", "normalize", "number_of", "read", "solve", "write"]

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
COVER = NOTEBOOKS / "cover.png"  # the README's picture: the figure of the cell tagged cover

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python", "pygments_lexer": "ipython3"}
KEPT = ("exercise", "slideshow", "tags")  # of a cell's metadata
TIMEOUT = 900  # seconds for one cell; the longest in the course trains a network for two minutes


def number_of(path: Path) -> str:
    """The number of a lesson, out of its file's name.

    >>> number_of(Path("11b_captions_and_questions.ipynb"))
    '11b'
    """
    return path.name.split("_")[0]


def read(path: Path) -> NotebookNode:
    """Read a notebook, in the current format."""
    return nbformat.read(path, as_version=4)


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook with sorted keys, and the same line ends on every system."""
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def execute(notebook: NotebookNode, folder: Path, *, saving: bool = False) -> NotebookNode:
    r"""Run all cells in a fresh kernel of this Python.

    Args:
        notebook: changed in place.
        folder: the kernel's working directory.
        saving: let widgets add what moves without a kernel.

    Returns:
        The same notebook, with outputs.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell raised; the message holds its traceback.
    """
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")  # the kernel named python3 is this environment's
    resources = {"metadata": {"path": str(folder)}}
    options = {"record_timing": False, "store_widget_state": False, "coalesce_streams": True, "timeout": TIMEOUT}
    client = NotebookClient(notebook, kernel_name=KERNEL["name"], resources=resources, **options)
    client.execute(env=os.environ | {SAVING: str(int(saving))})
    return notebook


def normalize(notebook: NotebookNode) -> NotebookNode:
    r"""Bring a notebook into its committed form; doing it twice changes nothing more.

    Args:
        notebook: changed in place.

    Returns:
        The same notebook.
    """
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    notebook.nbformat, notebook.nbformat_minor = 4, 5  # the format with ids
    used: set[str] = set()
    for index, cell in enumerate(notebook.cells):
        if cell.get("id") in used | {None}:
            cell["id"] = f"cell-{index:02d}"
        used.add(cell["id"])
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in KEPT if key in cell.metadata})
        if cell.cell_type == "code":
            cell.outputs = [output for output in map(_normalize_output, cell.outputs) if output is not None]
    return notebook


def solve(notebook: NotebookNode) -> NotebookNode:
    r"""Put the solution of every exercise in place of its stub: the cell whose metadata names an ``exercise``.

    Args:
        notebook: changed in place.

    Returns:
        The same notebook.

    Raises:
        ValueError: an exercise has no solution.
    """
    from cam_course.lesson.exercises import solution  # imports torch, which running notebooks does not need

    for cell in notebook.cells:
        if "exercise" in cell.metadata:
            cell.source = solution(cell.metadata["exercise"])
    return notebook


def covers(notebook: NotebookNode) -> list[bytes]:
    """The pictures, PNG, of the cell tagged cover; none in most lessons."""
    cells = [cell for cell in notebook.cells if "cover" in cell.metadata.get("tags", [])]
    found = [output.get("data", {}).get("image/png") for cell in cells for output in cell.outputs]
    return [base64.b64decode(picture) for picture in found if picture]


def main(arguments: list[str] | None = None) -> int:
    """Run the notebooks named by their numbers, or all; return the exit status."""
    parser = argparse.ArgumentParser(description="Run notebooks in place and save them in their committed form.")
    parser.add_argument("lessons", nargs="*", metavar="NN", help="numbers of lessons; none: all of them")
    numbers = parser.parse_args(arguments).lessons
    try:
        paths = list(chosen(numbers))
    except ValueError as error:
        parser.error(str(error))
    for path in paths:
        start = time.perf_counter()
        notebook = normalize(execute(read(path), path.parent, saving=True))
        write(notebook, path)
        for picture in covers(notebook):
            COVER.write_bytes(picture)
        print(f"{path.name}: {time.perf_counter() - start:.0f} s, {path.stat().st_size / 1e6:.2f} MB")
    return 0


def chosen(numbers: list[str]) -> Iterator[Path]:
    """The notebooks of these numbers, in this order; without any, all of them.

    Raises:
        ValueError: there is no lesson of such a number.
    """
    known = {number_of(path): path for path in sorted(NOTEBOOKS.glob("[0-9][0-9]*_*.ipynb"))}
    for number in numbers or known:
        if number not in known:
            raise ValueError(f"expected numbers of lessons ({', '.join(known)}), got {number}; name them as 04")
        yield known[number]


def _normalize_output(output: NotebookNode) -> NotebookNode | None:
    data: dict[str, Any] | None = output.get("data")
    if data is None:
        return output
    data.pop(VIEW, None)
    return output if data else None


if __name__ == "__main__":
    sys.exit(main())
