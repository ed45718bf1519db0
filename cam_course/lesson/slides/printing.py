"""Decks as PDF: a browser opens each, says when it is laid out, and prints it, a page a slide."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import websocket

from cam_course.lesson.slides import browsers
from cam_course.lesson.slides.browsers import Unprinted

PATIENCE = 120.0  # seconds for the browser to start, and for each of its answers
PAUSE = 0.1  # seconds between two questions
PAGE = re.compile(rb"/Type\s*/Page\b")
LAID_OUT = "[document.documentElement.dataset.ready, document.querySelectorAll('.pdf-page').length].join(' ')"


class Browser:
    """A browser that is spoken to in the words of its DevTools."""

    def __init__(self, address: str) -> None:
        # a browser answers to programs, not to pages: no origin is named
        self.socket = websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
        self.numbers = itertools.count(1)
        self.session: dict[str, str] = {}

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method; return its result.

        Raises:
            Unprinted: the browser refuses, or does not answer.
        """
        number = next(self.numbers)
        try:
            self.socket.send(json.dumps({"id": number, "method": method, "params": parameters, **self.session}))
            while (answer := json.loads(self.socket.recv())).get("id") != number:
                pass  # something that the browser tells on its own account
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise Unprinted(f"Expected an answer of the browser to {method}, got {error!r}; try again.") from error
        if "error" in answer:
            raise Unprinted(f"Expected the browser to do {method}, got {answer['error'].get('message')}.")
        return answer["result"]

    def print(self, deck: Path, pdf: Path) -> int:
        """Print a deck; return the number of pages.

        Raises:
            Unprinted: the deck was not laid out, or has another number of pages on paper.
        """
        target = self.ask("Target.createTarget", url=f"{deck.resolve().as_uri()}?print-pdf")["targetId"]
        self.session = {"sessionId": self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        try:
            slides = self._laid_out(deck)
            printed = self.ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        finally:
            self.session = {}
            self.ask("Target.closeTarget", targetId=target)
        data = base64.b64decode(printed["data"])
        if (pages := len(PAGE.findall(data))) != slides:
            raise Unprinted(f"Expected {slides} pages of {deck.name}, a page a slide, got {pages}.")
        pdf.write_bytes(data)
        return pages

    def _laid_out(self, deck: Path) -> int:
        end = time.monotonic() + PATIENCE
        state, slides = "", 0
        while state != "true" and time.monotonic() < end:
            value = self.ask("Runtime.evaluate", expression=LAID_OUT)["result"].get("value", " 0")
            state, slides = value.split(" ")[0], int(value.split(" ")[1])
            if state == "failed":
                break
            time.sleep(PAUSE)
        if state != "true":
            raise Unprinted(f"Expected the browser to lay out {deck.name}, got {state or 'no answer'}; update it.")
        return slides


@contextlib.contextmanager
def printer(folder: Path) -> Iterator[Callable[[Path, Path], int]]:
    """Start a browser and yield its `print`; end the browser.

    Args:
        folder: where the browser keeps its records meanwhile. Beside the decks, since browsers that come as a snap
            are shut out of the system's folder for such things.

    Raises:
        Unprinted: there is no browser, or it does not start.
    """
    program = browsers.found()
    with tempfile.TemporaryDirectory(prefix="printing_", dir=folder, ignore_cleanup_errors=True) as records:
        command = [program, *browsers.flags(), f"--user-data-dir={Path(records).resolve()}", "about:blank"]
        with open(Path(records, "log.txt"), "wb") as log:
            try:
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603 - a browser
            except OSError as error:
                raise Unprinted(
                    f"Expected {program} to start, got {error}; name another in CAM_COURSE_CHROMIUM."
                ) from error
        try:
            yield Browser(_address(process, Path(records))).print
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)


def _address(process: subprocess.Popen[bytes], records: Path) -> str:
    """Where the browser listens: it writes that down once it does."""
    written, end = records / "DevToolsActivePort", time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError):
            port, path = written.read_text(encoding="ascii").split()
            return f"ws://127.0.0.1:{port}{path}"
        time.sleep(PAUSE)
    said = (records / "log.txt").read_text(encoding="utf-8", errors="replace").strip()
    raise Unprinted(f"Expected the browser to start, got: {said[-600:] or 'nothing'}")
