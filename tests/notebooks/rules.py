"""What every notebook keeps to: each rule takes a notebook and yields the sentences that say where it does not."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from cam_course.lesson.execute import KERNEL, VIEW, normalize

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

CELLS, LINES = 40, 15
NOTEBOOK_BYTES, IMAGE_BYTES = 1_500_000, 120_000
SLIDES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")

# Folders that hold people's files, on Linux, macOS and Windows.
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|Users|tmp|mnt|srv|private|var/folders)/|\b[A-Z]:\\{1,2}\w")
EMPTY_WORDS = re.compile(r"(?:a |the )?(?:figure|image|plot|picture|output|png)s?(?: \d+)?\W*", re.IGNORECASE)

Problems = Iterator[str]


def code_cells(notebook: NotebookNode) -> list[tuple[int, NotebookNode]]:
    """Return code cells with their place among all cells."""
    return [(place, cell) for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]


def outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Yield outputs with the place of their cell."""
    for place, cell in code_cells(notebook):
        for output in cell.outputs:
            yield place, output


def tagged(cell: NotebookNode, tag: str) -> bool:
    """Whether the cell carries this tag."""
    return tag in cell.metadata.get("tags", [])


def shown_text(output: NotebookNode) -> str:
    """Return everything an output says in words, pictures left out; alternative texts included."""
    words = {key: value for key, value in output.items() if key != "data"}
    words["data"] = {key: value for key, value in output.get("data", {}).items() if key not in IMAGES}
    return json.dumps(words, ensure_ascii=False)


def executed_in_order(notebook: NotebookNode) -> Problems:
    """Code cells were run once, from the first to the last, in a fresh kernel."""
    counts = [cell.execution_count for _, cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"expected the cells to have run as 1 to {len(counts)}, got {counts}"


def kernel(notebook: NotebookNode) -> Problems:
    """The kernel is the one that every Jupyter knows by the name python3."""
    if notebook.metadata.get("kernelspec") != KERNEL:
        yield f"expected the kernel {KERNEL}, got {notebook.metadata.get('kernelspec')}"


def no_widget_state(notebook: NotebookNode) -> Problems:
    """Neither the state of widgets nor views that need it are saved: they would hide the text beside them."""
    if "widgets" in notebook.metadata:
        yield "widget state in the notebook's metadata"
    for place, output in outputs(notebook):
        if VIEW in output.get("data", {}):
            yield f"cell {place}: a widget view was saved"


def committed_form(notebook: NotebookNode) -> Problems:
    """The file is what `python -m cam_course.lesson.execute` writes: no editor's traces."""
    before = json.dumps(notebook, sort_keys=True)
    if json.dumps(normalize(notebook), sort_keys=True) != before:
        yield "metadata or ids are not in the committed form; run python -m cam_course.lesson.execute"


def number_of_cells(notebook: NotebookNode) -> Problems:
    """A lesson has at most 40 cells, and at least one of code."""
    if not code_cells(notebook):
        yield "no code cell"
    if len(notebook.cells) > CELLS:
        yield f"expected at most {CELLS} cells, got {len(notebook.cells)}"


def short_cells(notebook: NotebookNode) -> Problems:
    """A code cell has at most 15 lines, except the one tagged setup."""
    for place, cell in code_cells(notebook):
        lines = len(cell.source.splitlines())
        if lines > LINES and not tagged(cell, "setup"):
            yield f"cell {place}: expected at most {LINES} lines, got {lines}"


def size(notebook: NotebookNode) -> Problems:
    """The notebook opens fast and its repository stays small: 1.5 MB, an image 120 kB."""
    total = len(json.dumps(notebook, ensure_ascii=False).encode())
    if total > NOTEBOOK_BYTES:
        yield f"expected at most {NOTEBOOK_BYTES} bytes, got {total}"
    for place, output in outputs(notebook):
        for kind in set(IMAGES) & set(output.get("data", {})):
            content = output.data[kind]
            weight = len(content.encode() if kind.endswith("xml") else base64.b64decode(content))
            if weight > IMAGE_BYTES:
                yield f"cell {place}: expected an image of at most {IMAGE_BYTES} bytes, got {weight}"


def alternative_texts(notebook: NotebookNode) -> Problems:
    """Every image is described in words, in a sentence of its own."""
    seen: dict[str, int] = {}
    for place, output in outputs(notebook):
        for kind in set(IMAGES) & set(output.get("data", {})):
            text = (output.metadata.get(kind) or {}).get("alt", "").strip()
            if len(text.split()) < 3 or EMPTY_WORDS.fullmatch(text):
                yield f'cell {place}: expected alternative text that says what is shown, got "{text}"'
            elif text in seen:
                yield f'cell {place}: alternative text already used in cell {seen[text]}: "{text}"'
            seen.setdefault(text, place)
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and re.search(r"!\[\s*\]\(|<img(?![^>]*\balt=\"[^\"])", cell.source):
            yield f"cell {place}: a picture in the text without alternative text"


def slides(notebook: NotebookNode) -> Problems:
    """Every cell says what it is on a projector, and the first begins a slide."""
    types = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in notebook.cells]
    for place, kind in enumerate(types):
        if kind not in SLIDES:
            yield f"cell {place}: expected a slide type of {sorted(SLIDES)}, got {kind}"
    if types[:1] != ["slide"]:
        yield f"expected the first cell to begin a slide, got {types[:1]}"


