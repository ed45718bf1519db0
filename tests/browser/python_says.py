"""What Python says of the explorers' states, asked in the kernel of a page, beside what the page shows."""

from __future__ import annotations

import ast
import json
import time
from typing import Any

from .notebook_page import MOVE_SECONDS, VIEW, NotebookPage

# each explorer is asked to draw its state once more: nothing of what it has sent before is used
CODE = """
def _explorers_of_the_page(models):
    import hashlib
    import json
    import ipywidgets
    from cam_course.lesson.explorer import Explorer
    known = getattr(ipywidgets.widgets.widget, "_instances", None) or ipywidgets.Widget.widgets
    found = [widget for widget in map(known.get, models) if isinstance(widget, Explorer)]
    said = []
    for widget in found:
        frame = widget._draw(**widget.state)
        picture = hashlib.sha256(widget._encoded(frame.picture)).hexdigest()
        labels = [str(control.label) for control in widget.controls.values()]
        said.append({"numbers": frame.numbers, "picture": picture, "labels": labels})
    return json.dumps(said)
"""
ASK = """async ([code, expression]) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const content = {code, store_history: false, user_expressions: {said: expression}};
  return (await kernel.requestExecute(content).done).content;
}"""
# the same of the page; white space as a reader sees it
SHOWN = """roots => Promise.all(roots.map(async root => {
  const bytes = await (await fetch(root.querySelector('img.widget-image').src)).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const parts = [...root.querySelectorAll('select, .widget-slider .widget-readout')];
  return {
    numbers: root.querySelector('.cam-numbers').innerText.trim(),
    picture: [...digest].map(byte => byte.toString(16).padStart(2, '0')).join(''),
    labels: parts.map(part => part.selectedOptions ? part.selectedOptions[0].text : part.innerText),
  };
}))"""


def agree(notebook: NotebookPage, cells: list[dict[str, Any]]) -> None:
    """Wait until the page shows what Python says; assert it of numbers, pictures and the controls' labels."""
    end = time.monotonic() + MOVE_SECONDS
    said, shown = expected(notebook, cells), on_page(notebook)
    while shown != said and time.monotonic() < end:
        time.sleep(0.1)
        said, shown = expected(notebook, cells), on_page(notebook)
    assert shown == said


def expected(notebook: NotebookPage, cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the kernel says of each explorer of the page, in their order."""
    outputs = [output.get("data", {}) for cell in cells for output in cell["outputs"]]
    models = [data[VIEW]["model_id"] for data in outputs if VIEW in data]
    reply = notebook.page.evaluate(ASK, [CODE, f"_explorers_of_the_page({models})"])
    said = reply["user_expressions"]["said"]
    assert said["status"] == "ok", said
    explorers = json.loads(ast.literal_eval(said["data"]["text/plain"]))
    return [one | {"numbers": _plain(one["numbers"]), "labels": [*map(_plain, one["labels"])]} for one in explorers]


def on_page(notebook: NotebookPage) -> list[dict[str, Any]]:
    """Return what the page shows of each."""
    found = notebook.page.locator(".cam-explorer").evaluate_all(SHOWN)
    return [one | {"numbers": _plain(one["numbers"]), "labels": [*map(_plain, one["labels"])]} for one in found]


def _plain(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.splitlines())
