"""Saved pages without a kernel: as nbconvert writes them, with and without scripts, and as JupyterLab opens them."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbconvert import HTMLExporter, SlidesExporter

from cam_course.lesson.execute import normalize, write

from . import lab

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright; python3 run.py test installs it")

from .hues import SIZE, START, STILL, cell, drawn, explorer, looks_like, shows  # noqa: E402
from .notebook_page import NotebookPage  # noqa: E402


@pytest.fixture(scope="module")
def notebook():
    """Two explorers, the second shown twice."""
    with pytest.MonkeyPatch.context() as patch:
        left, right = (cell(explorer(side), patch) for side in ("left", "right"))
    again = nbformat.from_dict({**right, "id": "again"})
    return normalize(nbformat.v4.new_notebook(cells=[left, right, again]))


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    path = lab.chromium()
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=lab.FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=["html", "slides"])
def address(request, notebook, tmp_path_factory):
    """The page that nbconvert writes, as a file."""
    exporter = {"html": HTMLExporter, "slides": SlidesExporter}[request.param]
    path = tmp_path_factory.mktemp("page") / f"{request.param}.html"
    path.write_text(exporter().from_notebook_node(notebook)[0], encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def opened(browser, address):
    """Opens the page, with scripts or without, the net cut off; also what it asked the net for."""
    contexts = []

    def open_page(**options):
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}, **options))
        page, asked = contexts[-1].new_page(), []
        page.route("http*://**", lambda route: (asked.append(route.request.url), route.abort()))
        page.goto(address, wait_until="domcontentloaded")
        return page, asked

    yield open_page
    for context in contexts:
        context.close()


def test_keys_and_mouse_show_the_frames_that_python_rendered(opened):
    page, _ = opened()
    root = page.locator(".jp-CodeCell").first
    slider = root.get_by_role("slider", name="hue left")
    assert shows(root, "green", "left")
    playwright.expect(root.locator(STILL)).to_have_attribute("alt", "A gray stripe, green on the left.")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert shows(root, "blue", "left")
    assert slider.get_attribute("aria-valuetext") == "blue"
    assert root.locator(STILL).get_attribute("alt") == drawn("blue", "left").numbers
    box = slider.bounding_box()
    page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
    assert shows(root, "red", "left")
    page.keyboard.press("ArrowRight")
    assert shows(root, "green", "left")
    assert root.locator(".cam-frames img").is_hidden()  # no second picture


def test_sliders_of_one_page_do_not_know_each_other(opened):
    page, _ = opened()
    left, right, again = page.locator(".jp-CodeCell").all()
    right.get_by_role("slider").press("Home")
    assert shows(right, "red", "right")
    again.get_by_role("slider").press("End")
    assert [shows(left, "green", "left"), shows(right, "red", "right"), shows(again, "blue", "right")] == [True] * 3
    assert page.evaluate("document.querySelectorAll('.cam-frames [id]').length") == 0


def test_a_page_asks_for_nothing_but_what_nbconvert_itself_puts_in(opened, address):
    _, asked = opened()
    assert {url.split("/")[2] for url in asked} <= {"cdnjs.cloudflare.com", "unpkg.com"}
    assert len(asked) <= 8
    _, nothing = opened(java_script_enabled=False)
    assert [url for url in nothing if "reveal" not in url] == []


def test_without_scripts_the_still_and_its_numbers_stay_and_no_dead_slider(opened):
    page, _ = opened(java_script_enabled=False)
    roots = page.locator(".jp-CodeCell").all()
    assert len(roots) == 3
    for root in roots:
        assert root.locator("img").bounding_box()["width"] == SIZE[0]
        assert root.locator(".cam-frames").inner_text().startswith("green on the ")
        assert root.locator("input, button, output").count() == 0


def test_on_paper_there_is_the_picture_chosen_and_no_slider(opened):
    page, _ = opened()
    root = page.locator(".jp-CodeCell").first
    root.get_by_role("slider").press("End")
    assert shows(root, "blue", "left")
    page.emulate_media(media="print")
    playwright.expect(root.locator("input")).to_be_hidden()
    assert root.locator(STILL).is_visible()
    page.emulate_media(media="screen")
    playwright.expect(root.locator("input")).to_be_visible()


def test_where_the_still_cannot_be_found_what_changes_is_shown_below(opened):
    page, _ = opened()
    root = page.locator(".jp-CodeCell").first
    page.locator(STILL).first.evaluate("image => image.remove()")
    root.get_by_role("slider").press("End")
    own = root.locator(".cam-frames img")
    playwright.expect(own).to_be_visible()
    assert own.get_attribute("alt") == drawn("blue", "left").numbers
    assert own.evaluate("image => image.decode().then(() => image.naturalWidth)") == SIZE[0] // 3


def test_a_page_of_its_own_needs_no_picture_above_it(browser):
    page = browser.new_page()
    page.set_content(f"<!doctype html><main class=jp-RenderedImage>{explorer('right').page().data}</main>")
    page.get_by_role("slider").press("Home")
    still = page.locator("img[src^='data:image/png']")
    playwright.expect(still).to_have_count(1)
    assert looks_like(still, "red", "right")
    page.close()


@pytest.fixture(scope="module")
def laboratory(browser, notebook, tmp_path_factory):
    """JupyterLab on the notebook as cloned, and on it with a signature, as after the reader has run it."""
    folder, state = (tmp_path_factory.mktemp(name) for name in ("pages", "state"))
    write(notebook, folder / "cloned.ipynb")
    trusted = nbformat.from_dict(notebook)
    trusted.cells = [*notebook.cells, nbformat.v4.new_markdown_cell("Another text: a signature is one of a content.")]
    write(normalize(trusted), folder / "trusted.ipynb")
    sign = [sys.executable, "-m", "jupyter", "trust", "trusted.ipynb"]
    subprocess.run(sign, cwd=folder, env=lab._environment(state, ()), check=True, capture_output=True)
    with lab.server(folder, state) as url:
        yield url


@pytest.fixture
def in_lab(browser, laboratory):
    """Opens a notebook in JupyterLab and runs nothing."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})

    def open_notebook(name):
        NotebookPage(page, laboratory, name)
        page.locator(".cam-frames").nth(2).wait_for()
        if folder := os.environ.get("CAM_COURSE_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/{name}.png")
        return page

    yield open_notebook
    page.close()


def test_jupyterlab_opens_a_cloned_notebook_with_stills_and_no_complaint(in_lab):
    page = in_lab("cloned.ipynb")
    assert page.locator(".cam-frames").first.inner_text() == drawn(START, "left").numbers
    assert looks_like(page.locator(STILL).first, START, "left")
    assert page.locator(".cam-frames").locator("input, button, output").count() == 0
    assert page.get_by_text("Error displaying widget").or_(page.get_by_text("Loading widget")).count() == 0


def test_jupyterlab_opens_a_trusted_notebook_with_sliders_that_take_the_keys(in_lab):
    page = in_lab("trusted.ipynb")
    root = page.locator(".jp-CodeCell").first
    slider = root.get_by_role("slider")
    slider.focus()
    for key, hue in (("ArrowLeft", "red"), ("ArrowUp", "green"), ("End", "blue"), ("ArrowDown", "green")):
        page.keyboard.press(key)
        assert shows(root, hue, "left"), key
    again = page.locator(".jp-CodeCell").nth(2)
    again.get_by_role("slider").press("Home")
    assert shows(again, "red", "right")
    assert looks_like(page.locator(".jp-CodeCell").nth(1).locator(STILL), START, "right")
