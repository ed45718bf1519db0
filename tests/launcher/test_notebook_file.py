"""A cell's source is changed, and not a byte of the rest, however the file is laid out."""

import json

import pytest

from launcher.failures import Problem
from launcher.notebook_file import replace_source, sources

DECOY = '"source": [\n "x"\n]'  # looks like a source, inside one


def notebook(source):
    output = {"data": {"application/json": {"source": ["a\n", "b"]}}, "output_type": "display_data"}
    text = {"cell_type": "markdown", "metadata": {}, "source": [f"# é {DECOY}\n"]}
    code = {"cell_type": "code", "metadata": {"tags": ["setup"]}, "outputs": [output], "source": source}
    return {"cells": [text, code, {**code, "metadata": {}}], "metadata": {}, "nbformat": 4}


LAYOUTS = {
    "as nbformat writes it": {"indent": 1, "ensure_ascii": False},
    "by four": {"indent": 4},
    "by tabs": {"indent": "\t", "ensure_ascii": False},
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_only_the_lines_of_the_source_change(layout, end):
    before = json.dumps(notebook(["a\n", "b"]), **layout).replace("\n", end) + end
    after = replace_source(before, 1, 'a\nb ≈ "c"\n')
    expected = notebook(["a\n", "b"])
    expected["cells"][1]["source"] = ["a\n", 'b ≈ "c"\n']
    assert json.loads(after) == expected
    assert len(before.split(end)) == len(after.split(end))
    changed = [(old, new) for old, new in zip(before.split(end), after.split(end), strict=True) if old != new]
    indent = layout["indent"] if isinstance(layout["indent"], str) else " " * layout["indent"]
    assert changed == [(f'{indent * 4}"b"', f'{indent * 4}"b ≈ \\"c\\"\\n"')]
    assert replace_source(after, 1, "a\nb") == before


def test_a_source_that_is_one_text_stays_one():
    before = json.dumps(notebook("a\nb"), indent=1)
    first, second, third = before.split(r'"a\nb"')  # the second cell's, the third cell's
    assert replace_source(before, 2, "c") == rf'{first}"a\nb"{second}"c"{third}'


def test_an_empty_source_gets_lines():
    before = json.dumps(notebook([]), indent=1)
    after = replace_source(before, 1, "a\nb")
    assert after == json.dumps({**notebook([]), "cells": json.loads(after)["cells"]}, indent=1)
    assert json.loads(after)["cells"][1]["source"] == ["a\n", "b"]


def test_a_file_on_one_line_is_refused():
    with pytest.raises(Problem, match="a key a line, as Jupyter saves it"):
        replace_source(json.dumps(notebook(["a"])), 1, "b")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{"cell_type": "code"}]}', "<<<<<<< HEAD"]
)
def test_what_is_no_notebook_is_refused(text):
    with pytest.raises(Problem, match="Expected a notebook, got a file of something else"):
        sources(text)


def test_cells_are_read_with_their_tags():
    text = json.dumps(notebook(["a\n", "b"]))
    assert sources(text)[1:] == [("code", "a\nb", ["setup"]), ("code", "a\nb", [])]
