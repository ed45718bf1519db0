"""The renderer: the same bytes for a seed, masks that are true, at any size."""

import colorsys
import hashlib
import subprocess
import sys
import time

import numpy as np
import pytest

from cam_course.pots.names import COLORS, REGIMES
from cam_course.pots.scene import NOBODY, Scene, _majority, render

HUES = {"blue": (200, 234), "terracotta": (4, 28), "yellow": (40, 62)}  # degrees, with what light and warmth add


def digest(regimes=REGIMES, size=64):
    scenes = [render(regime, "val", i, size) for regime in regimes for i in range(2)]
    return hashlib.sha256(b"".join(s.pixels.tobytes() + s.owner.tobytes() for s in scenes)).hexdigest()


def hues_and_values(pixels):
    hsv = np.array([colorsys.rgb_to_hsv(*(pixel / 255)) for pixel in pixels])
    return hsv[:, 0] * 360, hsv[:, 2]


@pytest.fixture(scope="module")
def scenes():
    return {regime: [render(regime, "val", i) for i in range(12)] for regime in REGIMES}


def test_the_same_seed_gives_the_same_bytes_here_and_in_another_process():
    code = "from tests.pots.test_scene import digest; print(digest())"
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert there == digest()


@pytest.mark.parametrize("other", [("random", "val", 1), ("random", "test", 0), ("swapped", "val", 0)])
def test_another_index_split_or_regime_gives_another_picture(other):
    one, two = render("random", "val", 0), render(*other)
    assert np.abs(one.pixels.astype(int) - two.pixels.astype(int)).mean() > 10  # not the grain alone


def test_the_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()
    render("random", "val", 0, 64)
    assert (np.random.get_state()[1] == before).all()


def test_every_plant_and_every_pot_can_be_seen(scenes):
    for drawn in scenes.values():
        for scene in drawn:
            assert scene.plants.sum((1, 2)).min() >= 20 and scene.pots.sum((1, 2)).min() >= 20


def test_masks_never_overlap(scenes):
    for drawn in scenes.values():
        for scene in drawn:
            assert np.concatenate([scene.plants, scene.pots]).sum(0).max() == 1


def test_owner_tells_plants_from_pots():
    owner = np.array([[0, 1], [4, 3]], np.uint8)
    scene = Scene(np.zeros((2, 2, 3), np.uint8), owner, (None, None))
    assert scene.plants.tolist() == [[[False, True], [False, False]], [[False, False], [False, True]]]
    assert scene.pots.tolist() == [[[False, False], [False, False]], [[False, False], [True, False]]]


def test_a_pixel_belongs_to_who_owns_more_than_half_of_it():
    owner = np.full((6, 3), NOBODY)
    owner.reshape(2, 9)[0, :5] = 1  # 5 of 9
    owner.reshape(2, 9)[1, :4] = 2  # 4 of 9
    blocks = np.concatenate([owner, np.zeros((6, 3), int)], 1)
    assert _majority(blocks, 2).tolist() == [[1, 0], [0, 0]]


def test_a_pot_has_its_color_inside_its_mask(scenes):
    for scene in scenes["random"] + scenes["pair"]:
        for mask, place in zip(scene.pots, scene.placements, strict=True):
            hue, value = hues_and_values(scene.pixels[mask])
            if COLORS[place.color] == "dark":
                assert np.median(value) < 0.35
            else:
                low, high = HUES[COLORS[place.color]]
                assert low < np.median(hue) < high and np.median(value) > 0.35


def test_a_plant_is_green_inside_its_mask(scenes):
    for scene in scenes["random"] + scenes["pair"]:
        for mask in scene.plants:
            hue, _ = hues_and_values(scene.pixels[mask])
            assert 70 < np.median(hue) < 165


def test_masks_are_tight(scenes):
    """A pot's strong color ends where its mask ends: hardly a saturated blue pixel lies outside."""
    blue = [s for s in scenes["random"] + scenes["biased"] if COLORS[s.placements[0].color] == "blue"]
    assert blue
    for scene in blue:
        r, g, b = (scene.pixels[..., i].astype(int) for i in range(3))
        vivid = (b - r > 90) & (b - g > 40)
        assert (vivid & ~scene.pots.any(0)).sum() < 0.12 * vivid.sum()  # the rest: half-covered edges, a mug, a book
        assert (vivid & scene.plants.any(0)).sum() < 0.03 * vivid.sum()


def test_a_pots_mask_holds_neither_soil_nor_leaves(scenes):
    for scene in scenes["random"] + scenes["biased"]:
        if COLORS[scene.placements[0].color] == "blue":
            hue, _ = hues_and_values(scene.pixels[scene.pots[0]])
            assert ((hue > 195) & (hue < 250)).mean() > 0.9  # the rest: streaks of light, and grain in the shade


@pytest.mark.parametrize("size", [64, 96, 200, 512])
@pytest.mark.parametrize("regime", ["random", "uneven"])
def test_the_composition_does_not_depend_on_the_size(regime, size):
    one, other = render(regime, "val", 3), render(regime, "val", 3, size)
    assert one.placements == other.placements and other.pixels.shape == (size, size, 3)
    grid = (np.arange(48) + 0.5) / 48
    pick = [np.ix_((grid * s).astype(int), (grid * s).astype(int)) for s in (128, size)]
    same = one.owner[pick[0]] == other.owner[pick[1]]
    assert same.mean() > 0.96  # edges may fall to the other side
    apart = np.abs(one.pixels.astype(float).mean((0, 1)) - other.pixels.astype(float).mean((0, 1)))
    assert apart.max() < 2  # of 255: same light, whatever the grain


@pytest.mark.parametrize("size", [0, 31, 1025])
def test_a_size_out_of_range_is_refused(size):
    with pytest.raises(ValueError, match=f"expected size to be 32…1024 pixels, got {size}"):
        render("random", "val", 0, size)


def test_a_picture_takes_at_most_30_ms_of_one_core():
    render("random", "val", 0)
    start = time.process_time()
    for i in range(20):
        render(("random", "pair")[i % 2], "val", i)
    assert (time.process_time() - start) / 20 < 0.03
