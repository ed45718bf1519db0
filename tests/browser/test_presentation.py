"""JupyterLab as a lecturer shows it: `run.py lab --presentation`, on a projector of 1280 by 720 pixels."""

import os
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cam_course.lesson.execute import normalize, write
from launcher import lab as launched

from . import lab

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright; python3 run.py test installs it")

SIZE = "one => parseFloat(getComputedStyle(one).fontSize)"


@pytest.fixture
def address(tmp_path, monkeypatch):
    """A presentation of one notebook, with a reader's folders of its own."""
    said = new_output("stream", text="loss 0.5")
    cells = [new_markdown_cell("# One\n\nwords"), new_code_cell("x = " + " + ".join("1" * 60), outputs=[said])]
    (tmp_path / "lessons").mkdir()
    write(normalize(new_notebook(cells=cells)), tmp_path / "lessons" / "01_one.ipynb")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_TOKEN", "token")
    flags = ["--no-browser", "--port=0", "--allow-root", f"--ServerApp.root_dir={tmp_path / 'lessons'}"]
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    server = launched.start(Path(sys.executable), flags, runtime, launched.ONE_DOCUMENT)
    try:
        launched.report_address(server, runtime, launched.ONE_DOCUMENT)
        yield f"{launched.server_info(runtime)['url']}doc/tree/01_one.ipynb?token=token"
    finally:
        monkeypatch.setattr(launched.signal, "signal", lambda *_: None)  # of the tests' own process
        launched.stop(server, runtime)


def test_type_is_large_lines_are_whole_and_one_document_fills_the_screen(address, tmp_path):
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=lab.chromium(), args=lab.FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(address)
        page.locator(".jp-OutputArea-output pre").wait_for(timeout=60_000)
        page.locator("[data-shell-mode=single-document]").wait_for()
        sizes = [
            page.locator(place).first.evaluate(SIZE)
            for place in (".jp-RenderedMarkdown p", ".cm-content", ".jp-OutputArea-output pre", ".lm-MenuBar-item")
        ]
        assert sizes == [22, 20, 20, 17]  # JupyterLab's own are 14, 13, 13 and 13
        notebook = page.locator(".jp-Notebook").first.bounding_box()
        assert notebook["width"] > 1150
        assert notebook["height"] > 600
        scroller = page.locator(".jp-CodeMirrorEditor .cm-scroller").first
        assert scroller.evaluate("one => one.scrollWidth <= one.clientWidth")
        assert page.locator(".jp-Dialog, .jp-StatusBar-Widget:visible, #jp-left-stack:visible").count() == 0
        if folder := os.environ.get("CAM_COURSE_SCREENSHOTS"):
            page.screenshot(path=Path(folder, "presentation.png"))
        browser.close()
    assert not (tmp_path / "JUPYTER_CONFIG_DIR" / "lab").exists()  # the reader's own settings and windows
