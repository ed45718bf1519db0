"""Segmentation: classes from owners, the mirror and the figures, by hand."""

import math

import pytest
import torch

from cam_course.pots import Scenes
from cam_course.pots.recipes import Recipe
from cam_course.pots.rendered import truth
from cam_course.pots.tasks import segmentation

RECIPE = Recipe("tiny", "PotUNet", "mixed", n=6, epochs=1, size=32, task="segmentation")


def test_classes_are_the_room_the_plants_and_the_pot():
    assert segmentation.CLASSES == ("background", "rudo", "baya", "greg", "yuki", "pot")


def test_a_mask_says_the_same_as_the_masks_of_the_instances(tmp_path):
    data, scenes = segmentation.data(RECIPE, cache=tmp_path), Scenes("mixed", "train", n=6, size=32)
    for mask, item in zip(data["mask"], (scenes[i] for i in range(6)), strict=True):
        assert torch.equal(mask == 5, item["pots"].any(0))
        for kind in range(4):
            of_kind = [plant for plant, k in zip(item["plants"], item["kinds"], strict=True) if k == kind]
            assert torch.equal(mask == kind + 1, torch.stack([torch.zeros_like(mask, dtype=bool), *of_kind]).any(0))


def test_a_mirror_turns_pixels_and_mask_alike():
    image = torch.arange(12.0).view(2, 1, 2, 3)
    turned = segmentation.flipped({"image": image, "mask": image[:, 0].byte()}, torch.tensor([False, True]))
    assert turned["mask"].tolist() == [[[0, 1, 2], [3, 4, 5]], [[8, 7, 6], [11, 10, 9]]]
    assert torch.equal(turned["image"][:, 0].byte(), turned["mask"])


class Paints(torch.nn.Module):
    """Paints fixed classes, (N, H, W), whatever it sees; sure by a margin."""

    def __init__(self, classes, margin=20.0):
        super().__init__()
        self.one, self.classes, self.margin = torch.nn.Parameter(torch.ones(())), classes, margin

    def forward(self, images):
        sure = torch.nn.functional.one_hot(self.classes[: len(images)].long(), 6)
        return sure.permute(0, 3, 1, 2) * self.margin * self.one


def test_the_loss_of_even_odds_is_the_logarithm_of_six():
    mask = torch.tensor([[[0, 5], [3, 1]]], dtype=torch.uint8)
    batch = {"image": torch.zeros(1, 3, 2, 2), "mask": mask}
    assert segmentation.loss(Paints(mask, margin=0.0), batch).item() == pytest.approx(math.log(6))
    assert segmentation.loss(Paints(mask), batch).item() == pytest.approx(0, abs=1e-6)


def test_figures_of_who_knows_it_all_and_of_who_calls_pots_background(tmp_path):
    known = truth("mixed", "test", 12, 32, cache=tmp_path)
    true = segmentation.masks(known["owner"], known["kinds"])
    perfect = segmentation.figures(Paints(true), size=32, n=12, cache=tmp_path)
    assert perfect == {"mean IoU": 1.0, **dict.fromkeys(segmentation.CLASSES, 1.0)}
    without = segmentation.figures(Paints(torch.where(true == 5, 0, true)), size=32, n=12, cache=tmp_path)
    background = float((true == 0).sum() / ((true == 0) | (true == 5)).sum())
    assert without["pot"] == 0 and without["rudo"] == 1 and without["background"] == pytest.approx(background)
    assert without["mean IoU"] == pytest.approx((background + 4) / 6)
