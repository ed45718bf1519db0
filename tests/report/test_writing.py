"""The file: whole or not at all, over nothing that is there."""

import os
from pathlib import Path

import pytest
from PIL import Image

from cam_course.report import report, save, writing
from tests.images.files import corners
from tests.report.conftest import Page


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


def test_a_shipped_network_meets_a_photograph_of_any_shape():
    page = Page(report("pots", Image.new("RGB", (3, 700), "red"), methods=["cam", "grad_cam"], steps=0))
    assert {(image["width"], image["height"]) for image in page.of("img")} == {("3", "640")}
