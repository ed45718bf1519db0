"""Grad-CAM++ against its own definition: real second and third derivatives of exp(y)."""

import pytest
import torch
from torch import nn

from cam_course import explain
from cam_course.methods.cams import grad_cam_plus_plus
from tests.small_nets import gap_net


def feature_maps(seed, k=3, h=2, w=3):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(k, h, w, generator=generator, dtype=torch.float64)


def head(seed, positions=18):
    """A piecewise linear network behind the layer: flatten, hidden rectifier, one score."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Flatten(0), nn.Linear(positions, 8), nn.ReLU(), nn.Linear(8, 1)).double()


def diagonal(values, A):
    """The derivative of each value with respect to its own position, all others held still."""
    found = [torch.autograd.grad(value, A, create_graph=True)[0].flatten()[i] for i, value in enumerate(values)]
    return torch.stack(found)


@pytest.mark.parametrize("seed", range(4))
def test_it_equals_real_second_and_third_derivatives(seed):
    A, net = feature_maps(seed).requires_grad_(), head(seed)
    y = net(A)[0]
    (g,) = torch.autograd.grad(y, A, retain_graph=True)
    Y = (y - y.detach()).exp()  # exp of the score itself would overflow; the factor cancels
    first = torch.autograd.grad(Y, A, create_graph=True)[0].flatten()
    second = diagonal(first, A)
    third = diagonal(second, A)
    total = A.sum((-2, -1), keepdim=True).expand_as(A).flatten()
    alpha = second / (2 * second + total * third)  # eq. 10
    w = (alpha * first.relu()).reshape(A.shape).sum((-2, -1))  # eq. 5
    expected = (w[:, None, None] * A).sum(0).relu()
    assert (g > 0).any()
    assert (g < 0).any()
    torch.testing.assert_close(grad_cam_plus_plus(A.detach(), g), expected.detach(), rtol=1e-6, atol=0)


def test_by_pencil():
    activations = torch.tensor([[[1.0, 2.0], [0.0, 1.0]], [[2.0, 0.0], [0.0, 0.0]]])  # sums 4 and 2
    gradients = torch.tensor([[[1.0, 0.0], [-3.0, 0.0]], [[0.5, 0.0], [0.0, 1.0]]])
    # w_1 = 1/(2+4) = 1/6; w_2 = 0.5/(2+1) + 1/(2+2) = 5/12
    expected = torch.tensor([[1 / 6 + 10 / 12, 2 / 6], [0.0, 1 / 6]])
    torch.testing.assert_close(grad_cam_plus_plus(activations, gradients), expected)


def test_tiny_gradients_count_like_large_ones():
    """An epsilon of 1e-6 would swamp gradients of 1e-4, whose squares are 1e-8."""
    A, g = feature_maps(0), feature_maps(1) * 1e-4
    total = A.sum((-2, -1), keepdim=True)
    expected = ((g / (2 + g * total)).sum((-2, -1), keepdim=True) * A).sum(0)
    torch.testing.assert_close(grad_cam_plus_plus(A, g), expected, rtol=1e-12, atol=0)
    swamped = ((g**2 / (2 * g**2 + total * g**3 + 1e-6) * g).sum((-2, -1), keepdim=True) * A).sum(0)
    assert (swamped < 0.05 * expected).all()


def test_ten_times_the_score_is_not_ten_times_the_map():
    A, g = feature_maps(0), feature_maps(1)
    assert (grad_cam_plus_plus(A, 10 * g) < 9 * grad_cam_plus_plus(A, g)).all()


def test_no_positive_gradient_gives_zero():
    assert grad_cam_plus_plus(feature_maps(0), -feature_maps(1)).abs().sum() == 0
    assert grad_cam_plus_plus(feature_maps(0), 0 * feature_maps(1)).abs().sum() == 0


def test_negative_sums_are_refused_or_rectified():
    A = feature_maps(0) - 0.9
    with pytest.raises(ValueError, match=r"at least 0, got -\d.* rectify=True"):
        grad_cam_plus_plus(A, feature_maps(1))
    rectified = grad_cam_plus_plus(A, feature_maps(1), rectify=True)
    torch.testing.assert_close(rectified, grad_cam_plus_plus(A.relu(), feature_maps(1)))
    assert rectified.abs().sum() > 0


@pytest.mark.parametrize(
    ("activation", "layer", "why"),
    [
        (nn.Hardswish(), "1", "in a network whose activation function, hardswish, lets maps be negative"),
        (nn.ReLU(inplace=True), "0", "whose rectifier comes after it"),
        (nn.Identity(), "1", "after which no rectifier comes"),
    ],
)
def test_explain_names_the_activation_that_lets_maps_be_negative(activation, layer, why):
    net = nn.Sequential(nn.Conv2d(3, 4, 3), activation, *list(gap_net(width=4))[5:]).double()
    with torch.no_grad():
        net[0].bias -= 1
    images = torch.rand(1, 3, 8, 8, dtype=torch.float64)
    with pytest.raises(ValueError, match=f"in layer '{layer}', {why}; .* rectify=True"):
        explain(net, images, "grad_cam_plus_plus", target=0, layer=layer)
    answer = explain(net, images + 9, "grad_cam_plus_plus", target=0, layer=layer, rectify=True)
    assert torch.isfinite(answer.maps).all()
