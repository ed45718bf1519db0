import pytest
import torch
from skimage import filters

from cam_course import metrics
from cam_course.metrics.replacement import stand_in

IMAGES = torch.rand(2, 3, 12, 17, dtype=torch.float64, generator=torch.Generator().manual_seed(4))


@pytest.mark.parametrize("sigma", [1.0, 5.0])
def test_the_blurred_copy_is_that_of_scikit_image(sigma):
    expected = [filters.gaussian(image.numpy(), sigma, mode="nearest", truncate=3, channel_axis=0) for image in IMAGES]
    torch.testing.assert_close(
        metrics.blurred(IMAGES, sigma=sigma), torch.stack([torch.from_numpy(x) for x in expected])
    )


def test_a_flat_image_stays_as_it_is():
    torch.testing.assert_close(metrics.blurred(torch.full((1, 3, 8, 8), 0.7)), torch.full((1, 3, 8, 8), 0.7))


def test_what_stands_in_by_name_and_by_tensor():
    assert stand_in(IMAGES, "zero").abs().sum() == 0
    torch.testing.assert_close(stand_in(IMAGES, "mean")[1, 2], IMAGES[1, 2].mean().expand(12, 17))
    torch.testing.assert_close(stand_in(IMAGES, "blur"), metrics.blurred(IMAGES))
    color = torch.tensor([0.1, 0.2, 0.3]).view(3, 1, 1)
    assert stand_in(IMAGES, color)[1, :, 4, 5].tolist() == pytest.approx([0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="expected a baseline .* did you mean 'blur'"):
        stand_in(IMAGES, "blurr")
    with pytest.raises(ValueError, match=r"broadcasts to the images \(2, 3, 12, 17\), got \(3,\)"):
        stand_in(IMAGES, torch.zeros(3))
    with pytest.raises(ValueError, match="sigma above 0"):
        metrics.blurred(IMAGES, sigma=0)
