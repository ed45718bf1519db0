"""The shipped networks do what the course says of them: figures on 400 scenes that no training has seen."""

import math
from functools import cache

import pytest
import torch

from cam_course import scorecard, weights
from cam_course.pots import Scenes

SCENES = 400


@cache
def scenes(regime):
    return Scenes(regime, "test", n=SCENES)


@cache
def batch(regime):
    return scenes(regime).batch(progress=False)


@cache
def network(name):
    return weights.load(name)


@pytest.mark.parametrize(
    ("name", "regime", "low", "high"),
    [
        ("pots_biased", "biased", 0.97, 1.0),
        ("pots_biased", "random", 0.0, 0.40),
        ("pots_biased", "swapped", 0.0, 0.05),
        ("pots", "biased", 0.97, 1.0),
        ("pots", "random", 0.97, 1.0),
        ("pots", "swapped", 0.97, 1.0),
        ("pots_flat", "random", 0.97, 1.0),
    ],
)
def test_accuracy_by_regime(name, regime, low, high):
    assert low <= scorecard.accuracy(network(name), batch(regime)) <= high


def test_wrong_answers_of_the_biased_network_name_the_usual_owner_of_the_pot():
    assert scorecard.goes_to_the_owner(network("pots_biased"), scenes("swapped"), batch("swapped")) >= 0.95


def test_the_evidence_of_the_biased_network_lies_in_the_pot():
    found = scorecard.evidence(network("pots_biased"), batch("swapped"))
    assert found.energy_in_pot >= 0.42
    assert found.energy_in_plant <= 0.17
    assert found.peak_in_pot >= 0.82
    assert found.more_in_plant_than_in_pot <= 0.10


def test_the_evidence_of_the_honest_network_lies_in_the_plant():
    found = scorecard.evidence(network("pots"), batch("swapped"))
    assert found.energy_in_pot <= 0.16
    assert found.energy_in_plant >= 0.38
    assert found.peak_in_plant >= 0.75
    assert found.more_in_plant_than_in_pot >= 0.97


def test_grad_cam_keeps_to_the_side_of_the_plant_asked_for():
    assert min(scorecard.sides(network("pots"), Scenes("pair", "test", n=200))) >= 0.90


def test_many_maps_are_as_one_by_one():
    images, labels = batch("swapped")["image"][:30], batch("swapped")["label"][:30]
    maps = scorecard.maps(network("pots"), images, target=labels)
    assert maps.shape == (30, 128, 128)
    one = scorecard.maps(network("pots"), images[27:28], target=labels[27:28])
    torch.testing.assert_close(maps[27:28], one)
    with pytest.raises(ValueError, match=r"expected one target per image \(30\), got 25"):
        scorecard.maps(network("pots"), images, target=labels[:25])
    said = scorecard.predictions(network("pots"), images)
    torch.testing.assert_close(
        scorecard.maps(network("pots"), images), scorecard.maps(network("pots"), images, target=said)
    )


class Fixed(torch.nn.Module):
    """Names classes that are read from the first pixel, so that every figure can be counted by hand."""

    def __init__(self):
        super().__init__()
        self.nothing = torch.nn.Parameter(torch.zeros(1))

    def forward(self, images):
        return torch.nn.functional.one_hot(images[:, 0, 0, 0].long(), 4) + self.nothing


@pytest.mark.parametrize(("side", "at_once"), [(128, [4, 4, 1]), (256, [1] * 9), (300, [1] * 9), (10, [9])])
def test_fewer_pictures_at_once_where_they_are_large(side, at_once):
    seen = []

    class Brightest(torch.nn.Linear):
        def forward(self, images):
            seen.append(len(images))
            return images.mean((2, 3))

    images = torch.eye(3)[torch.arange(9) % 3].view(9, 3, 1, 1).expand(9, 3, side, side)
    assert scorecard.predictions(Brightest(1, 1), images).tolist() == [0, 1, 2] * 3
    assert seen == at_once


def test_accuracy_and_culprit_by_hand():
    images = torch.zeros(4, 3, 2, 2)
    images[:, 0, 0, 0] = torch.tensor([0.0, 1, 2, 3])
    assert scorecard.accuracy(Fixed(), {"image": images, "label": torch.tensor([0, 1, 1, 1])}) == 0.5

    world = Scenes("swapped", "test", n=4, size=32)
    colors = [world.scene(i).placements[0].color for i in range(4)]
    labels = torch.tensor([world[i]["label"] for i in range(4)])
    images[:, 0, 0, 0] = torch.tensor([*colors[:3], float(labels[3])])  # three errors, all the owner's, and one right
    assert scorecard.goes_to_the_owner(Fixed(), world, {"image": images, "label": labels}) == 1.0
    other = next(k for k in range(4) if k not in (colors[0], int(labels[0])))
    images[0, 0, 0, 0] = other
    assert scorecard.goes_to_the_owner(Fixed(), world, {"image": images, "label": labels}) == pytest.approx(2 / 3)
    images[:, 0, 0, 0] = labels.float()
    assert math.isnan(scorecard.goes_to_the_owner(Fixed(), world, {"image": images, "label": labels}))


def test_the_report_is_of_networks_that_name_the_plant(capsys):
    names = scorecard.classifiers()
    assert "tutorial" in names and "pots_detection" not in names
    with pytest.raises(SystemExit):
        scorecard.main(["pots", "pots_detection"])
    assert "expected networks that name the plant, got 'pots_detection'; of others tells" in capsys.readouterr().err


def test_the_report_names_every_figure():
    lines = list(scorecard.report(["pots_biased"], n=8))
    assert lines[1].startswith("pots_biased")
    for word in ("biased 1.000", "random", "swapped", "owner", "energy in pot", "peak in pot", "own side"):
        assert any(word in line for line in lines), word
