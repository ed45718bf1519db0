import numpy as np
import pytest
from PIL import Image

from cam_course.lesson.captions import GAP, STRIP, captioned


def test_each_caption_stands_above_its_panel_and_the_panels_are_as_they_were():
    sheet = Image.new("RGB", (400, 50), "red")
    drawn = np.asarray(captioned(sheet, ["one", ""]))
    assert drawn.shape == (50 + STRIP, 400, 3)
    assert (drawn[STRIP:] == (255, 0, 0)).all()
    assert (drawn[:STRIP, :200] < 100).any()
    assert (drawn[:STRIP, 200:] == 255).all()


def ink(caption, wide):
    """Which columns of a strip over two panels hold ink, the caption over the second."""
    strip = np.asarray(captioned(Image.new("RGB", (2 * wide, 1), "white"), ["", caption]))[:STRIP]
    return np.flatnonzero((strip < 255).any((0, 2)))


@pytest.mark.parametrize("caption", ["map of: a dog", "map of: Greater Swiss Mountain dog", "word " * 40, "a\nb"])
@pytest.mark.parametrize("wide", [40, 220, 500])
def test_a_caption_keeps_to_its_panel(caption, wide):
    columns = ink(caption, wide)
    assert len(columns) and columns.min() >= wide + GAP / 2 - 1 and columns.max() <= 2 * wide - GAP / 2


def test_letters_are_smaller_only_where_they_must_be():
    short, long = (np.ptp(ink(caption, 400)) for caption in ("map of: a dog", "map of: Greater Swiss Mountain dog"))
    assert short == np.ptp(ink("map of: a dog", 800))
    assert long < 400 < np.ptp(ink("map of: Greater Swiss Mountain dog", 800))
