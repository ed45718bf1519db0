import pytest

from cam_course.lesson.execute import number_of, read
from tests.notebooks.rules import NOTEBOOKS
from tests.notebooks.saved_frames import PENDING, data_of, widgets

from . import lab

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright; python3 run.py test installs it")


@pytest.fixture(scope="module")
def page():
    """An empty page of a headless Chromium."""
    path = lab.chromium()
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=lab.FLAGS)
        yield chromium.new_page()
        chromium.close()


def row(output, html):
    """A still and its frames, one below the other, as every page shows two outputs of a cell."""
    return f'<section><img src="data:image/jpeg;base64,{output.data["image/jpeg"]}">{html}</section>'


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if number_of(p) not in PENDING], ids=lambda path: path.stem)
def test_every_position_of_a_lessons_sliders_shows_its_numbers_and_a_picture_of_its_own(path, page):
    found = widgets(read(path))
    page.set_content("<!doctype html>" + "".join(row(*one) for one in found))
    for root, (_, html) in zip(page.locator("section").all(), found, strict=True):
        frames, seen = data_of(html)["frames"], []
        still = root.locator("img:not(.cam-frames img)")
        root.get_by_role("slider").press("Home")
        for i, frame in enumerate(frames):
            said = frame["text"] if frame["picture"] else data_of(html)["alt"]
            playwright.expect(still).to_have_attribute("alt", said)  # set with the picture
            playwright.expect(root.locator("p").first).to_have_text(frame["text"])
            playwright.expect(root.locator("output")).to_have_text(frame["label"])
            seen.append(still.get_attribute("src"))
            if i + 1 < len(frames):
                root.get_by_role("slider").press("ArrowRight")
        assert len(set(seen)) == len(frames)
