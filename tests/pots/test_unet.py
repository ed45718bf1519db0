"""The U-Net: what is added up where, and that it refuses sizes that it cannot halve."""

import pytest
import torch
from torch import nn

from cam_course import explain, targets
from cam_course.pots.unet import PotUNet


@pytest.fixture
def net():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return PotUNet(classes=3, widths=(4, 5, 6)).eval()


def test_channels_on_the_way_up_are_those_from_below_and_from_across(net):
    assert [step[0].in_channels for step in net.up] == [6 + 6, 6 + 5, 5 + 4]
    assert [step[0].out_channels for step in net.up] == [6, 5, 4]


def test_it_is_what_the_drawing_says(net):
    images = torch.rand(2, 3, 16, 24)
    pool, double = nn.functional.max_pool2d, nn.functional.interpolate
    a = net.down[0](net.normalize(images))
    b = net.down[1](pool(a, 2))
    c = net.down[2](pool(b, 2))
    maps = net.bottom(pool(c, 2))
    assert maps.shape == (2, 6, 2, 3)
    for step, across in zip(net.up, (c, b, a), strict=True):
        below = double(maps, scale_factor=2, mode="bilinear", align_corners=False)
        maps = step(torch.cat([below, across], 1))
    expected = torch.einsum("nkhw,ck->nchw", maps, net.head.weight[..., 0, 0]) + net.head.bias[:, None, None]
    assert torch.allclose(net(images), expected, atol=1e-5)


def test_a_region_can_be_explained(net):
    images, mask = torch.rand(2, 3, 16, 16), torch.zeros(16, 16, dtype=torch.bool)
    mask[4:8, 4:8] = True
    shown = explain(net, images, target=targets.Region(mask, 1), layer="bottom")
    assert shown.maps.shape == (2, 16, 16)
    assert torch.allclose(targets.Region(mask, 1)(shown.logits), net(images)[:, 1, 4:8, 4:8].mean((1, 2)), atol=1e-5)


def test_a_size_that_cannot_be_halved_often_enough_is_refused(net):
    with pytest.raises(ValueError, match="expected images with sides of a multiple of 8 pixels, got 16×20; resize"):
        net(torch.zeros(1, 3, 16, 20))
