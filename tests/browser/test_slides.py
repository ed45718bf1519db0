"""Every slide of every deck: whole, legible, and made of nothing but its one file."""

import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cam_course.lesson.execute import NOTEBOOKS, number_of, read
from cam_course.lesson.slides import browsers, packages, printing
from cam_course.lesson.slides.deck import SMALLEST, deck

from . import lab

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright; python3 run.py test installs it")

from .sheets import open_deck  # noqa: E402

LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
FULLEST = "11"  # most tables, and hints that have no room in their place
SLIDER = """<div id="s"><input type="range" max="1" value="0" aria-label="frame"><img alt="a frame" width="300"
src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"><small>0</small></div><script>
document.querySelector('#s input').oninput = e => { document.querySelector('#s small').textContent = e.target.value; };
</script>"""


@pytest.fixture(scope="module")
def libraries():
    """What decks are made with; where npm does not hand it over, the tests that ask are skipped by name."""
    try:
        return packages.contents()
    except packages.Missing as why:
        pytest.skip(f"no reveal.js and MathJax: {why}")


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    path = lab.chromium()
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=lab.FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def make(libraries, tmp_path_factory):
    """Makes the deck of a notebook, and returns its path."""
    folder = tmp_path_factory.mktemp("a folder with spaces")

    def write(notebook, path):
        target = folder / f"{path.stem}.html"
        target.write_text(deck(notebook, path, libraries, {other.stem for other in LESSONS}), encoding="utf-8")
        return target

    return write


@pytest.mark.parametrize("path", LESSONS, ids=number_of)
def test_nothing_is_cut_off_nothing_is_too_small_and_nothing_is_fetched(path, browser, make):
    with open_deck(browser, make(read(path), path), "?print-pdf") as shown:
        found = shown.audit(SMALLEST)
        assert (found["small"], found["outside"]) == ([], [])
        assert found["least"] >= 18  # the promise in numbers
        assert found["slides"] == shown.page.locator(".pdf-page").count() > 20
        assert shown.page.locator("details[open], mjx-merror, [data-mjx-error]").count() == 0
        text = shown.page.locator(".slides").inner_text()
        assert "$" not in re.sub(r"`[^`]*`", "", text), "an equation that MathJax left as it was"
        assert (shown.asked, shown.complaints) == ([], [])


def test_on_the_screen_one_key_leads_through_all_of_it_and_answers_open_whole(browser, make):
    (path,) = [path for path in LESSONS if number_of(path) == FULLEST]
    with open_deck(browser, make(read(path), path)) as shown:
        total = shown.page.locator("section.page").count()
        seen, opened, cards = set(), 0, 0
        for _ in range(4 * total):
            found = shown.audit(SMALLEST, visible=True)
            assert (found["slides"], found["small"], found["outside"]) == (1, [], [])
            seen.add(shown.page.evaluate("Reveal.getCurrentSlide().querySelector('.foot span').textContent"))
            folded = shown.page.locator(".present > .page.present details")
            for index in range(folded.count()):
                shown.press("a")
                assert folded.evaluate_all("all => all.map(one => one.open)").index(True) == index
                found = shown.audit(SMALLEST, visible=True)
                assert (found["small"], found["outside"]) == ([], [])
                opened += 1
                cards += folded.nth(index).evaluate("one => one.classList.contains('card')")
            if folded.count():
                shown.press("a")
                assert not any(folded.evaluate_all("all => all.map(one => one.open)"))
            if shown.page.evaluate("Reveal.isLastSlide()"):
                break
            shown.press("ArrowRight")
        assert len(seen) == total
        assert opened > 3
        assert cards > 0  # such a one lies over the slide
        assert (shown.asked, shown.complaints) == ([], [])


def small(*cells):
    for cell in cells:
        cell.metadata["slideshow"] = {"slide_type": "slide"}
    return new_notebook(cells=list(cells))


def test_a_text_of_many_slides_is_cut_between_its_pieces(browser, make):
    rows = "\n".join(f"| row {i} | $x_{{{i}}}$ and words |" for i in range(60))
    items = "\n".join(f"{i}. item {i} " + "words " * 20 for i in range(1, 41))
    lines = "\n".join(f"line {i}" for i in range(70))
    notebook = small(
        new_markdown_cell(f"# Long\n\n| a | b |\n|---|---|\n{rows}\n\n## Items\n\n{items}"),
        new_code_cell("print()", outputs=[new_output("stream", text=lines)]),
    )
    with open_deck(browser, make(notebook, LESSONS[0].with_name("20_long.ipynb"))) as shown:
        assert shown.page.locator("tbody tr").count() == 60
        assert shown.page.locator("table").count() == shown.page.locator("thead").count() > 2
        numbers = shown.page.locator(".text ol").evaluate_all(
            "lists => lists.flatMap(l => [...l.children].map((_, i) => l.start + i))"
        )
        assert numbers == list(range(1, 41))
        assert shown.page.locator(".output .line").all_text_contents() == lines.split("\n")
        titles = shown.page.locator(".running").all_text_contents()
        assert (titles[0], titles[-1]) == ("Long", "Items")


def test_a_slide_that_is_too_full_would_be_found(browser, make):
    notebook = small(
        new_markdown_cell('# One\n\n<p style="position: relative; top: 700px; font-size: 9px">low, small</p>')
    )
    with open_deck(browser, make(notebook, LESSONS[0].with_name("21_full.ipynb"))) as shown:
        found = shown.audit(SMALLEST, visible=True)
        assert [line.split(" by ")[0] for line in found["outside"]] == ["1 / 1: P low, small"]
        assert found["small"] == ["1 / 1: P low, small: 9"]


def test_a_slider_without_kernel_moves_on_its_slide_and_loads_nothing(browser, make):
    slider = new_output("display_data", data={"text/html": SLIDER, "image/jpeg": "QUJD", "text/plain": "[Still.]"})
    outside = new_markdown_cell("# One\n\n[![b](https://example.org/b.svg)](https://example.org) hello")
    notebook = small(outside, new_code_cell("explore()", outputs=[slider]))
    with open_deck(browser, make(notebook, LESSONS[0].with_name("22_slider.ipynb"))) as shown:
        while not shown.page.locator("input[type=range]").is_visible():
            shown.press("PageDown")
        shown.page.locator("input[type=range]").focus()
        shown.page.locator("input[type=range]").fill("1")
        assert shown.page.locator("#s small").text_content() == "1"
        assert (shown.asked, shown.complaints) == ([], [])
        shown.page.evaluate("fetch('https://example.org').catch(() => {})")
        assert any("Content Security Policy" in line for line in shown.complaints)  # even a script may not


def test_a_pdf_has_a_page_for_each_slide_in_the_shape_of_the_screen(browser, make, tmp_path, monkeypatch):
    monkeypatch.setenv("CAM_COURSE_CHROMIUM", lab.chromium())
    assert browsers.found() == lab.chromium()
    path = make(read(LESSONS[0]), LESSONS[0])
    with printing.printer(tmp_path) as print_deck:
        pages = print_deck(path, tmp_path / "deck.pdf")
    with open_deck(browser, path) as shown:
        assert pages == shown.page.locator("section.page").count()
    data = (tmp_path / "deck.pdf").read_bytes()
    boxes = set(re.findall(rb"/MediaBox \[([^\]]*)\]", data))
    assert boxes == {b"0 0 960 540"}  # points: 1280 by 720 pixels of 1/96 inch
    assert [path.name for path in tmp_path.iterdir()] == ["deck.pdf"]
