import pytest
import torch
from torch import nn

from cam_course.lesson.ink import alike, contours, ink, method_and_class, views


def test_ink_is_black_at_the_top_hundredth_and_white_at_zero():
    heatmap = torch.zeros(20, 20)
    heatmap[:2] = 1.0
    heatmap[5, 5] = 1000.0  # one stray pixel
    drawn = ink(heatmap)
    assert drawn.shape == (3, 20, 20)
    assert drawn[:, 0, 0].tolist() == drawn[:, 5, 5].tolist() == [0, 0, 0]
    assert drawn[:, 10, 10].tolist() == [1, 1, 1]


def test_an_empty_map_is_white_and_a_nearly_empty_one_keeps_its_strokes():
    heatmap = torch.zeros(20, 20)
    assert ink(heatmap).unique().tolist() == [1]
    heatmap[3, 3] = 2.0
    assert (ink(heatmap) == 0).sum() == 3


def test_a_contour_lies_on_both_sides_of_a_border():
    mask = torch.zeros(1, 7, 7, dtype=torch.bool)
    mask[:, 2:5, 2:5] = True
    band = contours(mask)
    assert band.sum() == 24  # 5 × 5 around, less the middle
    assert not band[0, 3, 3]
    assert contours(mask, reach=2)[0, 3, 3]
    assert not contours(torch.ones(1, 4, 4, dtype=torch.bool)).any()  # the edge of the picture is no border


def test_maps_are_alike_up_to_scale_and_shift():
    one = torch.rand(2, 4, 4)
    torch.testing.assert_close(alike(one, 2 * one + 1), torch.ones(2))
    torch.testing.assert_close(alike(one, -one), -torch.ones(2))


def test_views_hold_the_map_and_its_signs():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    x, classes = torch.rand(2, 3, 8, 8), torch.tensor([0, 1, 1])
    drawn, signed = views(net, x, "saliency", classes)
    assert drawn.shape == signed.shape == (2, 8, 8)
    assert (drawn >= signed.abs()).all() and (signed < 0).any()
    assert torch.equal(*views(net, x, "grad_cam", classes))


@pytest.fixture
def shown():
    torch.manual_seed(0)
    layers = nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
    networks = {"one": nn.Sequential(*layers), "other": nn.Sequential(*layers)}
    left = torch.zeros(8, 8, dtype=torch.bool)
    left[:, :4] = True
    return method_and_class(
        networks,
        torch.rand(3, 8, 8),
        {"left": left, "all": torch.ones_like(left)},
        methods={"gradient": "saliency", "guided": "guided_backprop"},
        classes=["a", "b"],
        start={"method": "guided_backprop", "class_": 1},
        alt="Two drawings beside a picture.",
    )


def test_the_explorer_tells_the_shares_of_every_network(shown):
    assert shown.state == {"method": "guided_backprop", "class_": 1}
    assert "guided_backprop for b" in shown.text
    assert shown.text.count("all ≈ 1.00") == 2
    assert "one: left ≈" in shown.text and "other: left ≈" in shown.text


def test_each_control_changes_picture_and_numbers(shown):
    for name in ("method", "class_"):
        frames = [frame for _, frame in shown.sweep(name)]
        assert len({frame.numbers for frame in frames}) == len({f.picture.tobytes() for f in frames}) == 2


def test_the_panels_are_named_in_the_picture_itself(shown):
    sheet = next(frame for _, frame in shown.sweep("class_")).picture
    panel = (sheet.width - 16) // 3
    assert sheet.height == panel + 30
    for i in range(3):
        caption = sheet.crop((i * (panel + 8), 0, i * (panel + 8) + panel, 30))
        assert caption.getextrema()[0][0] < 100  # there is ink
