import pytest
import torch
from skimage import filters

from cam_course import metrics

IMAGES = torch.rand(2, 3, 12, 17, dtype=torch.float64, generator=torch.Generator().manual_seed(4))


def test_energy_of_the_uniform_map_is_the_masks_share_of_the_image():
    mask = torch.zeros(12, 17, dtype=torch.bool)
    mask[:3, :4] = True
    assert metrics.energy_inside(metrics.uniform(IMAGES), mask).tolist() == [pytest.approx(12 / (12 * 17))] * 2


def test_the_gaussian_has_its_standard_deviation_and_its_center():
    heatmap = metrics.centered_gaussian(torch.zeros(1, 3, 41, 81, dtype=torch.float64), width=0.1)
    assert heatmap[0, 20, 40] == 1
    assert heatmap.argmax() == 20 * 81 + 40
    share = heatmap[0].sum(0) / heatmap.sum()  # of each column
    columns = torch.arange(81) - 40.0
    assert (share * columns**2).sum().sqrt().item() == pytest.approx(8.1, rel=1e-3)
    torch.testing.assert_close(heatmap, heatmap.flip(-1))
    torch.testing.assert_close(heatmap, heatmap.flip(-2))


def test_edges_are_sobels():
    expected = [filters.sobel(image.mean(0).numpy(), mode="nearest") for image in IMAGES]
    found = metrics.edges(IMAGES) * 2 / 2**0.5  # scikit-image: the rise over two pixels, averaged over the directions
    torch.testing.assert_close(found, torch.stack([torch.from_numpy(x) for x in expected]))


def test_edges_of_a_flat_image_are_nowhere_and_a_slope_has_its_length():
    assert metrics.edges(torch.full((1, 3, 5, 5), 0.3)).abs().max() < 1e-7
    rows, columns = torch.meshgrid(torch.arange(6.0), torch.arange(6.0), indexing="ij")
    slope = (3 * rows + 4 * columns).expand(3, -1, -1)
    torch.testing.assert_close(metrics.edges(slope)[:, 1:-1, 1:-1], torch.full((1, 4, 4), 5.0))


def test_trivial_maps_have_the_form_of_a_methods_maps():
    for trivial in (metrics.uniform, metrics.centered_gaussian, metrics.edges):
        heatmap = trivial(IMAGES)
        assert (heatmap.shape, heatmap.dtype) == ((2, 12, 17), torch.float64)
        assert heatmap.min() >= 0
        torch.testing.assert_close(trivial(IMAGES[1]), heatmap[1:])
    with pytest.raises(ValueError, match="width above 0"):
        metrics.centered_gaussian(IMAGES, width=0)
    with pytest.raises(TypeError, match="expected images as a torch.Tensor"):
        metrics.uniform(IMAGES.numpy())
