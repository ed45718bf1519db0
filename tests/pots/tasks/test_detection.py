"""Detection: the heat that is wanted, the loss, and what a mirror does to boxes, by hand."""

import math

import pytest
import torch

from cam_course.pots.detector import PotDetector
from cam_course.pots.recipes import Recipe
from cam_course.pots.rendered import truth
from cam_course.pots.tasks import detection

NOBODY = [0.0, 0, 0, 0]


def test_the_heat_wanted_is_one_in_the_middle_and_falls_off_with_the_box():
    cells = torch.tensor([[[0.0, 0, 5, 1], NOBODY]])  # middle in column 2, row 0; bell half a cell wide, a tenth high
    heat = detection.bells(cells, torch.tensor([[1, -1]]), torch.Size((1, 2, 3, 6)))
    assert heat[0, 0].sum() == 0  # the other kind, and nobody
    assert heat[0, 1, 0].tolist() == pytest.approx([math.exp(-0.5 * (away / 0.5) ** 2) for away in (2, 1, 0, 1, 2, 3)])
    assert heat[0, 1, 1:].max() < 1e-20


def test_of_two_bells_the_higher_counts():
    cells = torch.tensor([[[0.0, 0, 4, 1], [2.0, 0, 6, 1]]])  # middles in columns 2 and 4, bells 0.4 wide
    heat = detection.bells(cells, torch.tensor([[0, 0]]), torch.Size((1, 1, 1, 7)))
    beside = math.exp(-0.5 * (1 / 0.4) ** 2)
    assert heat[0, 0, 0, 1:6].tolist() == pytest.approx([beside, 1, beside, 1, beside])


def test_focal_loss_by_hand():
    logits, wanted = torch.tensor([0.0, 0.0, 0.0]), torch.tensor([1.0, 0.0, 0.5])
    # even odds: a quarter of log 2 for the middle, for an empty cell, and a sixteenth of that beside a middle
    assert detection.focal(logits, wanted).item() == pytest.approx(math.log(2) * 0.25 * (1 + 1 + 0.5**4))


class Says(torch.nn.Module):
    """Says the same of every cell of a 2×2 grid."""

    stride = 8

    def __init__(self, heat, place):
        super().__init__()
        self.one, self.heat, self.place = torch.nn.Parameter(torch.ones(())), heat, torch.tensor(place)

    def fields(self, images):
        heat = torch.full((len(images), 2, 2, 2), self.heat)
        return heat * self.one, self.place[None, :, None, None].expand(len(images), 4, 2, 2)


def test_the_loss_of_place_by_hand():
    batch = {
        "image": torch.zeros(1, 3, 16, 16),
        "kinds": torch.tensor([[0, -1]]),
        "boxes": torch.tensor([[[0.0, 2, 8, 10], NOBODY]]),  # middle (4, 6), half a cell and three quarters
    }
    said = Says(0.0, [0.0, 0.0, 0.0, math.log(2)])  # the middle of the cell; a cell wide, two high
    wanted = detection.bells(batch["boxes"] / 8, batch["kinds"], torch.Size((1, 2, 2, 2)))
    heat = 0.25 * math.log(2) * (1 + float((1 - wanted[wanted < 1]).pow(4).sum()))  # the middle, the rest
    expected = heat + (0 + 0.25) / 2 + (0 + math.log(2)) / 2
    assert detection.loss(said, batch).item() == pytest.approx(expected, rel=1e-5)


def test_a_mirror_turns_boxes_and_pixels_alike():
    batch = {
        "image": torch.zeros(2, 3, 8, 8),
        "kinds": torch.tensor([[1], [1]]),
        "boxes": torch.tensor([[[1.0, 2, 4, 7]], [[1.0, 2, 4, 7]]]),
    }
    batch["image"][:, :, 2:7, 1:4] = 1
    turned = detection.flipped(batch, torch.tensor([True, False]))
    assert turned["boxes"].tolist() == [[[4.0, 2, 7, 7]], [[1.0, 2, 4, 7]]]
    assert turned["image"][0, 0, 2:7, 4:7].sum() == turned["image"][0, 0].sum() == 15
    assert torch.equal(turned["image"][1], batch["image"][1]) and batch["boxes"][0, 0, 0] == 1


def test_data_are_those_of_the_renderer(tmp_path):
    recipe = Recipe("tiny", "PotDetector", "mixed", n=3, epochs=1, size=32, task="detection")
    known, data = truth("mixed", "train", 3, 32, cache=tmp_path), detection.data(recipe, cache=tmp_path)
    assert all(torch.equal(data[key], known[key]) for key in ("image", "kinds", "boxes")) and len(data) == 3


class Knows(torch.nn.Module):
    """Finds all that is there in the pictures asked for in turn, or boxes twice as high."""

    def __init__(self, known, higher=0.0):
        super().__init__()
        self.one, self.known, self.higher = torch.nn.Parameter(torch.ones(())), known, higher

    def forward(self, images):
        found = []
        for each in detection._there(self.known):
            boxes = each["boxes"].clone()
            boxes[:, 3] += self.higher * (boxes[:, 3] - boxes[:, 1])
            found.append({"boxes": boxes, "labels": each["labels"], "scores": torch.ones(len(boxes))})
        return found


def test_figures_of_who_knows_it_all_and_of_who_sees_everything_too_high(tmp_path):
    known = truth("mixed", "test", 12, 32, cache=tmp_path)
    assert detection.figures(Knows(known), size=32, n=12, cache=tmp_path) == {"AP50": 1.0, "AP75": 1.0, "AP": 1.0}
    higher = detection.figures(Knows(known, higher=0.5), size=32, n=12, cache=tmp_path)  # each overlap is 2/3
    assert higher == {"AP50": 1.0, "AP75": 0.0, "AP": pytest.approx(0.4)}  # right at 0.50, 0.55, 0.60, 0.65 of ten


def test_an_untrained_detector_has_a_gradient_everywhere(tmp_path):
    recipe = Recipe("tiny", "PotDetector", "mixed", n=4, epochs=1, size=32, task="detection")
    batch = detection.data(recipe, cache=tmp_path)
    net = PotDetector(widths=(4, 4, 4, 6))
    detection.loss(net, {**batch, "image": batch["image"].float() / 255}).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters())
