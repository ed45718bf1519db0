"""LayerCAM, its fusion over layers, HiResCAM and Guided Grad-CAM: by pencil and by loops."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cam_course.methods.cams import fuse, guided_grad_cam, hires_cam, layer_cam
from tests.methods.test_cams import tensors


def same(maps):
    return maps


@pytest.mark.parametrize(("method", "inner"), [(layer_cam, lambda g: max(g, 0.0)), (hires_cam, lambda g: g)])
def test_they_equal_a_loop_over_every_index(method, inner):
    activations, gradients = tensors(0, 2)
    n, k, h, w = activations.shape
    expected = torch.zeros(n, h, w, dtype=torch.float64)
    for image in range(n):
        for i in range(h):
            for j in range(w):
                total = sum(
                    inner(float(gradients[image, c, i, j])) * float(activations[image, c, i, j]) for c in range(k)
                )
                expected[image, i, j] = max(total, 0)
    torch.testing.assert_close(method(activations, gradients), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("method", [layer_cam, hires_cam])
@given(seed=st.integers(0, 1000), factor=st.floats(0.01, 100))
def test_they_scale_with_the_score_and_ignore_the_order_of_channels(method, seed, factor):
    activations, gradients = tensors(seed, 2)
    order = torch.randperm(5, generator=torch.Generator().manual_seed(seed))
    map_ = method(activations, gradients)
    torch.testing.assert_close(method(activations, gradients * factor), map_ * factor)
    torch.testing.assert_close(method(activations[:, order], gradients[:, order]), map_)
    torch.testing.assert_close(method(activations.flip(-1), gradients.flip(-1)), map_.flip(-1))
    assert method(activations, 0 * gradients).abs().sum() == 0


def test_they_are_one_where_no_gradient_is_negative():
    activations, gradients = tensors(3)
    torch.testing.assert_close(layer_cam(activations, gradients.abs()), hires_cam(activations, gradients.abs()))


def test_hires_cam_of_averaged_features_is_grad_cam():
    from cam_course.methods.cams import grad_cam

    activations, _ = tensors(4)
    gradients = torch.randn(5, 1, 1, dtype=torch.float64).expand_as(activations)
    torch.testing.assert_close(hires_cam(activations, gradients), grad_cam(activations, gradients))


def test_fusing_by_pencil():
    shallow, deep = torch.tensor([[0.0, 1.0], [2.0, 4.0]]), torch.tensor([[5.0, 10.0], [0.0, 0.0]])
    # shallow / 4, through tanh(2 ·): 0, tanh 0.5, tanh 1, tanh 2; deep / 10: 0.5, 1, 0, 0
    expected = torch.tensor([[0.5, 1.0], [math.tanh(1), math.tanh(2)]])
    torch.testing.assert_close(fuse([shallow, deep], same), expected)
    torch.testing.assert_close(fuse([shallow, deep], same, gamma=1.0)[1], torch.tensor([0.5, 1.0]).tanh())


def test_every_map_of_a_batch_is_fused_by_its_own_maximum():
    maps = torch.rand(2, 3, 4, 5)
    together = fuse([maps, maps.flip(-1)], same)
    torch.testing.assert_close(together[1, 2], fuse([maps[1, 2], maps[1, 2].flip(-1)], same))
    torch.testing.assert_close(together, fuse([100 * maps, 0.01 * maps.flip(-1)], same))


def test_one_map_is_divided_by_its_maximum_and_an_empty_one_stays():
    assert fuse([torch.tensor([[1.0, 2.0]])], same).tolist() == [[0.5, 1.0]]
    assert fuse([torch.zeros(2, 2), torch.zeros(2, 2)], same).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_guided_grad_cam_multiplies_every_color_by_the_map():
    attribution = torch.tensor([[[[1.0, -2.0]], [[3.0, 4.0]]]])
    assert guided_grad_cam(attribution, torch.tensor([[[2.0, 0.5]]])).tolist() == [[[[2.0, -1.0]], [[6.0, 2.0]]]]
    with pytest.raises(ValueError, match="broadcast"):
        guided_grad_cam(attribution, torch.zeros(1, 2, 2))
