"""The browser that the tests of this folder share."""

import pytest

from . import lab

PATIENCE = 30  # seconds for what a page is expected to show: two workers and their kernels may share two cores


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    path = lab.chromium()
    driver = pytest.importorskip("playwright.sync_api", reason="no Playwright; python3 run.py test installs it")
    driver.expect.set_options(timeout=PATIENCE * 1000)
    with driver.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=path, args=lab.FLAGS)
        yield chromium
        chromium.close()
