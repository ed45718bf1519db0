"""What the numbers are worth: weights drawn anew, measures that cannot rank, columns that would be empty."""

import pytest
import torch
from PIL import Image
from torch import nn

from cam_course import explain
from cam_course.metrics import rank_correlation
from cam_course.report import forgetting, report, writing
from cam_course.report.findings import findings
from cam_course.report.found import Finding, Findings
from tests.images.files import corners
from tests.report.conftest import Page


def held(ends, areas):
    """Findings of maps with these (deletion, insertion), the last of them the random order's."""
    maps = [Finding("cam", torch.eye(2), deletion=out, insertion=into) for out, into in areas]
    return Findings((), (0, 1), tuple(maps[:-1]), (), {}, torch.eye(1), chance=maps[-1], ends=ends)


@pytest.mark.parametrize(
    ("ends", "areas", "blind"),
    [
        ((0.9, 0.2), [(0.3, 0.8), (0.5, 0.6)], ()),
        ((0.9, 0.2), [(0.3, 0.8), (0.5, 0.81)], ("insertion",)),
        ((0.9, 0.2), [(0.3, 0.8), (0.31, 0.5)], ("deletion",)),
        ((1.0, 0.99), [(0.3, 0.8), (0.5, 0.6)], ("deletion", "insertion")),  # nothing is lost in the end
        ((0.3, 0.9), [(0.3, 0.8), (0.5, 0.6)], ("deletion", "insertion")),
        (None, [(None, None), (None, None)], ()),
    ],
)
def test_what_cannot_rank_is_known(ends, areas, blind):
    assert held(ends, areas).blind == blind


def page(net, source=None, **options):
    picture = corners(32, 16) if source is None else source
    return Page(report(net, picture, **{"to": 8, "steps": 2, "progress": False, "methods": ["cam"], **options}))


def test_the_page_says_what_the_blurred_picture_alone_has(net):
    # the blur leaves a picture of one color as it is: scores 9/255 and 27/255, 1 / (1 + e^(-18/255)) = 0.5176
    text = page(net, Image.new("RGB", (16, 16), (9, 9, 9))).text
    assert "Deletion and insertion cannot rank the maps of this picture." in text
    assert "Blurred all over, it still has 52 % for the class, and 52 % as it is" in text
    assert "so from 52 % to 52 %: larger is better" in text


def test_without_steps_nothing_is_left_of_them(net):
    text = page(net, steps=0).text
    for word in ("deletion", "insertion", "Deletion", "random order", "Random order"):
        assert word not in text.replace("deletion, insertion left out", ""), word
    text = page(net, steps=2).text
    assert "Random order" in text and "Compare with random order" in text


def test_tables_have_as_many_cells_as_heads(net):
    for options in ({}, {"steps": 0}, {"draws": 0}, {"steps": 0, "draws": 0}):
        rows = []
        for tag, _ in page(net, **options).elements:
            if tag == "table":
                rows.append([])
            elif tag == "tr":
                rows[-1].append(0)
            elif tag in ("th", "td"):
                rows[-1][-1] += 1
        assert [len(set(table)) for table in rows] == [1] * len(rows), options


def test_the_class_is_compared_with_the_reverse_too(net):
    assert "Near 1, or near −1 (the reverse)" in page(net).text


def test_weights_drawn_anew_as_by_hand(net):
    torch.manual_seed(1)
    image = torch.rand(3, 8, 8)
    (one,) = findings(net, image, methods=["cam"], steps=0, draws=2).answers
    sizes = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        mixing, scores = nn.Conv2d(3, 2, 1, bias=False), nn.Linear(2, 2, bias=False)  # in the order of the network
        heat = torch.einsum("k,khw->hw", scores.weight[int(net(image[None]).argmax())], mixing(image[None])[0].relu())
        sizes.append(rank_correlation(heat.relu()[None].detach(), one.heatmap[None]).abs().item())
    assert one.anew == pytest.approx(sum(sizes) / 2, abs=1e-5)


def test_the_reverse_counts_as_alike(net, monkeypatch):
    image = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(0))
    found = Finding("cam", explain(net, image, "cam", target=1).maps[0], layers=("1",))

    def turned(part, generator):
        if isinstance(part, nn.Sequential):
            with torch.no_grad():
                part[0].weight.copy_(torch.tensor([[0.0, -1, 0], [0, -1, 0]])[:, :, None, None])
                part[0].bias = nn.Parameter(torch.ones(2))

    monkeypatch.setattr(forgetting, "draw_anew", turned)
    (one,), why = forgetting.with_anew(net, image[None], [found], 1, 2)
    assert one.anew == pytest.approx(1, abs=1e-6) and why == ""


def test_the_network_stays_as_it_was_and_so_do_the_dice(net):
    before = {name: value.clone() for name, value in net.state_dict().items()}
    state = torch.random.get_rng_state()
    findings(net, torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(0)), steps=0, draws=1)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_network_that_cannot_be_copied_is_reported_all_the_same(net):
    net.stubborn = (number for number in range(3))  # a generator has no copy
    text = page(net, draws=1).text
    assert "Weights could not be drawn anew for all" in text and "not measured here" in text
    assert "weights anew" not in text


def test_a_map_of_too_many_passes_is_not_asked_again(net, monkeypatch):
    monkeypatch.setattr(forgetting, "MOST_PASSES", 3)
    found = findings(net, torch.rand(3, 8, 8), methods=["cam", "score_cam"], steps=0, draws=1)
    assert [one.anew is None for one in found.answers] == [False, True]


def test_large_networks_are_not_drawn_anew_unless_asked(net, monkeypatch):
    assert "weights drawn anew 3 times, seeds 0 to 2" in page(net).text
    monkeypatch.setattr(writing, "MOST_PARAMETERS", 9)  # it has 10
    assert "weights drawn anew left out" in page(net).text
    assert "weights drawn anew 1 times" in page(net, draws=1).text
