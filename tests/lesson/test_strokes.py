import pytest
import torch
from torch import nn

from cam_course import explain, metrics
from cam_course.lesson import figures
from cam_course.lesson.strokes import drawing, drawing_and_class, fineness


def test_a_drawing_is_framed():
    _, (ax,) = figures.row(1)
    (frame,) = drawing(ax, torch.rand(10, 20), "strokes").patches
    assert frame.get_bbox().bounds == (-0.5, -0.5, 20, 10)
    assert not frame.get_fill()
    assert ax.get_title() == "strokes"


def test_fineness_is_zero_for_flat_and_empty_maps_and_nearly_one_for_a_lonely_pixel():
    maps = torch.zeros(3, 40, 40)
    maps[0] = 5.0
    maps[2, 20, 20] = 3.0  # its window of 17 × 17 holds a 289th of it in each pixel: 288/289 has to move
    torch.testing.assert_close(fineness(maps), torch.tensor([0.0, 0.0, 288 / 289]))


def test_fineness_does_not_depend_on_strength():
    maps = torch.rand(2, 30, 30, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(fineness(1000 * maps), fineness(maps))


@pytest.fixture
def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))


@pytest.fixture
def image():
    return torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def shown(network, image):
    left = torch.zeros(8, 8, dtype=torch.bool)
    left[:, :4] = True
    return drawing_and_class(
        network,
        image,
        {"left": left, "all": torch.ones_like(left)},
        drawings={"guided backprop": "guided_backprop", "edges": metrics.edges},
        classes=["a", "b"],
        start={"drawing": "guided backprop", "class_": 1},
        alt="A picture, two maps and their product.",
    )


def test_the_explorer_tells_the_shares_of_the_parents_and_of_their_product(shown, network, image):
    assert shown.state == {"drawing": "guided backprop", "class_": 1}
    assert shown.text.count("all ≈ 1.00") == 3
    product = explain(network, image, "guided_grad_cam", target=1).maps
    share = float(product[0, :, :4].sum() / product.sum())
    assert f"product: left ≈ {share:.2f}" in shown.text


def test_each_control_changes_picture_and_numbers(shown):
    for name in ("drawing", "class_"):
        frames = [frame for _, frame in shown.sweep(name)]
        assert len({frame.numbers for frame in frames}) == len({f.picture.tobytes() for f in frames}) == 2
