"""The widgets of a saved lesson: each explorer's output, and what follows it to move without a kernel."""

import json
import re
from itertools import pairwise

from .rules import code_cells

# Lessons saved before their widgets carried frames: `python -m cam_course.lesson.execute NN` and take NN out.
PENDING: set[str] = set()


def widgets(notebook):
    """Each explorer's saved output with the page that follows it, or None."""
    found = []
    for _, cell in code_cells(notebook):
        for output, after in pairwise([*cell.outputs, None]):
            if output.get("data", {}).get("text/plain", "").startswith("[Explorer of "):
                page = ((after or {}).get("data") or {}).get("text/html", "")
                found.append((output, page if "data-cam-frames" in page else None))
    return found


def data_of(page):
    """What the page's script is given."""
    return json.loads(re.search(r"\}\)\((\{.*\})\);</script>\Z", page, re.DOTALL)[1])
