"""A picture whose colors tell the state it shows: explorers of it, their saved cells, and what a page shows of them."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode
from PIL import Image
from playwright.sync_api import Locator, expect
from pytest import MonkeyPatch

from cam_course.lesson import widgets, without_kernel

SIZE = (400, 120)
HUES = {"red": (200, 40, 40), "green": (40, 160, 40), "blue": (40, 40, 200)}
START = "green"
STILL = ".jp-RenderedImage img"


def drawn(hue: str, side: str) -> widgets.Frame:
    """A picture whose third from the left, or from the right, has a color; the rest is light gray."""
    sheet = Image.new("RGB", SIZE, (220, 220, 220))
    left = 0 if side == "left" else 2 * SIZE[0] // 3
    sheet.paste(HUES[hue], (left, 0, left + SIZE[0] // 3, SIZE[1]))
    return widgets.Frame(sheet, f"{hue} on the {side}, of <400> ≈ 133 pixels")


def explorer(side: str) -> widgets.Explorer:
    """An explorer of a hue; which side has it stays."""
    return widgets.explorer(
        lambda hue: drawn(hue, side),
        alt=f"A gray stripe, green on the {side}.",
        start={"hue": START},
        hue=widgets.slider(f"hue {side}", {hue: hue for hue in HUES}),
    )


def cell(explorer: widgets.Explorer, patch: MonkeyPatch) -> NotebookNode:
    """A cell with what a kernel that saves sends for it, in the committed form."""
    outputs = []
    patch.setenv(without_kernel.SAVING, "1")

    def keep(data, metadata=None, raw=True):
        outputs.append(nbformat.v4.new_output("display_data", data, metadata=metadata or {}))

    patch.setattr(without_kernel, "display", keep)
    explorer._ipython_display_()
    return nbformat.v4.new_code_cell("explore()", outputs=outputs, execution_count=1)


COLORS = """async image => {
  await image.decode();
  const pen = Object.assign(document.createElement('canvas'), {width: 400, height: 120}).getContext('2d');
  pen.drawImage(image, 0, 0);
  return [60, 200, 340].map(x => [...pen.getImageData(x, 60, 1, 1).data.slice(0, 3)]);
}"""


def looks_like(still: Locator, hue: str, side: str) -> bool:
    """Whether a picture on the page has the colors that Python drew, at three places."""
    picture = drawn(hue, side).picture
    expected = [picture.getpixel((x, 60)) for x in (60, 200, 340)]
    found = still.evaluate(COLORS)
    return all(
        abs(a - b) < 12 for one, other in zip(found, expected, strict=True) for a, b in zip(one, other, strict=True)
    )


def shows(root: Locator, hue: str, side: str) -> bool:
    """Wait until a cell's picture and its numbers are those of a state."""
    numbers = root.locator(".cam-frames p").first
    expect(numbers).to_have_text(drawn(hue, side).numbers)
    expect(root.locator("output")).to_have_text(hue)
    still = root.locator(STILL)
    for _ in range(50):
        if looks_like(still, hue, side):
            return True
        still.page.wait_for_timeout(20)
    return False
