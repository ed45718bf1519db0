"""One notebook open in JupyterLab: run all of it, read what it shows, move its explorers, take its picture."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Locator, Page

from .lab import TOKEN

OPEN_SECONDS = 60  # JupyterLab and a kernel
RUN_SECONDS = 300  # for the longest notebook on a slow machine
MOVE_SECONDS = 30  # for one answer of an explorer
KEY_MILLISECONDS = 100  # between two keys: a list takes some to open
PAUSE_MILLISECONDS = 1500  # many frames of a player
STEPS = 5  # key presses after which a control must have shown an effect
WIDTH, MARGIN, TALLEST = 1280, 300, 15_000  # of a screenshot, in pixels

# The notebook's own model, read in the page; each cell of code: its number and its outputs.
MODEL = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cells = panel.content.model.sharedModel.cells.filter(cell => cell.cell_type === 'code');
  const busy = panel.sessionContext.session?.kernel?.status;
  return {kernel: busy, cells: cells.filter(cell => cell.source.trim()).map(cell => cell.toJSON())};
}"""
OPEN = """path => {
  const panel = window.jupyterapp?.shell.currentWidget;
  if (panel?.context?.path !== path || !panel.content.model) return false;
  return panel.sessionContext.session?.kernel?.status === 'idle';
}"""
RUN_ALL = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
BYTES = """images => Promise.all(images.map(async image => {
  const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
  return image.naturalWidth + ':' + bytes.join(',');
}))"""
TOP = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content;
  cells.node.querySelector('.jp-WindowedPanel-outer').scrollTop = 0;
  const last = cells.widgets.at(-1).node.getBoundingClientRect();
  return last.bottom - cells.widgets[0].node.getBoundingClientRect().top;
}"""
AT_END = "part => !!part.ariaValueMax && part.ariaValueNow === part.ariaValueMax"
VIEW = "application/vnd.jupyter.widget-view+json"


class NotebookPage:
    """A notebook in a browser page.

    Attributes:
        page: Playwright's page.
        name: the notebook's file name.
    """

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page, self.name = page, name
        page.goto(f"{address}/lab/tree/{name}?token={TOKEN}&reset")
        page.wait_for_function(OPEN, arg=name, timeout=OPEN_SECONDS * 1000)

    def run_all(self) -> list[dict[str, Any]]:
        """Run all cells; return those of code, as saved in a notebook, when the last has ended or one has failed."""
        self.page.evaluate(RUN_ALL)
        end = time.monotonic() + RUN_SECONDS
        while time.monotonic() < end:
            state = self.page.evaluate(MODEL)
            done = all(cell["execution_count"] for cell in state["cells"])
            if self.errors(state["cells"]) or (done and state["kernel"] == "idle"):
                return state["cells"]
            time.sleep(0.25)
        raise TimeoutError(f"expected {self.name} to end within {RUN_SECONDS} s, got {state}")

    @staticmethod
    def errors(cells: list[dict[str, Any]]) -> list[str]:
        """Return the exceptions among the outputs."""
        outputs = [output for cell in cells for output in cell["outputs"]]
        return [f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"]

    def wait_for_widgets(self, cells: list[dict[str, Any]]) -> None:
        """Wait until every widget among the outputs is drawn, and none reports that it cannot be."""
        expected = sum(VIEW in output.get("data", {}) for cell in cells for output in cell["outputs"])
        drawn = self.page.locator(".jp-OutputArea-output > .jupyter-widgets")
        end = time.monotonic() + MOVE_SECONDS
        while drawn.count() < expected and time.monotonic() < end:
            time.sleep(0.1)
        assert drawn.count() == expected
        for complaint in ("Error displaying widget", "Error creating widget", "Loading widget"):
            assert self.page.get_by_text(complaint).count() == 0, complaint

    def explorers(self) -> list[Explorer]:
        """Return the widgets to explore with."""
        return [Explorer(root) for root in self.page.locator(".cam-explorer").all()]

    def screenshot(self, path: Path) -> None:
        """Save the whole notebook as one picture."""
        height = round(self.page.evaluate(TOP))
        self.page.set_viewport_size({"width": WIDTH, "height": min(height + MARGIN, TALLEST)})
        self.page.wait_for_timeout(500)  # JupyterLab lays its panels out anew
        self.page.evaluate(TOP)
        self.page.screenshot(path=path)


class Explorer:
    """A widget with the class ``cam-explorer``: controls, pictures (`Image`), numbers (class ``cam-numbers``)."""

    # Each kind of control: where it takes keys, and the keys there that move it on, and back. JupyterLab keeps the
    # arrow keys to itself on a closed list and on radio buttons (jupyter-widgets/ipywidgets#3912): a list is opened
    # with the space bar first, radio buttons are reached with the tabulator.
    KEYS: ClassVar = {
        "select": (["Space", "ArrowDown", "Enter"], ["Space", "ArrowUp", "Enter"]),
        "[role=slider]": (["ArrowRight"], ["ArrowLeft"]),
        "input[type=checkbox]": (["Space"],),
        ":not(.widget-toggle-buttons) > .widget-toggle-button": (["Space"],),
    }
    CHOICES = (".widget-toggle-buttons", "button:not(.mod-active)"), (".widget-radio-box", "input:not(:checked)")

    def __init__(self, root: Locator) -> None:
        self.root = root

    def controls(self) -> list[tuple[Locator, tuple[list[str], ...]]]:
        """Return each control with the sequences of keys that move it."""
        found = [(one, keys) for kind, keys in self.KEYS.items() for one in self.root.locator(kind).all()]
        for group, other in self.CHOICES:
            found += [(one.locator(other).first, (["Space"],)) for one in self.root.locator(group).all()]
        return found

    def shown(self) -> tuple[list[str], str]:
        """Return the bytes of the pictures, and the numbers as text."""
        pictures = self.root.locator("img.widget-image").evaluate_all(BYTES)
        return pictures, " ".join(self.root.locator(".cam-numbers").all_inner_texts())

    def move(self, control: Locator, ways: tuple[list[str], ...]) -> tuple[bool, bool]:
        """Press keys on a control; return whether the pictures and the numbers have changed."""
        before = self.shown()
        for keys in ways[::-1] if control.evaluate(AT_END) else ways:
            for _ in range(STEPS):
                control.focus()
                for key in keys:
                    control.page.keyboard.press(key)
                    control.page.wait_for_timeout(KEY_MILLISECONDS)
                changed = self.changed(before, MOVE_SECONDS / len(ways) / STEPS)
                if all(changed):
                    return changed
        return self.changed(before, 0)

    def play(self) -> tuple[bool, ...]:
        """Press play, then pause; whether pictures and numbers moved, and then stood. Nothing without such a button."""
        if not self.root.locator(".widget-play").count():
            return ()
        button = self.root.locator(".widget-play button").first
        before = self.shown()
        button.press("Space")
        moved = self.changed(before, MOVE_SECONDS)
        button.press("Space")
        self.root.page.wait_for_timeout(PAUSE_MILLISECONDS)  # frames that were on their way arrive
        before = self.shown()
        self.root.page.wait_for_timeout(PAUSE_MILLISECONDS)
        return (*moved, self.shown() == before)

    def failures(self) -> list[str]:
        """Return what the widget says of an exception in it."""
        return self.root.locator("[role=alert]").all_inner_texts()

    def changed(self, before: tuple[list[str], str], seconds: float) -> tuple[bool, bool]:
        """Return whether pictures and numbers are others than before, at the latest after some seconds."""
        end = time.monotonic() + seconds
        while True:
            pictures, numbers = self.shown()
            changed = (pictures != before[0], numbers != before[1])
            if all(changed) or time.monotonic() >= end:
                return changed
            time.sleep(0.1)