def no_machine_path(notebook: NotebookNode) -> Problems:
    """No output names a folder of the machine that ran it."""
    own = {str(ROOT), str(Path.home())} - {"/"}
    for place, output in outputs(notebook):
        text = shown_text(output)
        found = MACHINE_PATH.search(text)
        if found or any(path in text for path in own):
            yield f"cell {place}: a path of a machine: {text[:200]}"


def no_magics(notebook: NotebookNode) -> Problems:
    """Magics and shell commands stand in the setup cell only: a lesson is plain Python."""
    for place, cell in code_cells(notebook):
        if not tagged(cell, "setup") and re.search(r"^\s*[%!]", cell.source, re.MULTILINE):
            yield f"cell {place}: a magic or a shell command outside the setup cell"


def no_errors_or_warnings(notebook: NotebookNode) -> Problems:
    """No cell was saved with an error, or with anything on stderr, where warnings go."""
    for place, output in outputs(notebook):
        if output.output_type == "error" or output.get("name") == "stderr":
            yield f"cell {place}: {shown_text(output)[:300]}"


def one_setup_cell(notebook: NotebookNode) -> Problems:
    """Exactly one cell is tagged setup, and it is the first of code."""
    tags = [tagged(cell, "setup") for _, cell in code_cells(notebook)]
    if tags.count(True) != 1 or not tags[0]:
        yield f"expected the first code cell, and no other, to be tagged setup, got {tags.count(True)} such cells"


def title_first(notebook: NotebookNode) -> Problems:
    """The first cell is text and holds the page's one title."""
    if notebook.cells[0].cell_type != "markdown":
        yield "expected the first cell to be text, got code"
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    titles = re.findall(r"^# .+", "\n".join(re.sub(r"```.*?```", "", text, flags=re.DOTALL) for text in texts), re.M)
    if len(titles) != 1:
        yield f"expected one title, got {titles}"


def exercises_complete(notebook: NotebookNode) -> Problems:
    """A stub stands below its task, which folds a hint, and above its check and its solution, commented out."""
    for place, cell in enumerate(notebook.cells):
        if "exercise" not in cell.metadata:
            continue
        number = cell.metadata["exercise"]
        above, below = notebook.cells[place - 1], notebook.cells[min(place + 1, len(notebook.cells) - 1)]
        if above.cell_type != "markdown" or f"Exercise {number}" not in above.source:
            yield f'{number}: expected a text with "Exercise {number}" above the stub'
        if not re.search(r"<details>\s*<summary>Hint", above.source):
            yield f"{number}: expected a hint above the stub, folded: <details><summary>Hint"
        if not re.match(rf'check\("{re.escape(number)}", [^\n]+\)(\n|$)', below.source):
            yield f'{number}: expected check("{number}", ...) in the cell below the stub'
        if not re.search(rf'^# show_solution\("{re.escape(number)}"\)', below.source, re.MULTILINE):
            yield f'{number}: expected # show_solution("{number}") below the check'


def exercises_marked(notebook: NotebookNode) -> Problems:
    """Every number that is checked has one stub, numbers are unique, and no cell shows a solution by itself."""
    numbers = [cell.metadata["exercise"] for cell in notebook.cells if "exercise" in cell.metadata]
    sources = "\n".join(cell.source for _, cell in code_cells(notebook))
    checked = re.findall(r'^check\("([^"]+)"', sources, re.MULTILINE)
    if sorted(checked) != sorted(numbers) or len(set(numbers)) < len(numbers):
        yield f"expected one stub for each check, got stubs {numbers}, checks {checked}"
    if re.search(r"^\s*show_solution\(", sources, re.MULTILINE):
        yield "a solution is shown without being asked for"


def exercises_unsolved(notebook: NotebookNode) -> Problems:
    """The saved page shows exercises to solve, not solved ones."""
    for place, cell in code_cells(notebook):
        if cell.source.startswith("check("):
            said = "".join(output.get("text", "") for output in cell.outputs)
            if "not solved yet." not in said:
                yield f'cell {place}: expected the saved answer "not solved yet", got "{said}"'


RULES = [
    executed_in_order,
    kernel,
    no_widget_state,
    committed_form,
    number_of_cells,
    short_cells,
    size,
    alternative_texts,
    slides,
    no_machine_path,
    no_magics,
    no_errors_or_warnings,
    one_setup_cell,
    title_first,
    exercises_complete,
    exercises_marked,
    exercises_unsolved,
]
