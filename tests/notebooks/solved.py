"""What the checks of a solved notebook printed, and whether each says right."""

import re
from collections.abc import Iterable, Mapping
from typing import Any


def said(cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What each check among cells of code printed, by the exercise's number."""
    found = [(re.match(r'check\("([^"]+)"', cell["source"]), cell["outputs"]) for cell in cells]
    return {match[1]: "".join("".join(o.get("text", "")) for o in outputs) for match, outputs in found if match}


def assert_solved(cells: Iterable[Mapping[str, Any]]) -> None:
    """Every check says right, and there is one for every exercise."""
    cells = list(cells)
    answers = said(cells)
    wrong = {number: text for number, text in answers.items() if not text.startswith(f"{number}: right.")}
    asked = {cell["metadata"]["exercise"] for cell in cells if "exercise" in cell["metadata"]}
    assert set(answers) == asked, f"checked {sorted(answers)}, asked {sorted(asked)}"
    assert not wrong, wrong
