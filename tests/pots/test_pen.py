"""Drawing primitives, by hand."""

import math

import numpy as np
import pytest

from cam_course.pots.pen import Pen, blend, curve, hsv, normals, shade


def covered(pen):
    return np.asarray(pen.layer.getchannel("A")) > 0


def test_colors_by_hand():
    assert hsv(0, 1, 1) == (255, 0, 0) and hsv(240, 1, 0.5) == (0, 0, 127) and hsv(480, 1, 1) == (0, 255, 0)
    assert hsv(0, -1, 2) == (255, 255, 255)
    assert shade((10, 100, 200), 2) == (20, 200, 255)
    assert blend((0, 100, 200), (100, 100, 0), 0.25) == (25, 100, 150)


def test_a_curve_starts_ends_and_bends_where_it_should():
    assert curve((0, 0), (1, 2), (2, 0), 3).tolist() == [[0, 0], [1, 1], [2, 0]]


def test_normals_stand_to_the_left():
    assert normals(np.array([[0.0, 0], [2, 0], [4, 0]])).tolist() == [[0, 1]] * 3
    assert normals(np.zeros((3, 2))).tolist() == [[0, 0]] * 3


def test_units_become_pixels_up_is_up():
    pen = Pen(100, 0.5, 0.8, 0.2)
    assert pen.pixels([(0, 0), (1, 0), (0, 1)]).tolist() == [[50, 80], [70, 80], [50, 60]]
    turned = Pen(100, 0.5, 0.8, 0.2, tilt=math.pi / 2)
    assert turned.pixels((1, 0))[0] == pytest.approx([50, 60])


def test_a_polygon_covers_its_inside_and_nothing_else():
    pen = Pen(100, 0.5, 0.5, 0.1)
    pen.polygon([(0, 0), (2, 0), (2, 1), (0, 1)], (9, 9, 9))
    rows, columns = np.nonzero(covered(pen))
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (50, 70, 40, 50)
    assert pen.covers((1, 0.5)) and not pen.covers((-0.5, 0.5)) and not pen.covers((9, 9))


def test_dot_ellipse_and_ring_have_the_areas_of_geometry():
    dot, ellipse, ring = (Pen(200, 0.5, 0.5, 0.1) for _ in range(3))
    dot.dot((0, 0), 2, (1, 1, 1))
    ellipse.ellipse((0, 0), (4, 1), (1, 1, 1))
    ring.ring((0, 0), 3, (1, 1, 1), 0.5)
    assert covered(dot).sum() == pytest.approx(math.pi * 40**2, rel=0.04)
    assert covered(ellipse).sum() == pytest.approx(math.pi * 80 * 20, rel=0.04)
    assert covered(ring).sum() == pytest.approx(math.pi * (60**2 - 50**2), rel=0.06)


def test_a_blade_is_as_wide_as_asked_in_its_middle():
    pen = Pen(400, 0.1, 0.5, 0.2)
    pen.blade(curve((0, 0), (2, 0), (4, 0), 41), 0.5, (1, 1, 1))
    heights = covered(pen).sum(0)
    assert heights.max() == pytest.approx(2 * 0.5 * 80, abs=3)
    assert heights.argmax() == pytest.approx(40 + 160, abs=12) and heights[38] == 0
