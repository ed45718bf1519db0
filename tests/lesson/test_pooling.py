import pytest
import torch
from torch import nn

from cam_course import explain
from cam_course.lesson.pooling import without_switches


def network():
    torch.manual_seed(0)
    stages = nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 5, 3, padding=1), nn.ReLU()
    return nn.Sequential(*stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 2)).eval()


def test_the_scores_stay_and_the_model_is_left_alone():
    net, x = network(), torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(without_switches(net)(x), net(x))
    assert [len(module._forward_hooks) for module in net.modules()] == [0] * len(list(net.modules()))


def test_each_pixel_of_a_window_gets_a_quarter():
    x = torch.tensor([[[[1.0, 2.0, 0.0, 0.0], [4.0, 3.0, 0.0, 9.0]]]], requires_grad=True)
    pooled = without_switches(nn.Sequential(nn.MaxPool2d(2)))(x)
    (gradient,) = torch.autograd.grad((pooled * torch.tensor([4.0, 8.0])).sum(), x)
    assert pooled.flatten().tolist() == [4.0, 9.0]
    assert gradient.squeeze().tolist() == [[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0]]


def test_one_pixel_of_each_window_gets_all_and_the_same_one_in_every_picture():
    x = torch.rand(3, 5, 7, 7, requires_grad=True)
    pooled = without_switches(nn.Sequential(nn.MaxPool2d(2)), to="one")(x)
    torch.testing.assert_close(pooled, nn.MaxPool2d(2)(x))
    (gradient,) = torch.autograd.grad(pooled.sum(), x)
    assert gradient.unique().tolist() == [0, 1]
    assert torch.nn.functional.avg_pool2d(gradient, 2).unique().tolist() == [0.25]  # one of four
    torch.testing.assert_close(gradient, gradient[:1].expand_as(gradient))
    assert not torch.equal(gradient[0, 0], gradient[0, 1])


@pytest.mark.parametrize("to", ["all", "one"])
def test_a_deconvnet_without_switches_draws_one_picture_for_all(to):
    images = torch.rand(3, 3, 8, 8)
    with_them = explain(network(), images, "deconvnet", target=1).attribution
    without = explain(without_switches(network(), to=to), images, "deconvnet", target=1).attribution
    torch.testing.assert_close(without, without[:1].expand_as(without))
    assert not torch.allclose(with_them, with_them[:1].expand_as(with_them))


@pytest.mark.parametrize("pools", [[], [nn.MaxPool2d(3, stride=2)], [nn.MaxPool2d(2, padding=1)]])
def test_other_pooling_is_refused(pools):
    with pytest.raises(ValueError, match="windows side by side"):
        without_switches(nn.Sequential(nn.Conv2d(3, 4, 3), *pools))
