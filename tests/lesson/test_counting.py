"""A function behind a network, and the pictures of what it counts."""

import torch
from torch import nn

from cam_course import explain
from cam_course.lesson import counting
from cam_course.lesson.counting import Then, count_maps
from cam_course.pots import Scenes
from cam_course.pots.detector import PotDetector


def test_the_new_network_can_be_explained():
    net = Then(nn.Conv2d(1, 2, 1), lambda maps: maps.mean((2, 3)))
    images = torch.rand(2, 1, 4, 4)
    torch.testing.assert_close(net(images), net.net(images).mean((2, 3)))
    assert explain(net, images, "hires_cam", target=1, layer="net").maps.shape == (2, 4, 4)


def test_unsolved_shows_the_pictures_and_solved_the_counts(monkeypatch):
    titles = []
    monkeypatch.setattr(counting, "show", lambda fig, alt: titles.extend(ax.get_title() for ax in fig.axes))
    torch.manual_seed(0)
    net = PotDetector(widths=(4, 4, 4, 4), threshold=0.0).eval()
    asked = [(Scenes("pair", "test", n=1)[0], 1)]
    count_maps(lambda found, kinds: None, net, asked, layer="neck.0")
    count_maps(
        lambda found, kinds: torch.stack([f["scores"].sum().expand(kinds) for f in found]), net, asked, layer="neck.0"
    )
    assert titles[0] == "baya: not counted yet"
    assert titles[1].startswith("baya: ") and float(titles[1].split()[1]) > 0
