import pytest
import torch

from cam_course.methods.saliency import saliency


def test_the_largest_magnitude_over_color_channels():
    gradients = torch.tensor([[[[1.0, -4.0]], [[-3.0, 2.0]], [[2.0, 0.0]]]])
    assert saliency(gradients).tolist() == [[[3.0, 4.0]]]


def test_a_single_plane_is_refused():
    with pytest.raises(ValueError, match=r"expected gradients of shape \(\.\.\., C, H, W\), got \(2, 2\)"):
        saliency(torch.zeros(2, 2))
