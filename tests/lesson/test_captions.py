import numpy as np
from PIL import Image

from cam_course.lesson.captions import STRIP, captioned


def test_each_caption_stands_above_its_panel_and_the_panels_are_as_they_were():
    sheet = Image.new("RGB", (400, 50), "red")
    drawn = np.asarray(captioned(sheet, ["one", ""]))
    assert drawn.shape == (50 + STRIP, 400, 3)
    assert (drawn[STRIP:] == (255, 0, 0)).all()
    assert (drawn[:STRIP, :200] < 100).any()
    assert (drawn[:STRIP, 200:] == 255).all()
