import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cam_course.methods.cams import cam, grad_cam


def tensors(seed, *lead, k=5, h=4, w=6):
    generator = torch.Generator().manual_seed(seed)
    shape = (*lead, k, h, w)
    return tuple(torch.randn(shape, generator=generator, dtype=torch.float64) for _ in range(2))


def test_grad_cam_by_pencil():
    activations = torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[4.0, 3.0], [2.0, 1.0]]])
    gradients = torch.tensor([[[0.0, 4.0], [0.0, 0.0]], [[-2.0, 0.0], [0.0, -2.0]]])  # means 1 and -1
    assert grad_cam(activations, gradients).tolist() == [[0.0, 0.0], [1.0, 3.0]]


def test_grad_cam_equals_a_loop_over_every_index():
    activations, gradients = tensors(0, 2)
    n, k, h, w = activations.shape
    expected = torch.zeros(n, h, w, dtype=torch.float64)
    for image in range(n):
        for i in range(h):
            for j in range(w):
                total = sum(
                    sum(gradients[image, c, a, b] for a in range(h) for b in range(w)) / (h * w)
                    * activations[image, c, i, j]
                    for c in range(k)
                )  # fmt: skip
                expected[image, i, j] = max(total, 0)
    torch.testing.assert_close(grad_cam(activations, gradients), expected)


@given(seed=st.integers(0, 1000), factor=st.floats(0.01, 100))
def test_grad_cam_scales_with_the_score_and_ignores_the_order_of_channels(seed, factor):
    activations, gradients = tensors(seed, 2)
    order = torch.randperm(5, generator=torch.Generator().manual_seed(seed))
    map_ = grad_cam(activations, gradients)
    torch.testing.assert_close(grad_cam(activations, gradients * factor), map_ * factor)
    torch.testing.assert_close(grad_cam(activations[:, order], gradients[:, order]), map_)
    torch.testing.assert_close(grad_cam(activations.flip(-1), gradients.flip(-1)), map_.flip(-1))


def test_grad_cam_of_a_zero_gradient_is_zero():
    activations, gradients = tensors(1)
    assert grad_cam(activations, gradients * 0).abs().sum() == 0


def test_classes_in_front_of_the_gradients_give_one_map_each():
    activations, gradients = tensors(2, 2)
    both = torch.stack([gradients, -gradients])
    maps = grad_cam(activations, both)
    assert maps.shape == (2, 2, 4, 6)
    torch.testing.assert_close(maps[1], grad_cam(activations, -gradients))


def test_the_mean_of_the_signed_cam_is_the_logit_without_bias():
    activations, _ = tensors(3, 2)
    weights = torch.randn(2, 5, dtype=torch.float64)
    logits = (weights * activations.mean((-2, -1))).sum(-1)
    torch.testing.assert_close(cam(activations, weights, relu=False).mean((-2, -1)), logits)


def test_cam_is_grad_cam_times_the_number_of_positions_where_features_are_averaged():
    activations, _ = tensors(4, 2)
    weights = torch.randn(2, 5, dtype=torch.float64)
    gradients = (weights / 24)[..., None, None].expand_as(activations)
    torch.testing.assert_close(cam(activations, weights), 24 * grad_cam(activations, gradients))


@pytest.mark.parametrize(
    ("activations", "gradients", "message"),
    [
        ((4, 6), (4, 6), r"expected activations of shape \(\.\.\., K, h, w\), got \(4, 6\)"),
        ((5, 4, 6), (4, 6), r"expected gradients of shape"),
        ((5, 4, 6), (3, 4, 6), r"got \(3, 4, 6\); take both from one capture"),
        ((1, 4, 6), (5, 4, 6), r"broadcast to the activations"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(activations, gradients, message):
    with pytest.raises(ValueError, match=message):
        grad_cam(torch.zeros(activations), torch.zeros(gradients))


def test_cam_refuses_another_number_of_weights():
    with pytest.raises(ValueError, match=r"got \(3, 1, 1\)"):
        cam(torch.zeros(5, 4, 6), torch.zeros(3))
