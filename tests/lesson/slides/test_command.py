"""The command: what it writes, what it says, and the exit status where something is missing."""

import pytest

from cam_course.lesson.slides import __main__ as command
from cam_course.lesson.slides import browsers, packages, printing

LIBRARIES = {
    **dict.fromkeys(("reset.css", "reveal.css", "reveal.js", "zoom.js", "tex-svg-full.js"), "/* nothing */"),
    "LICENSE of reveal.js": "be -- kind",
    "LICENSE of MathJax": "be fair",
}


@pytest.fixture
def libraries(monkeypatch):
    monkeypatch.setattr(packages, "contents", lambda: LIBRARIES)


def test_decks_are_written_with_the_licenses_of_what_they_hold(libraries, tmp_path):
    assert command.main(["04", "11b", "--no-pdf", "--folder", str(tmp_path)]) == 0
    names = {path.name for path in tmp_path.iterdir()}
    decks = {"04_grad_cam.html", "11b_captions_and_questions.html"}
    assert names == decks | {"LICENSE of reveal.js.txt", "LICENSE of MathJax.txt"}
    for name in decks:
        html = (tmp_path / name).read_text(encoding="utf-8")
        assert "default-src 'none'" in html
        assert "be fair" in html
        assert "be - - kind" in html  # two dashes would end the comment that it stands in


def test_without_a_browser_the_decks_are_there_and_the_status_says_that_the_pdfs_are_not(
    libraries, tmp_path, monkeypatch, capsys
):
    monkeypatch.delenv("CAM_COURSE_CHROMIUM", raising=False)
    monkeypatch.setattr(browsers.shutil, "which", lambda name: None)
    monkeypatch.setattr(browsers, "_of_playwright", lambda: None)
    assert command.main(["04", "--folder", str(tmp_path)]) == command.WITHOUT_PDF == 3
    assert (tmp_path / "04_grad_cam.html").exists()
    assert "Expected Chromium, Chrome or Edge, which prints the decks, got none" in capsys.readouterr().err
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_browser_that_does_not_start_is_quoted(libraries, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CAM_COURSE_CHROMIUM", str(tmp_path / "nowhere"))
    assert command.main(["04", "--folder", str(tmp_path)]) == 3
    assert "nowhere to start, got" in capsys.readouterr().err


def test_without_npm_nothing_is_made(tmp_path, monkeypatch, capsys):
    def contents():
        raise packages.Missing("Expected npm, got none")

    monkeypatch.setattr(packages, "contents", contents)
    assert command.main(["--folder", str(tmp_path / "decks")]) == 1
    assert capsys.readouterr().err == "Expected npm, got none\n"
    assert not (tmp_path / "decks").exists()


def test_an_unknown_lesson_is_refused_before_anything_is_fetched(monkeypatch, capsys):
    monkeypatch.setattr(packages, "contents", lambda: pytest.fail("fetched"))
    with pytest.raises(SystemExit, match="2"):
        command.main(["99"])
    assert "expected numbers of lessons (00, 01," in capsys.readouterr().err


def test_a_page_of_a_pdf_is_counted_and_the_tree_of_pages_is_not():
    assert len(printing.PAGE.findall(b"/Type /Pages /Type /Page\n /Type/Page>>")) == 2
