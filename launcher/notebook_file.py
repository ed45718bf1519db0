"""Change the source of one cell in a notebook's file, and not a byte of the rest: nothing is formatted anew."""

import json
import re
from typing import Any

from launcher.failures import Problem

# A line of the file that begins with this key: inside a text, JSON has no line ends and escapes quotation marks.
SOURCE = re.compile(r'^(?P<indent>[ \t]*)"source":[ \t]*(?=[\["])', re.MULTILINE)


def sources(text: str) -> list[tuple[str, str, list[str]]]:
    """Return each cell's type, source and tags.

    Raises:
        Problem: the file is no notebook.
    """
    try:
        cells = json.loads(text)["cells"]
        return [(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(f"Expected a notebook, got a file of something else ({error}); restore it with git.") from error


def replace_source(text: str, place: int, source: str) -> str:
    """Return the file's text with another source in the cell at this place.

    Raises:
        Problem: the file is laid out in a way that no Jupyter writes.
    """
    wanted = json.loads(text)
    old, new = wanted["cells"][place]["source"], source
    if isinstance(old, list):
        new = source.splitlines(keepends=True)
    wanted["cells"][place]["source"] = new
    for match in SOURCE.finditer(text):
        found, end = json.JSONDecoder().raw_decode(text, match.end())
        if found != old:
            continue
        changed = text[: match.end()] + layout(new, text[match.end() : end], match["indent"]) + text[end:]
        if json.loads(changed) == wanted:
            return changed
    raise Problem("Expected a notebook with a key a line, as Jupyter saves it, got another layout; save it in Jupyter.")


def layout(source: Any, before: str, indent: str) -> str:
    """Write a source as the file wrote the one before: indented alike, with the same ends of lines."""
    if isinstance(source, str) or not source:
        return json.dumps(source, ensure_ascii=False)
    inner = re.match(r"\[(\r?\n[ \t]+)", before)
    line = inner[1] if inner else f"\n{indent} "
    last = re.search(r"(\r?\n[ \t]*)\]\Z", before)
    items = ("," + line).join(json.dumps(item, ensure_ascii=False) for item in source)
    return f"[{line}{items}{last[1] if last else chr(10) + indent}]"
