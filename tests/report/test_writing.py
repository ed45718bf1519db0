"""The file: whole or not at all, over nothing that is there; and the command that makes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from cam_course import report as package
from cam_course.pots import KINDS
from cam_course.report import report, save, writing
from cam_course.report.__main__ import main
from tests.images.files import corners
from tests.report.conftest import Page


@pytest.fixture
def photo(tmp_path):
    corners(48, 32).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def test_a_file_that_is_there_stays(tmp_path):
    file = tmp_path / "r.html"
    save("one", file)
    with pytest.raises(FileExistsError, match="expected no file at .*--force"):
        save("two", file)
    assert file.read_text() == "one"
    save("three", file, force=True)
    assert file.read_text() == "three"
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


@pytest.mark.parametrize("link", [os.link, None], ids=["links", "none"])
def test_a_file_that_somebody_made_meanwhile_stays(tmp_path, monkeypatch, link):
    file = tmp_path / "r.html"

    def no_links(*paths):
        raise OSError("this disk has no links")

    monkeypatch.setattr(os, "link", link or no_links)
    monkeypatch.setattr(writing, "free", lambda out, force: file.write_text("somebody's") and file)
    with pytest.raises(FileExistsError):
        save("mine", file)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("r.html", "somebody's")]


def test_a_disk_without_links_gets_its_file(tmp_path, monkeypatch):
    def no_links(*paths):
        raise OSError("this disk has no links")

    monkeypatch.setattr(os, "link", no_links)
    assert save("page", tmp_path / "r.html").read_text() == "page"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("force", [False, True])
def test_a_write_that_breaks_off_leaves_nothing(tmp_path, monkeypatch, force):
    def broken(self, *arguments, **options):
        with open(self, "wb") as stream:
            stream.write(b"half")
        raise OSError(28, "no space left")

    (tmp_path / "there.html").write_bytes(b"before")
    with monkeypatch.context() as full, pytest.raises(OSError, match="no space left"):
        full.setattr(Path, "open", broken)
        save("page", tmp_path / ("there.html" if force else "r.html"), force=force)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("there.html", b"before")]


@pytest.mark.parametrize(
    ("out", "error", "message"),
    [
        ("photo.png", ValueError, "ends in .html, got 'photo.png'"),
        ("nowhere/r.html", FileNotFoundError, "a folder at .*nowhere"),
        ("folder.html", FileExistsError, "got a folder"),
    ],
)
def test_places_where_no_page_belongs(tmp_path, out, error, message):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(error, match=message):
        save("page", tmp_path / out, force=True)


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    (tmp_path / "r.html").symlink_to(tmp_path / "kept.txt")
    with pytest.raises(FileExistsError):
        save("page", tmp_path / "r.html")
    save("page", tmp_path / "r.html", force=True)
    assert (tmp_path / "kept.txt").read_text() == "kept"


def test_a_link_laid_in_wait_is_not_followed(tmp_path, monkeypatch):
    monkeypatch.setattr("secrets.token_hex", lambda size: "guessed")
    (tmp_path / "theirs.txt").write_text("keep me")
    (tmp_path / ".guessed.part").symlink_to("theirs.txt")
    with pytest.raises(FileExistsError):
        save("<!DOCTYPE html>", tmp_path / "page.html", force=True)
    assert (tmp_path / "theirs.txt").read_text() == "keep me"
    assert not (tmp_path / "page.html").exists()


def test_the_class_may_be_named(photo):
    how = {"methods": ["cam"], "steps": 0, "progress": False}
    assert "(number 2)" in Page(report("pots", photo, target="greg", **how)).text
    assert report("pots", photo, target="2", **how) == report("pots", photo, target=2, **how)
    with pytest.raises(ValueError, match="did you mean 'yuki'"):
        report("pots", photo, target="yuky", **how)


def test_a_class_without_a_name_has_a_number(net):
    with pytest.raises(ValueError, match="the number of a class, got 'greg'"):
        report(net, corners(8, 8), target="greg")


def test_the_command(photo, tmp_path, capsys):
    out = tmp_path / "page.html"
    (tmp_path / "names.txt").write_text("A\nB\nC\nD & E\n", encoding="utf-8-sig")  # as some editors save it
    options = ["--methods", "cam,grad_cam", "--target", "D & E", "--steps", "2", "--layer", "stages.2", "--size", "64"]
    main([str(photo), "--out", str(out), "--categories", str(tmp_path / "names.txt"), *options])
    text = Page(out.read_text(encoding="utf-8")).text
    assert "64 × 64" in text and "D & E (number 3)" in text.replace(" (", " (") and "stages.2" in text
    assert "Open it in a browser" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.png"], "expected a picture at 'missing.png', got no such file"),
        (["https://example.org/a.png"], "online"),
        (["photo.png", "--model", "potz"], "did you mean 'pots'"),
        (["photo.png", "--methods", "gradcam"], "did you mean 'grad_cam'"),
        (["photo.png", "--out", "there.html"], "expected no file at 'there.html'"),
        (["names.html"], "a web page (HTML)"),
        (["photo.png", "--categories", "no.txt"], "expected a text file of categories at 'no.txt', got nothing; check"),
        (["photo.png", "--categories", "."], "got a folder; check the path"),
        (["photo.png", "--categories", "bytes.txt"], "expected 'bytes.txt' to be text, got 'utf-8' codec"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(photo, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    for name in ("there.html", "names.html"):
        Path(name).write_text("<html>", encoding="utf-8")
    Path("bytes.txt").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr().err
    assert ended.value.code == 1 and len(said.splitlines()) == 1
    assert message in said
    assert not Path("report.html").exists() and Path("there.html").read_text() == "<html>"


def test_the_help_warns_of_code(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "RUNS THE CODE" in " ".join(capsys.readouterr().out.split())


def test_the_command_runs_where_nothing_is_set_up(photo, tmp_path):
    command = [sys.executable, "-m", "cam_course.report", "photo.png", "--methods", "cam", "--steps", "0"]
    path = os.pathsep.join([str(Path(package.__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, check=True, capture_output=True)
    text = Page((tmp_path / "report.html").read_text(encoding="utf-8")).text
    assert "photo.png , asked of pots" in text
    assert all(kind in text for kind in KINDS)


def test_a_shipped_network_meets_a_photograph_of_any_shape():
    page = Page(report("pots", Image.new("RGB", (3, 700), "red"), methods=["cam", "grad_cam"], steps=0))
    assert {(image["width"], image["height"]) for image in page.of("img")} == {("3", "640")}
