"""Photographs that scikit-image brings along: the right ones, with boxes where the things are, and no network."""

import importlib.util
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from cam_course import images
from cam_course.images import samples

SIZES = {"cat": (451, 300), "coffee": (600, 400), "rocket": (640, 427)}


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A scikit-image without its pictures."""
    (tmp_path / "data").mkdir()
    found = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    return tmp_path / "data"


def colors(name, box):
    """Mean red, green and blue in a box, 0…255."""
    return np.asarray(images.sample_photo(name).picture.crop(images.sample_photo(name).boxes[box])).mean((0, 1))


@pytest.mark.parametrize("name", SIZES)
def test_each_is_there_with_its_license_and_boxes_inside(name):
    photo = images.sample_photo(name)
    assert photo.picture.size == SIZES[name]
    assert photo.license in ("CC0", "public domain") and photo.author and photo.shows
    for left, top, right, bottom in photo.boxes.values():
        assert 0 <= left < right <= photo.picture.width and 0 <= top < bottom <= photo.picture.height


def test_all_are_offered():
    assert images.sample_names() == list(SIZES)


def test_the_rocket_is_lighter_than_what_is_beside_it():
    gray = np.asarray(images.sample_photo("rocket").picture).mean(-1)
    left, top, right, bottom = images.sample_photo("rocket").boxes["rocket"]
    light = {step: gray[top:bottom, left + step : right + step].mean() for step in range(-20, 21, 5)}
    assert max(light, key=light.get) in (-5, 0, 5)
    assert light[0] > 1.25 * max(light[-20], light[20])


def test_the_saucer_is_red_and_the_coffee_in_the_cup_is_lighter():
    red, green, _ = colors("coffee", "saucer")
    assert red > 1.6 * green
    assert colors("coffee", "cup").sum() > colors("coffee", "saucer").sum()


def test_the_eyes_are_greener_than_the_nose():
    left, right, nose = (colors("cat", part) for part in ("left eye", "right eye", "nose"))
    assert min(left[1] - left[0], right[1] - right[0]) > nose[1] - nose[0] + 15


def test_a_misspelt_name_gets_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'coffee'"):
        images.sample_photo("cofee")


def test_without_scikit_image_the_remedy_is_said(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="pip install scikit-image.*images.read.*pots.sample"):
        images.sample_photo("cat")


def test_a_version_without_the_file_is_told(elsewhere):
    with pytest.raises(FileNotFoundError, match=r"expected chelsea.png in scikit-image"):
        images.sample_photo("cat")


def test_another_picture_gets_no_boxes(elsewhere):
    Image.new("RGB", (451, 300)).save(elsewhere / "chelsea.png")
    with pytest.raises(ValueError, match=r"for which the boxes were drawn, got another picture.*; take a photograph"):
        images.sample_photo("cat")


def test_scikit_image_is_not_imported_for_it():
    code = "import sys; from cam_course import images; images.sample_photo('cat'); print('skimage' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


def test_the_digests_are_those_that_scikit_image_knows():
    from skimage.data._registry import registry

    for about in samples._known().values():
        assert registry[f"data/{about['file']}"] == about["sha256"]
