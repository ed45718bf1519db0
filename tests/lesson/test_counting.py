"""A function behind a network, and the pictures of what it counts."""

import torch
from torch import nn

from cam_course import explain, weights
from cam_course.lesson import counting
from cam_course.lesson.counting import Then, count_maps, slopes
from cam_course.lesson.exercises import assess
from cam_course.lesson.twins import light, things
from cam_course.pots import KINDS, Scenes
from cam_course.pots.detector import PotDetector


def test_the_new_network_can_be_explained():
    net = Then(nn.Conv2d(1, 2, 1), lambda maps: maps.mean((2, 3)))
    images = torch.rand(2, 1, 4, 4)
    torch.testing.assert_close(net(images), net.net(images).mean((2, 3)))
    assert explain(net, images, "hires_cam", target=1, layer="net").maps.shape == (2, 4, 4)


def test_unsolved_shows_the_pictures_and_solved_the_counts(monkeypatch, capsys):
    titles = []
    monkeypatch.setattr(counting, "show", lambda fig, alt: titles.extend(ax.get_title() for ax in fig.axes))
    torch.manual_seed(0)
    net = PotDetector(widths=(4, 4, 4, 4), threshold=0.0).eval()
    item = Scenes("pair", "test", n=1)[0]
    kind = item["kinds"][0]
    asked = [(item, kind)]
    count_maps(lambda found, kinds: None, net, asked, layer="neck.0")
    count_maps(
        lambda found, kinds: torch.stack([f["scores"].sum().expand(kinds) for f in found]), net, asked, layer="neck.0"
    )
    assert f"{KINDS[kind]}: score ≈ " in capsys.readouterr().out
    assert titles[0] == f"{KINDS[kind]}: not counted yet"
    assert titles[1].startswith(f"{KINDS[kind]}: ") and float(titles[1].split()[1]) > 0


def test_a_steep_step_lights_the_less_sure_of_two_twins_and_a_share_of_the_score_lights_both():
    detect, twins = weights.load("pots_detection"), Scenes("mixed", "test", n=200)[120]

    def counted(weigh):
        return lambda found, kinds: torch.stack(
            [torch.stack([weigh(one["scores"][one["labels"] == kind]).sum() for kind in range(kinds)]) for one in found]
        )

    def shares(counts):
        net = Then(detect, lambda found: counts(found, 4))
        shown = explain(net, twins["image"], "layer_cam", target=0, layer="net.neck.2")
        return light(shown.maps, things(twins))[0, [0, 2]]  # the rudo on the left, the less sure, and the right one

    (found,) = detect(twins["image"][None])
    order = found["boxes"][:, 0].argsort()[[0, 2]]
    rules = {"steep": lambda s: (20 * (s - 0.3)).sigmoid(), "typical": lambda s: s / 0.78}
    slope = {name: slopes(counted(rule), found, 0)[order] for name, rule in rules.items()}
    lit = {name: shares(counted(rule)) for name, rule in rules.items()}
    assert lit["steep"][0] > 10 * lit["steep"][1] and lit["typical"].min() > 0.3
    for name in rules:  # at the last layer each detection has a cell of its own, so that light goes as the slope does
        torch.testing.assert_close(lit[name] / lit[name].sum(), slope[name] / slope[name].sum(), atol=0.05, rtol=0)


def test_a_gradient_of_the_first_picture_alone_is_not_enough():
    def counts(found, kinds):
        rows = [torch.stack([f["scores"][f["labels"] == kind].sum() / 0.78 for kind in range(kinds)]) for f in found]
        return torch.stack([row if i == 0 else row.detach() for i, row in enumerate(rows)])

    verdict = assess("11.3", counts)
    assert verdict.status == "not yet" and "cuts the graph" in verdict.message
