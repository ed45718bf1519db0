import pytest
import torch

from cam_course import normalize, overlay, upsample


def test_upsampling_has_half_pixel_centers():
    assert upsample(torch.tensor([[0.0, 8.0]]), (1, 8)).tolist() == [[0.0, 0.0, 1.0, 3.0, 5.0, 7.0, 8.0, 8.0]]


def test_leading_dimensions_are_kept():
    maps = torch.rand(2, 3, 4, 5)
    large = upsample(maps, (9, 7))
    torch.testing.assert_close(large[1, 2], upsample(maps[1, 2], (9, 7)))


def test_each_map_is_normalized_for_itself():
    maps = torch.tensor([[[1.0, 3.0]], [[-2.0, 8.0]]])
    assert normalize(maps).tolist() == [[[0.0, 1.0]], [[0.0, 1.0]]]


def test_a_flat_map_becomes_zeros_and_says_so():
    with pytest.warns(UserWarning, match="1 of 2 maps are flat"):
        assert normalize(torch.tensor([[[3.0, 3.0]], [[0.0, 1.0]]])).tolist() == [[[0.0, 0.0]], [[0.0, 1.0]]]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_maps_that_are_not_finite_are_refused(value):
    with pytest.raises(ValueError, match="expected finite maps"):
        normalize(torch.tensor([[0.0, value]]))


def test_overlay_keeps_the_image_where_the_map_is_low_and_is_rgb():
    image = torch.full((3, 1, 2), 0.5)
    picture = overlay(image, torch.tensor([[0.0, 1.0]]), strength=1.0, colormap="Reds")
    assert picture[0, 0].tolist() == [127, 127, 127]
    red, green, blue = picture[0, 1].tolist()
    assert red > 90 > 20 > green >= blue - 20, "red first: the picture is RGB"


@pytest.mark.parametrize(
    ("image", "heatmap", "strength"),
    [((3, 4, 4), (2, 2), 0.5), ((4, 4, 3), (4, 4), 0.5), ((3, 4, 4), (4, 4), 2.0)],
)
def test_an_overlay_that_does_not_fit_is_refused(image, heatmap, strength):
    with pytest.raises(ValueError, match="expected a"):
        overlay(torch.zeros(image), torch.zeros(heatmap), strength=strength)
