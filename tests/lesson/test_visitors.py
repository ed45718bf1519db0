"""Photographs as guests: what is said of them, where the map lies, the button, and the pieces of photographs."""

import pytest
import torch
from PIL import Image
from torch import nn
from torchvision import models

from cam_course import images, weights
from cam_course.lesson import visitors
from cam_course.pots import KINDS
from tests.images.files import as_file

from .sending import send


@pytest.fixture(scope="module")
def network():
    return weights.load("pots_biased")


@pytest.fixture(scope="module")
def photos():
    return {name: images.sample_photo(name) for name in ("cat", "coffee")}


def test_the_first_answers_come_in_order():
    assert [name for name, _ in visitors.top(torch.tensor([0.0, 3.0, 1.0]), "abc")] == ["b", "c", "a"]
    assert len(visitors.top(torch.arange(9.0), "abcdefghi")) == 5


def test_a_mask_is_its_box(photos):
    mask = visitors.inside(photos["coffee"], "cup")
    assert mask.shape == (1, 400, 600)
    assert mask.sum() == (407 - 173) * (312 - 17)


def test_what_is_seen_is_the_crop(photos):
    fitted = images.fit(photos["coffee"].picture, 64)
    assert visitors.seen(fitted).sum() == 400 * 400


def test_the_explorer_tells_answers_and_boxes(network, photos):
    shown = visitors.photographs(network, photos, 128, KINDS, alt="a photograph", start={"photo": "coffee"})
    assert "It says: baya ≈ 1.00" in shown.text
    assert "cup ≈" in shown.text
    shown.controls["photo"].value = "cat"
    assert "nose ≈" in shown.text
    assert len(shown.sweep("answer")) == 4


def test_the_button_shows_the_sample_and_then_the_picture_chosen(network, photos):
    yours = visitors.Yours(lambda p: visitors.look(network, p, 128, KINDS), photos["cat"].picture, alt="a cat")
    before = bytes(yours.still)
    content = as_file("PNG", 40, 20)
    send(yours.children[0].children[0], content)
    assert bytes(yours.still) != before


def test_names_of_classes_are_text(network):
    names = ["<img src=x>", "b", "c", "d"]
    yours = visitors.Yours(lambda p: visitors.look(network, p, 128, names), Image.new("RGB", (40, 30)), alt="black")
    assert "<img src=x>" not in yours.children[2].value and "&lt;img src=x&gt; below" in yours.children[2].value
    assert "<img src=x> below" in yours.text


def test_a_picture_that_the_network_cannot_take_is_told_in_the_widget(network, photos):
    yours = visitors.Yours(
        lambda p: visitors.look(network, p, models.ResNet18_Weights.DEFAULT, KINDS), photos["cat"].picture, alt="a cat"
    )
    before, (button, line) = bytes(yours.still), yours.children[0].children
    send(button, as_file("PNG", 60_000, 2))  # 256 rows of it would have 7.7 million columns
    assert "role='alert'" in line.value and "crop the picture first" in line.value
    assert bytes(yours.still) == before


def test_outputs_of_many_pictures_are_those_of_each():
    net, images = nn.Sequential(nn.Conv2d(3, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()), torch.rand(19, 3, 8, 8)
    found = visitors.outputs(net, images)
    assert found.shape == (19, 2)
    assert not found.requires_grad
    assert torch.allclose(found, torch.cat([net(image[None]) for image in images]), atol=1e-6)


def test_what_is_hardly_probable_is_told_so(network):
    said = visitors.look(network, Image.new("RGB", (140, 140), (200, 60, 30)), 128, KINDS).numbers
    assert "below 0.01" in said
