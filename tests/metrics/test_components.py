import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from skimage import measure

from cam_course.metrics.components import components, largest_component


@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.2, 0.4, 0.5, 0.7, 1.0]))
def test_components_are_those_of_scikit_image(seed, share):
    regions = torch.rand(3, 7, 11, generator=torch.Generator().manual_seed(seed)) < share
    for region, ours in zip(regions, components(regions), strict=True):
        theirs = torch.from_numpy(measure.label(region.numpy(), connectivity=2))
        pairs = set(zip(ours.flatten().tolist(), theirs.flatten().tolist(), strict=True))
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}), "one label for one label"
        assert torch.equal(ours > 0, region)


def test_a_spiral_is_one_component():
    size = 41
    spiral, y, x, dy, dx = torch.zeros(size, size, dtype=torch.bool), 0, 0, 0, 1
    spiral[0, 0] = True
    for length in [size - 1, *(n for n in range(size - 1, 0, -2) for _ in range(2))]:
        for _ in range(length):
            y, x = y + dy, x + dx
            spiral[y, x] = True
        dy, dx = dx, -dy
    assert measure.label(spiral.numpy(), connectivity=2).max() == 1
    assert len(components(spiral).unique()) == 2


@pytest.mark.parametrize("fill", [True, False])
def test_everything_and_nothing(fill):
    region = torch.full((2, 3, 3), fill)
    assert torch.equal(largest_component(region), region)


@pytest.mark.parametrize("shape", [(0, 4, 5), (2, 0, 5), (2, 3, 4, 0)])
def test_no_pixels_and_no_regions(shape):
    assert components(torch.ones(shape, dtype=torch.bool)).shape == shape


def test_of_equally_large_components_the_one_that_begins_first_is_taken():
    region = torch.tensor([[False, True, True, False], [True, False, False, False], [False, False, False, True],
                           [False, False, True, True]])  # fmt: skip
    first = torch.tensor([[0, 1, 1, 0], [1, 0, 0, 0], [0] * 4, [0] * 4])
    assert torch.equal(largest_component(region), first.bool())


def test_on_the_gpu_too(device):
    region = torch.rand(2, 20, 30, generator=torch.Generator().manual_seed(0)) < 0.5
    assert torch.equal(components(region.to(device)).cpu(), components(region))
