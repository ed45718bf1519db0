import dataclasses
import json

import pytest
import torch

from cam_course.pots import dose
from cam_course.pots.places import DATA
from cam_course.pots.recipes import DOSE, RECIPES, Recipe
from cam_course.pots.rendered import labeled
from cam_course.pots.tasks import classification


def card(name):
    return json.loads((DATA / "models" / f"{name}.json").read_text("utf-8"))["accuracy"]


def test_the_curve_holds_every_dose_with_every_seed():
    assert [point[:2] for point in dose.curve()] == [(n, seed) for n in dose.DOSES for seed in dose.SEEDS]


@pytest.mark.parametrize("seed", dose.SEEDS)
def test_without_counterexamples_it_is_the_shipped_network(seed):
    (point,) = [one for one in dose.curve() if one[:2] == (0, seed)]
    shipped = card("pots_biased" if seed == 0 else f"pots_biased_s{seed}")
    assert point.random == pytest.approx(shipped["random"], abs=0.02)
    assert point.swapped == pytest.approx(shipped["swapped"], abs=0.02)


def test_the_shipped_dose_is_a_point_of_the_curve():
    (point,) = [one for one in dose.curve() if one[:2] == (DOSE, 0)]
    assert point.random == pytest.approx(card("pots_dosed")["random"], abs=0.02)
    assert point.swapped == pytest.approx(card("pots_dosed")["swapped"], abs=0.02)


def test_a_dose_differs_from_the_fooled_network_in_nothing_else():
    assert dose.dosed(0, 0) == dataclasses.replace(RECIPES["pots_biased"], name="dose_0_s0")
    assert dose.dosed(DOSE, 0) == dataclasses.replace(RECIPES["pots_dosed"], name=f"dose_{DOSE}_s0")


def test_counterexamples_stand_in_the_place_of_the_last_pictures(tmp_path):
    mixed = Recipe("mixed", "PotNet", "biased", n=5, epochs=1, size=32, counterexamples=2)
    images, labels = classification.data(mixed, cache=tmp_path).values()
    for regime, ours, theirs in (("biased", slice(0, 3), slice(0, 3)), ("random", slice(3, 5), slice(0, 2))):
        expected, kinds = labeled(regime, "train", 5 if regime == "biased" else 2, 32, cache=tmp_path)
        assert torch.equal(images[ours], expected[theirs])
        assert torch.equal(labels[ours], kinds[theirs])


def test_points_are_read_as_they_were_written(tmp_path):
    points = [dose.Point(10, 1, 0.5, 0.25), dose.Point(0, 0, 1.0, 0.0)]
    dose.write(points, tmp_path / "dose.csv")
    assert dose.curve(tmp_path / "dose.csv") == sorted(points)
