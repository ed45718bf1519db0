"""A picture comes from a path, bytes or an upload of either ipywidgets; what leads elsewhere is refused."""

import os
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import ipywidgets
import pytest

from cam_course import images
from cam_course.images import sources
from tests.images.files import as_file, corners, pixels

CONTENT = as_file("PNG", 4, 4)
EXPECTED = pixels(corners(4, 4))


def upload_of_eight(name="plant.png", content=CONTENT):
    """What `FileUpload.value` holds in ipywidgets 8, for each file."""
    return {"name": name, "type": "image/png", "size": len(content), "content": memoryview(content), "last_modified": 0}


def upload_of_seven(name="plant.png", content=CONTENT):
    """What `FileUpload.value` is in ipywidgets 7."""
    return {name: {"metadata": {"name": name, "type": "image/png", "size": len(content)}, "content": content}}


@pytest.mark.parametrize(
    "source",
    [
        CONTENT,
        bytearray(CONTENT),
        memoryview(CONTENT),
        upload_of_eight(),
        (upload_of_eight(),),
        [upload_of_eight()],
        upload_of_seven(),
        upload_of_seven("content"),
    ],
    ids=["bytes", "bytearray", "memoryview", "one of 8", "8", "8 as list", "7", "7, a file called content"],
)
def test_the_same_picture_from_everywhere(source):
    assert pixels(images.read(source)) == EXPECTED


def test_the_widget_itself_and_its_value(tmp_path):
    widget = ipywidgets.FileUpload()
    with pytest.raises(ValueError, match="expected one uploaded picture, got 0; choose a file first"):
        images.read(widget)
    # what the browser sends, through the library's own translation
    sent = {"name": "plant.png", "type": "image/png", "size": len(CONTENT), "last_modified": 0, "error": ""}
    widget.set_state({"value": [{**sent, "content": memoryview(CONTENT)}]})
    assert pixels(images.read(widget)) == pixels(images.read(widget.value)) == EXPECTED
    assert len(widget.value) == 1


@pytest.mark.parametrize("value", [(upload_of_eight(), upload_of_eight()), upload_of_seven() | upload_of_seven("b")])
def test_several_uploads_are_not_guessed_among(value):
    with pytest.raises(ValueError, match="expected one uploaded picture, got 2; give one of them"):
        images.read(value)


def test_a_bad_upload_is_named_and_its_name_cannot_break_the_line():
    with pytest.raises(ValueError, match=r"in the upload 'a\\nb\.png', got 0 bytes") as caught:
        images.read((upload_of_eight("a\nb.png", b""),))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("source", [None, 7, 1.5, {"a": 1}, [1], [b"x"], {1, 2}, open, object()])
def test_other_sources_are_refused(source):
    with pytest.raises(TypeError, match="expected a path, bytes, an address, a picture or the value of a FileUpload"):
        images.read(source)


@pytest.fixture
def album(tmp_path):
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "plant.png").write_bytes(CONTENT)
    (tmp_path / "secret.png").write_bytes(CONTENT)
    return tmp_path / "album"


@pytest.mark.parametrize("path", ["plant.png", "./plant.png", "../album/plant.png", Path("plant.png"), b"plant.png"])
def test_a_path_inside_the_folder(album, path):
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    assert pixels(images.read(path, folder=album)) == EXPECTED
    assert pixels(images.read(album / "plant.png", folder=str(album))) == EXPECTED


@pytest.mark.parametrize("path", ["../secret.png", "a/../../secret.png", "../album2/x.png", "..", "{absolute}"])
def test_a_path_outside_the_folder(album, path):
    with pytest.raises(ValueError, match="inside the folder 'album', got .*, which leads outside; copy"):
        images.read(path.format(absolute=album.parent / "secret.png"), folder=album)


def test_a_link_that_leads_outside(album):
    link = album / "link.png"
    try:
        link.symlink_to(album.parent / "secret.png")
    except OSError:
        os.link(album / "plant.png", link)  # Windows without the right to links: nothing leads outside
        assert pixels(images.read("link.png", folder=album)) == EXPECTED
        return
    assert pixels(images.read(link)) == EXPECTED
    with pytest.raises(ValueError, match="leads outside"):
        images.read("link.png", folder=album)


def test_links_in_a_circle(album):
    with suppress(OSError):  # Windows without the right to links: then there is no such file, which is told as well
        (album / "circle.png").symlink_to("circle.png")
    for options in ({}, {"folder": album}):
        with pytest.raises((ValueError, FileNotFoundError), match="expected a p.*circle.png'"):
            images.read(album / "circle.png", **options)


def test_paths_that_are_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected a picture at '.*none.png', got no such file"):
        images.read(tmp_path / "none.png")
    with pytest.raises(ValueError, match=r"got a folder at .*; give one file, or images\.folder"):
        images.read(tmp_path)
    with pytest.raises(ValueError, match="got a device at|got no such file"):
        images.read(os.devnull)
    with pytest.raises(ValueError, match="got a zero byte in"):
        images.read("a\0b.png")
    with pytest.raises((ValueError, FileNotFoundError), match="expected a p.* got 'x{26}…x{53}'"):
        images.read("x" * 100_000)


def test_a_file_too_large_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MOST_BYTES", len(CONTENT) - 1)
    path = tmp_path / "large.png"
    path.write_bytes(CONTENT)
    for source in (path, CONTENT, (upload_of_eight(),)):
        with pytest.raises(ValueError, match=f"expected at most {len(CONTENT) - 1} bytes in .*, got more"):
            images.read(source)
    monkeypatch.setattr(sources, "MOST_BYTES", len(CONTENT))
    assert pixels(images.read(path)) == EXPECTED


def test_reading_imports_neither_jupyter_nor_torchvision():
    code = """
        import sys
        from cam_course import images
        from PIL import Image
        images.fit(images.read(Image.new("L", (9, 9))), 4)
        print(sorted({"ipywidgets", "IPython", "torchvision", "matplotlib"} & set(sys.modules)))
    """
    result = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
