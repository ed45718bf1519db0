"""A browser of this machine that prints: Chromium, Chrome or Edge, found where each system keeps it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    "win32": (
        r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
        r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
    ),
}
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-default-browser-check",
    "--remote-debugging-port=0",
)


class Unprinted(RuntimeError):
    """No PDF was made; the text says why and what to do."""


def found() -> str:
    """Path of the browser: named in CAM_COURSE_CHROMIUM, on the path, where it is installed, or Playwright's.

    Raises:
        Unprinted: there is none.
    """
    installed = (os.path.expandvars(place) for place in PLACES.get(sys.platform, ()))
    path = os.environ.get("CAM_COURSE_CHROMIUM") or next(filter(None, map(shutil.which, (*NAMES, *installed))), None)
    if not (path := path or _of_playwright()):
        raise Unprinted(
            "Expected Chromium, Chrome or Edge, which prints the decks, got none; install one, or name it in "
            "CAM_COURSE_CHROMIUM, then run the same command again. The decks themselves are complete."
        )
    return path


def _of_playwright() -> str | None:
    if importlib.util.find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = driver.chromium.executable_path
    return path if Path(path).exists() else None


def flags() -> tuple[str, ...]:
    """How it is started: without a window, and to be spoken to on a port of this machine."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return (*FLAGS, "--no-sandbox") if root else FLAGS  # as root, in a container, the sandbox refuses to start
