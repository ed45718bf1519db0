"""A photograph of the reader's goes the whole way: chosen in the page, explained in the widget, kept as a report."""

import io
import os
from pathlib import Path

import pytest
import skimage
from PIL import ExifTags, Image, ImageChops, ImageStat

from cam_course import images, weights
from cam_course.lesson import visitors
from cam_course.lesson.execute import number_of, read, solve, write
from cam_course.pots import KINDS
from cam_course.report import __main__ as command
from tests.notebooks.rules import NOTEBOOKS

from . import lab

pytest.importorskip("playwright.sync_api", reason="no Playwright; python3 run.py test installs it")

from .notebook_page import NotebookPage

ROCKET = Path(skimage.data_dir) / "rocket.jpg"
CELLS = ("12-01", "12-03", "12-05", "12-18")  # setup, networks, photographs, the report and the button
KEEP = "from cam_course.report import save"
LATERAL = 6  # the EXIF orientation of a camera held upright: the file lies on its left side
ANSWER_SECONDS = 30
WIDTH = 1200

# Of each picture in a page: whether it is displayed, how large, and what is said to those who do not see it.
PICTURES = """() => [...document.images].map(image => ({
  shown: image.complete && image.naturalWidth > 0 && image.getBoundingClientRect().width > 50,
  alt: image.alt,
}))"""


def lesson(folder):
    """The cells of lesson 12 that a picture goes through; the line that keeps the report no longer a comment."""
    (path,) = (path for path in NOTEBOOKS if number_of(path) == "12")
    notebook = solve(read(path))
    notebook.cells = [cell for cell in notebook.cells if cell.id in CELLS]
    assert [cell.id for cell in notebook.cells] == list(CELLS)
    for cell in notebook.cells:
        cell.outputs, cell.execution_count = [], None
    notebook.cells[-1].source = notebook.cells[-1].source.replace(f"# {KEEP}", KEEP)
    write(notebook, folder / path.name)
    return path.name


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder that the server shows, where the lesson writes its report."""
    return tmp_path_factory.mktemp("lesson")


@pytest.fixture(scope="module")
def notebook(browser, folder, tmp_path_factory):
    """The lesson's page, run, with its button."""
    name = lesson(folder)
    with lab.server(folder, tmp_path_factory.mktemp("state")) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        opened = NotebookPage(page, address, name)
        cells = opened.run_all()
        assert opened.errors(cells) == []
        opened.wait_for_widgets(cells)
        yield opened
        page.close()


def choose(notebook, file):
    """Press the button and choose a file, as a reader does."""
    with notebook.page.expect_file_chooser() as chooser:
        notebook.page.get_by_role("button", name="your picture").click()
    chooser.value.set_files(file)


def drawn(notebook):
    """The widget's picture, as its bytes were sent to the page."""
    source = notebook.page.locator(".jupyter-widgets img.widget-image").last
    data = source.evaluate("async image => [...new Uint8Array(await (await fetch(image.src)).arrayBuffer())]")
    return Image.open(io.BytesIO(bytes(data))).convert("RGB")


def say(notebook, role, text):
    """Wait until the widget says something."""
    notebook.page.locator(f"[role={role}]").filter(has_text=text).wait_for(timeout=ANSWER_SECONDS * 1000)


def screenshot(page, name):
    """Save the page where CAM_COURSE_SCREENSHOTS names a folder."""
    if where := os.environ.get("CAM_COURSE_SCREENSHOTS"):
        Path(where).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(where) / f"{name}.png", full_page=True)


def lying(path):
    """The rocket as a phone stores it: on its side, with a note which side is up."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = LATERAL
    with Image.open(ROCKET) as rocket:
        rocket.transpose(Image.Transpose.ROTATE_90).save(path, quality=95, exif=exif)
    return path


@pytest.mark.parametrize("how", ["as it is", "lying on its side"])
def test_a_photograph_is_explained_in_the_widget(notebook, tmp_path, how):
    path = ROCKET if how == "as it is" else lying(tmp_path / "phone.jpg")
    choose(notebook, path)
    picture = images.read(ROCKET)
    say(notebook, "status", f"Read: {picture.width} × {picture.height} pixels.")
    expected = visitors.look(weights.load("pots_biased"), images.read(path), 128, KINDS)
    say(notebook, "status", expected.numbers)
    screenshot(notebook.page, f"upload {how}")
    difference = ImageChops.difference(drawn(notebook), expected.picture)
    assert max(ImageStat.Stat(difference).mean) < 4  # of 255: a JPEG's share


def test_a_photograph_of_more_than_ten_megabytes_arrives(notebook, tmp_path):
    path = tmp_path / "large.bmp"
    images.read(ROCKET).resize((2200, 1800)).save(path)
    assert path.stat().st_size > 11_000_000  # beyond what Jupyter takes unless told otherwise
    choose(notebook, path)
    say(notebook, "status", "Read: 2200 × 1800 pixels.")


BAD = {
    "drawing.svg": (
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "an SVG drawing with a",
    ),
    "<img src=x onerror=alert(1)>.jpg": (ROCKET.read_bytes()[:20_000], "truncated after 20,000 bytes; fetch or copy"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_the_widget_and_the_picture_stays(notebook, name):
    content, message = BAD[name]
    dialogs, before = [], drawn(notebook)
    notebook.page.once("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    choose(notebook, {"name": name, "mimeType": "image/jpeg", "buffer": content})  # not every disk takes the name
    say(notebook, "alert", message)
    say(notebook, "alert", repr(name))
    screenshot(notebook.page, f"upload refused {message[:9]}")
    assert drawn(notebook) == before
    assert dialogs == []


def from_the_command(folder):
    """The report of the rocket, by the command."""
    out = folder / "rocket.html"
    command.main([str(ROCKET), "--model", "pots_biased", "--out", str(out), "--steps", "4"])
    return out


@pytest.mark.parametrize(("made", "pictures"), [("by the lesson", 5), ("by the command", 13)])
def test_a_report_opens_from_the_disk_and_asks_nobody(browser, notebook, folder, tmp_path, made, pictures):
    file = folder / "coffee.html" if made == "by the lesson" else from_the_command(tmp_path)
    page = browser.new_page(viewport={"width": WIDTH, "height": 900})
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    found = page.evaluate(PICTURES)
    screenshot(page, f"report {made}")
    page.close()
    assert (complaints, asked) == ([], [file.as_uri()])
    assert [picture["shown"] for picture in found] == [True] * pictures
    alts = [picture["alt"] for picture in found]
    assert len(set(alts)) == pictures and min(map(len, alts)) > 40
