"""Lessons keep to what ipywidgets 7.7 and 8 have in common: Colab brings the older one."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# what 8.0 added, after its list of changes
ONLY_8 = {"TagsInput", "ColorsInput", "FloatsInput", "IntsInput", "NaiveDatetimePicker", "DatetimePicker", "TimePicker"}
ONLY_8 |= {"Stack"}
ARGUMENTS_OF_8 = {"tooltip", "tabbable", "titles", "description_allow_html", "playing", "behavior", "text_color"}
ATTRIBUTES_OF_8 = {"playing", "tabbable", "allow_html", "description_allow_html", "text_color"}


def widget_modules():
    return [path for path in sorted((ROOT / "cam_course").rglob("*.py")) if "ipywidgets" in path.read_text("utf-8")]


def beyond_7(source):
    """What of a module only ipywidgets 8 has."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ONLY_8 | ATTRIBUTES_OF_8:
            found.append(node.attr)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("ipywidgets.", "widgets.")):
            found += [keyword.arg for keyword in node.keywords if keyword.arg in ARGUMENTS_OF_8]
    return found


@pytest.mark.parametrize("path", widget_modules(), ids=lambda path: path.stem)
def test_a_module_uses_nothing_that_only_8_has(path):
    assert beyond_7(path.read_text("utf-8")) == []


def test_what_only_8_has_would_be_found():
    source = "ipywidgets.Button(tooltip='x')\nipywidgets.Stack([])\nplay.playing = True"
    assert sorted(beyond_7(source)) == ["Stack", "playing", "tooltip"]
    assert len(widget_modules()) >= 6
