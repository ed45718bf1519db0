"""The page is read by anybody: its check list with its own numbers, what it was made with, and by a screen reader."""

import itertools
import re

import pytest
import torch
from PIL import Image
from torch import nn
from torchvision import transforms

from cam_course.report import report, words
from tests.images.files import BLUE, corners
from tests.report.conftest import Page


def page(net, source=None, **options):
    picture = corners(32, 16) if source is None else source
    return Page(report(net, picture, **{"to": 8, "steps": 0, "progress": False, "methods": ["cam"], **options}))


def test_the_check_list_is_that_of_the_package(net):
    text = page(net).text
    assert len(words.CHECKS) == 10
    places = [text.index(f"{name}. {' '.join(question.split())}") for name, question in words.CHECKS]
    assert places == sorted(places)


def test_the_list_says_what_this_page_knows(net):
    # the middle square of 32 × 16 is half of it; its corners red, green, blue, white: 8 pixels of 2 × 2 each way
    text = page(net).text
    assert "Here: it sees 50 % of the photograph, not squeezed ." in text
    assert "Here: 8 × 8 cells, each 2 × 2 pixels of the photograph ." in text
    assert "Here: its numbers lie between 0.00 and 1.00 ." in text
    chance = torch.tensor([0.5, 1.5]).softmax(0)[1]  # red in half of it, green in half, three times as much
    assert f"Here: class 1, {100 * chance:.0f} % ." in text
    assert "the maps explain class 0, not the first answer" in page(net, target=0).text
    assert "not measured here" in page(net, draws=0).text


def test_a_squeezed_picture_is_called_so(net):
    squeeze = transforms.Compose([transforms.Resize((8, 8)), transforms.ToTensor()])
    assert "it sees 100 % of the photograph, squeezed 2.00 to 1" in page(net, to=squeeze).text


def test_the_numbers_that_the_network_took_are_named(net):
    text = page(net).text
    assert "red, green, blue in 0…1; in this picture from 0.00 to 1.00" in text
    assert "columns 8 to 24, rows 0 to 16 of the photograph, as 8 × 8 pixels" in text
    normal = transforms.Normalize([0.5] * 3, [0.25] * 3)
    text = page(net, to=transforms.Compose([transforms.Resize((8, 8)), transforms.ToTensor(), normal])).text
    assert "Normalize(mean=[0.5, 0.5, 0.5], std=[0.25, 0.25, 0.25])" in text and "from −2.00 to 2.00" in text


def test_a_flat_map_has_no_correlation(net):
    text = page(net, Image.new("RGB", (16, 16), BLUE), methods=["cam", "saliency"], target=1).text
    matrix = re.search(r"a flat map has no order\.(.*)Before you believe", text)[1]
    assert "CAM – – – –" in matrix


def test_one_output_is_asked_without_a_probability():
    torch.manual_seed(0)
    one = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 1))
    found = page(one, methods=None, steps=4)
    assert "All maps below explain its one number" in found.text
    for word in ("probability score", "other class rank", "deletion area", "Random order", "The highest scores"):
        assert word not in found.text, word
    assert "left out" in found.text
    assert "steering" in page(one, categories=["steering"]).text


def test_headings_go_down_one_step_at_a_time(net):
    levels = [int(tag[1]) for tag, _ in page(net, steps=2).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name(net):
    scrolling = [found for found in page(net).of("div") if found.get("class") == "wide"]
    assert len(scrolling) == 2 and len({found["aria-label"] for found in scrolling}) == 2
    assert all((found["role"], found["tabindex"]) == ("region", "0") for found in scrolling)


def luminance(color):
    whole = color if len(color) == 6 else "".join(2 * digit for digit in color)
    parts = [int(whole[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("ground", ["fff", "eaf3fb"])
def test_every_color_of_text_can_be_read(net, ground):
    html = report(net, corners(8, 8), to=8, steps=0, methods=["cam"])
    colors = set(re.findall(r"(?<![-\w])color: #(\w+)", html))
    assert {"1b1b1b", "333", "7a3b00"} <= colors
    for color in colors:
        assert (luminance(ground) + 0.05) / (luminance(color) + 0.05) >= 7, color
