"""The stages under the networks that speak: how often they pool, and the places of their maps."""

import torch
from torch import nn

from cam_course.pots.trunk import places, trunk


def test_the_first_three_stages_pool_whatever_follows():
    stages = trunk((4, 4, 4, 4, 4))
    assert [isinstance(stage[-1], nn.MaxPool2d) for stage in stages] == [True, True, True, False, False]
    assert stages(torch.zeros(1, 3, 32, 32)).shape == (1, 4, 4, 4)


def test_places_by_hand():
    known = places(torch.zeros(2, 1, 2, 3))
    assert known.shape == (2, 3, 2, 3)
    assert known[1, 1].tolist() == [[-1, 0, 1], [-1, 0, 1]] and known[0, 2].tolist() == [[-1, -1, -1], [1, 1, 1]]
