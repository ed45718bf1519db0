"""The picture: named without its folder, known again by its digest."""

import hashlib

import pytest
from PIL import Image

from cam_course.report.photograph import photograph
from tests.images.files import as_file


@pytest.mark.parametrize(
    ("source", "name", "digest"),
    [
        ({"name": "up.png", "content": as_file("PNG")}, "up.png", hashlib.sha256(as_file("PNG")).hexdigest()),
        ({"up.png": {"content": as_file("PNG")}}, "up.png", hashlib.sha256(as_file("PNG")).hexdigest()),
        (({"name": "up.png", "content": as_file("PNG")},), "up.png", hashlib.sha256(as_file("PNG")).hexdigest()),
        (as_file("GIF"), "a picture", hashlib.sha256(as_file("GIF")).hexdigest()),
        (Image.new("RGB", (2, 1), (1, 2, 3)), "a picture", hashlib.sha256(bytes([1, 2, 3, 1, 2, 3])).hexdigest()),
    ],
    ids=["entry", "ipywidgets 7", "ipywidgets 8", "bytes", "picture"],
)
def test_a_picture_is_named_and_known_by_its_digest(source, name, digest):
    photo = photograph(source)
    assert (photo.name, photo.digest) == (name, digest)
