"""A small lesson that keeps to every rule, made and run while testing, so that each rule can be seen to fail."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbformat import NotebookNode

PATH_SEPARATOR = os.pathsep

CHECKS = """
from cam_course.lesson.exercises import compare_function, exercise


@exercise("90.1", title="Complete the doubling")
def double(answer):
    return compare_function(answer, lambda x: 2 * x, [(3,), (4,)])
"""

SOLUTIONS = """
# %% 90.1
def double(x):
    return 2 * x
"""

SETUP = """
from IPython.display import Image, display
from cam_course.lesson import approx, check, exercises, measured, quiz, show_solution
exercises.CHECKS, exercises.SOLUTIONS = "sample_checks", "sample_solutions"
"""

PICTURE = """
import base64
dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
display({"image/png": dot, "text/plain": "a dot"}, metadata={"image/png": {"alt": "One dot of gray"}}, raw=True)
"""

NUMBERS = """
print("device: cpu")
print("images: 200")
measured("share inside", 0.41, spread=(0.38, 0.44), at_least=0.2)
"""

EXPLORER = """
import struct, zlib
import ipywidgets as widgets

def picture(gray):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header, pixels = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0), (b"\\0" + bytes([gray]) * 8) * 8
    chunks = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(pixels)), chunk(b"IEND", b"")]
    return b"\\x89PNG\\r\\n\\x1a\\n" + b"".join(chunks)

image, numbers = widgets.Image(), widgets.HTML().add_class("cam-numbers")
"""

EXPLORER_CONTROLS = """
plant = widgets.Dropdown(options=[("rudo", 10), ("baya", 90)], description="plant")
light = widgets.IntSlider(0, 0, 9, description="light", continuous_update=False)
def draw(_):
    gray = plant.value + light.value
    image.value, numbers.value = picture(gray), f"gray: {gray}"
plant.observe(draw, names="value")
light.observe(draw, names="value")
draw(None)
widgets.VBox([plant, light, image, numbers]).add_class("cam-explorer")
"""


FAILING = """
from PIL import Image
import ipywidgets
from cam_course.lesson import widgets

def draw(light):
    if light == 1:
        raise ValueError("<b>dark</b> is no light")
    return widgets.Frame(Image.new("L", (40, 20), 100 * light).convert("RGB"), f"light {light}")

widgets.explorer(draw, alt="Forty by twenty pixels.", light=widgets.slider("light", {str(i): i for i in range(3)}))
"""


def markdown(source: str, slide: str = "slide") -> NotebookNode:
    """Return a cell of text."""
    return nbformat.v4.new_markdown_cell(source, metadata={"slideshow": {"slide_type": slide}})


def code(source: str, **metadata: object) -> NotebookNode:
    """Return a cell of code."""
    return nbformat.v4.new_code_cell(source.strip("\n"), metadata={"slideshow": {"slide_type": "fragment"}, **metadata})


def lesson() -> NotebookNode:
    """Return the lesson, not run yet."""
    cells = [
        markdown("# A small lesson"),
        code(SETUP, tags=["setup"]),
        code(PICTURE),
        code(NUMBERS),
        code('quiz("90.q1", "Is it?", {"Yes": "It is not.", "No": "It is not, indeed."}, right="No")'),
        markdown("## Exercise 90.1: doubling\n\n<details><summary>Hint</summary>Twice.</details>"),
        code("def double(x):\n    return None  # your line here", exercise="90.1"),
        code('check("90.1", double)\n# show_solution("90.1")'),
    ]
    return nbformat.v4.new_notebook(cells=cells)


def with_explorer(notebook: NotebookNode) -> NotebookNode:
    """Append a widget of the class that the browser test moves."""
    notebook.cells += [code(EXPLORER), code(EXPLORER_CONTROLS)]
    return notebook


def with_failing_widget(notebook: NotebookNode) -> NotebookNode:
    """Append an explorer that fails in its second state, and a slider without a name that is spoken."""
    notebook.cells += [code(FAILING), code("ipywidgets.IntSlider(description='nobody hears this')")]
    return notebook


def write_packages(folder: Path) -> None:
    """Write the lesson's checks and solutions where its setup cell looks for them."""
    for package, source in (("sample_checks", CHECKS), ("sample_solutions", SOLUTIONS)):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
        (folder / package / "lesson_90.py").write_text(source, encoding="utf-8")
