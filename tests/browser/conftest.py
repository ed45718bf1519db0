"""The browser that the tests of this folder share."""

import pytest

from . import lab


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    path = lab.chromium()
    driver = pytest.importorskip("playwright.sync_api", reason="no Playwright; python3 run.py test installs it")
    with driver.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=path, args=lab.FLAGS)
        yield chromium
        chromium.close()
