"""Heads on pooled feature maps: training moves the head only, and a map is that of the class that is named."""

import pytest
import torch
from torch import nn

from cam_course.lesson import heads


@pytest.fixture
def world():
    """Two pictures of 4×4 pixels: the first channel of one is lit in its plant, the second of the other beside it."""
    maps = torch.zeros(2, 2, 2, 2)
    maps[0, 0, 0, 0] = maps[1, 1, 1, 1] = 4.0
    plants = torch.zeros(2, 4, 4, dtype=torch.bool)
    plants[:, :2, :2] = True
    return maps, {"label": torch.tensor([0, 1]), "plant": plants}


def test_a_head_learns_and_leaves_random_numbers_alone(world):
    maps, batch = world
    before = torch.get_rng_state()
    head = heads.trained(maps.mean((2, 3)), batch["label"], classes=2)
    assert torch.equal(torch.get_rng_state(), before)
    assert heads.judged(head, maps, batch)[0].tolist() == [1, 1]
    assert torch.equal(head.weight, heads.trained(maps.mean((2, 3)), batch["label"], classes=2).weight)


def test_the_map_is_of_the_class_that_is_named(world):
    maps, batch = world
    head = nn.Linear(2, 2, bias=False)
    head.weight.data = torch.eye(2)
    right, energy = heads.judged(head, maps, batch)
    assert right.tolist() == [1, 1]
    assert energy[0] > 0.6  # the cell at the plant, enlarged, spills over its edge
    assert energy[1] < 0.1
    head.weight.data = torch.tensor([[-1.0, 1.0], [0.0, -1.0]])
    assert heads.judged(head, maps, batch)[0].tolist() == [0, 0]


def test_what_stands_beside_the_map(world):
    maps, batch = world
    batch["image"] = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    old = nn.Sequential(nn.Conv2d(3, 2, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(32, 2)).eval()
    nn.init.ones_(old[3].weight)  # so that Grad-CAM is nowhere empty
    found = heads.places(old, nn.Linear(2, 2), maps, batch)
    assert {len(one) for one in found.values()} == {2}
    assert found["flat"].tolist() == pytest.approx([0.25, 0.25])
    assert found["feature maps, plain sum"][0] > 0.6


def test_heads_drawn_at_random_are_the_same_again_and_differ(world):
    maps, batch = world
    before = torch.get_rng_state()
    right, energy = heads.drawn(8, maps, batch, classes=2)
    assert torch.equal(torch.get_rng_state(), before)
    assert right.shape == energy.shape == (8,)
    assert energy.max() > energy.min()
    assert torch.equal(energy, heads.drawn(8, maps, batch, classes=2)[1])
