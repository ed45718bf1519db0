import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns

from cam_course.lesson.without_kernel import SAVING

from .rules import NOTEBOOKS, ROOT

MASKS = Path(__file__).with_name("sanitize.cfg")


def masked(text):
    for pattern, replacement in get_sanitize_patterns(MASKS.read_text(encoding="ascii")):
        text = re.sub(pattern, replacement, text)
    return text


@pytest.mark.parametrize(
    ("saved", "computed"),
    [
        ("share ≈ 0.41", "share ≈ 0.44"),
        ("share ≈ 0.41 of all", "share ≈ 12.5 of all"),
        ("share ≈ 0.41 (0.38 to 0.44)", "share ≈ 0.40 (-0.02 to 1.1e-03)"),
        ("share ≈ 0.41 ± 0.02, so", "share ≈ 0.5 ± 1e-3, so"),
        ("time ≈ 41 % more", "time ≈ 4.5 % more"),
        ("ratio ≈ 41×", "ratio ≈ 3×"),
        ("count ≈ 1,234,567 pixels", "count ≈ 12 pixels"),
        ("change ≈ -0.1", "change ≈ 3e+20"),
        ("change ≈ −0.1", "change ≈ 0.2"),
        ("| a |  ≈ 9.9 | b |", "| a | ≈ 10.1 | b |"),
        ("≈ 0.1 and ≈ 0.2", "≈ 0.3 and ≈ 0.4"),
        ("device: cpu\nnext", "device: cuda (some GPU)\nnext"),
        ("Device: cpu", "Device: mps"),
        ("tensor([1.])", "tensor([1.], device='cuda:0')"),
        ('"picture": "data:image/webp;base64,Ab+/9="', '"picture": "data:image/webp;base64,Cd=="'),
        (
            '"text": "≈ 0.1", "picture": "data:image/webp;base64,A"',
            '"text": "≈ 0.2", "picture": "data:image/webp;base64,B"',
        ),
        ('"size": [608, 300], "box": [308, 0, 300, 300]', '"size": [608, 300], "box": [307, 0, 301, 300]'),
        ('data-cam-frames="cam-0123456789ab"', 'data-cam-frames="cam-ba9876543210"'),
    ],
)
def test_what_differs_between_machines_is_masked(saved, computed):
    assert masked(saved) == masked(computed)


@pytest.mark.parametrize(
    ("saved", "computed"),
    [
        ("share ≈ 0.41", "portion ≈ 0.41"),
        ("share ≈ 0.41 of 200", "share ≈ 0.41 of 201"),
        ("share 0.41", "share 0.44"),
        ("share ≈ 0.41", "share ≈ nan"),
        ("share ≈ 0.41", "share ≈ inf"),
        ("share ≈ 0.41", "share ≈ "),
        ("share ≈ 0.41", "share 0.41"),
        ("share ≈ 0.41", "share ≈ 0.41 ≈ 0.41"),
        ("share ≈ 0.41, 3", "share ≈ 0.41, 4"),
        ("share ≈ 12, 3", "share ≈ 12 3"),
        ("share ≈ 0.41 (3 nets)", "share ≈ 0.41 (2 nets)"),
        ("device: cpu\n200", "device: cpu\n201"),
        ("the device cpu", "the device cuda"),
        ('"label": "1", "picture": "data:image/webp;base64,A"', '"label": "2", "picture": "data:image/webp;base64,A"'),
        ('"picture": "data:image/webp;base64,A"', '"picture": ""'),
        ('"size": [608, 300], "box": [1, 2, 3, 4]', '"size": [609, 300], "box": [1, 2, 3, 4]'),
        ("tensor([1.])", "tensor([2.], device='cuda:0')"),
    ],
)
def test_everything_else_is_compared(saved, computed):
    assert masked(saved) != masked(computed)


DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
SHOW = f'from IPython.display import display\ndisplay({{"image/png": "{DOT}", "text/plain": "a dot"}}, raw=True)'

# What a cell prints, what was saved, whether the comparison passes.
CELLS = [
    ("a word", "a word", True),
    ("a word", "a ward", False),
    ("images: 200", "images: 201", False),
    ("share ≈ 0.41 (0.38 to 0.44)", "share ≈ 0.52 (0.48 to 0.55)", True),
    ("share ≈ 0.41", "sharp ≈ 0.41", False),
    ("share ≈ nan", "share ≈ 0.41", False),
    ("device: cpu", "device: cuda", True),
    ("one line", "one line\nand another", False),
]


def _cell(printed, saved, count):
    output = nbformat.v4.new_output("stream", name="stdout", text=f"{saved}\n")
    return nbformat.v4.new_code_cell(f"print({printed!r})", outputs=[output], execution_count=count)


def _picture(saved_dot, saved_text, count):
    output = nbformat.v4.new_output("display_data", {"image/png": saved_dot, "text/plain": saved_text})
    return nbformat.v4.new_code_cell(SHOW, outputs=[output], execution_count=count)


def _flag(saved, count):
    cell = _cell("", saved, count)
    cell.source = f'import os\nprint(os.environ.get("{SAVING}"))'
    return cell


def _outcomes(folder, cells):
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "tiny.ipynb")
    options = ["--nbval", "--nbval-current-env", f"--nbval-sanitize-with={MASKS}", "--junitxml=report.xml", "-q"]
    plain = ["-p", "no:cacheprovider", "-p", "tests.saving", "-c", "empty.ini", "--rootdir", "."]
    (folder / "empty.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "tiny.ipynb", *options, *plain]
    imports = {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=folder, env=os.environ | imports, capture_output=True, timeout=120)
    cases = ElementTree.parse(folder / "report.xml").iter("testcase")  # noqa: S314 - what pytest wrote a moment ago
    return [case.find("failure") is None and case.find("error") is None for case in cases]


def test_nbval_passes_and_fails_as_it_should(tmp_path):
    cells = [_cell(printed, saved, count) for count, (printed, saved, _) in enumerate(CELLS, 1)]
    cells += [_picture(DOT[:-4] + "CYIJ", "a dot", 20), _picture(DOT, "a blot", 21)]
    cells += [_flag("1", 22), _flag("None", 23)]
    assert _outcomes(tmp_path, cells) == [*(passes for *_, passes in CELLS), True, False, True, False]


def test_no_other_kernel_is_told_to_save():
    assert SAVING not in os.environ


def test_this_run_compares_the_notebooks(pytestconfig):
    """The options that the project's test command sets: without them the notebooks would silently not be run."""
    assert pytestconfig.option.nbval
    assert (ROOT / pytestconfig.option.nbval_sanitize_with).samefile(MASKS)
    assert "notebooks" in pytestconfig.getini("testpaths")
    assert NOTEBOOKS
