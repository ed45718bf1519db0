"""Classification: accuracy, loss and mirror, by hand."""

import math

import pytest
import torch

from cam_course.pots.tasks import classification


def test_accuracy_by_hand():
    class Brightest(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.one = torch.nn.Parameter(torch.ones(()))

        def forward(self, images):
            return images.mean((2, 3)) * self.one

    images = torch.zeros(3, 3, 4, 4, dtype=torch.uint8)
    images[0, 0], images[1, 2], images[2, 1] = 200, 200, 200
    assert classification.accuracy(Brightest(), images, torch.tensor([0, 2, 2]), batch=2) == pytest.approx(2 / 3)


def test_the_loss_of_even_odds_is_the_logarithm_of_four():
    batch = {"image": torch.zeros(2, 3, 4, 4), "label": torch.tensor([0, 3])}
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 4))
    torch.nn.init.zeros_(net[1].weight), torch.nn.init.zeros_(net[1].bias)
    assert classification.loss(net, batch).item() == pytest.approx(math.log(4))


def test_a_mirror_turns_the_pictures_asked_for_and_keeps_the_label():
    batch = {"image": torch.arange(6.0).view(2, 1, 1, 3), "label": torch.tensor([1, 2])}
    turned = classification.flipped(batch, torch.tensor([False, True]))
    assert turned["image"].flatten().tolist() == [0, 1, 2, 5, 4, 3] and turned["label"].tolist() == [1, 2]
    assert batch["image"][1].flatten().tolist() == [3, 4, 5]
