"""A deck open in a browser: what a slide shows, how large its type is, and what does not fit on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

LAID_OUT_SECONDS = 60

# Each element that shows something: what is smaller than allowed, what leaves its slide or lies under its foot.
# Of an equation, the type of its main line counts; indices are smaller by their nature.
AUDIT = """([smallest, visible]) => {
  const found = {slides: 0, small: [], outside: [], least: Infinity};
  for (const sheet of document.querySelectorAll(visible ? '.present > .page.present > .sheet' : '.sheet')) {
    const own = sheet.getBoundingClientRect();
    found.slides += 1;
    const place = sheet.querySelector('.foot span').textContent;
    const scale = own.width / 1280;
    const foot = sheet.querySelector('.foot').getBoundingClientRect();
    if (Math.abs(own.height - 720 * scale) > 1) found.outside.push(`${place}: ${own.width} by ${own.height}`);
    for (const one of sheet.querySelectorAll('.running, .body, .body *, .foot, .foot *')) {
      if (one.closest('mjx-assistive-mml, details:not([open]) > :not(summary)')) continue;
      const box = one.getBoundingClientRect();
      const said = `${place}: ${one.tagName} ${one.textContent.trim().slice(0, 40)}`;
      const writes = [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
      const shows = writes || one.matches('img, svg, mjx-container');
      if (!shows || !box.width || !box.height) continue;
      const low = one.closest('.foot') ? own.bottom : foot.top;
      const out = [own.left - box.left, box.right - own.right, own.top - box.top, box.bottom - low];
      if (Math.max(...out) > 1) found.outside.push(`${said} by ${Math.round(Math.max(...out))}`);
      if (one.matches('img, svg, svg *')) continue;
      const size = parseFloat(getComputedStyle(one).fontSize) * (one.currentCSSZoom ?? 1);
      found.least = Math.min(found.least, size);
      if (size < smallest - 0.01) found.small.push(`${said}: ${size}`);
    }
  }
  return found;
}"""


@dataclass
class Deck:
    """A deck in a page.

    Attributes:
        page: Playwright's page.
        asked: addresses that were asked for, the deck's own file left out.
        complaints: what the console says that is no mere information, and exceptions.
    """

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def audit(self, smallest: float, *, visible: bool = False) -> dict[str, Any]:
        """Measure every slide, or the visible one."""
        return self.page.evaluate(AUDIT, [smallest, visible])

    def press(self, key: str) -> None:
        """Press a key, and let the page draw."""
        self.page.keyboard.press(key)
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@contextlib.contextmanager
def open_deck(browser: Browser, path: Path, query: str = "") -> Iterator[Deck]:
    """Open a deck in a browser that is cut off from every network, and wait until it is laid out."""
    with browser.new_context(viewport={"width": 1280, "height": 720}, offline=True) as context:
        deck = Deck(context.new_page())
        address = f"{path.as_uri()}{query}"
        outside = lambda request: not request.url.startswith(("data:", path.as_uri()))  # noqa: E731 - short
        deck.page.on("request", lambda request: outside(request) and deck.asked.append(request.url))
        loud = ("error", "warning")
        deck.page.on("console", lambda message: message.type in loud and deck.complaints.append(message.text))
        deck.page.on("pageerror", lambda error: deck.complaints.append(str(error)))
        deck.page.goto(address)
        deck.page.wait_for_selector("html[data-ready]", state="attached", timeout=LAID_OUT_SECONDS * 1000)
        yield deck
