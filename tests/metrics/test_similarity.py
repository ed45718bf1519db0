import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from skimage.metrics import structural_similarity

from cam_course import metrics, normalize


def maps(seed, *shape, levels=None):
    drawn = torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return drawn if levels is None else (drawn * levels).floor()


@given(seed=st.integers(0, 1000), levels=st.sampled_from([None, 2, 5]))
def test_rank_correlation_is_scipys_ties_included(seed, levels):
    one, other = maps(seed, 3, 6, 7, levels=levels), maps(seed + 5000, 3, 6, 7, levels=levels)
    expected = [spearmanr(a.flatten(), b.flatten()).statistic for a, b in zip(one, other, strict=True)]
    assert metrics.rank_correlation(one, other).tolist() == pytest.approx(expected, abs=1e-12)


def test_rank_correlation_by_pencil():
    one = torch.tensor([[[1.0, 1.0, 2.0]]])  # ranks 1.5, 1.5, 3
    other = torch.tensor([[[5.0, 6.0, 7.0]]])  # ranks 1, 2, 3
    # (-0.5)(-1) + (-0.5)(0) + (1)(1) = 1.5, over the root of 1.5 * 2
    assert metrics.rank_correlation(one, other).item() == pytest.approx(1.5 / 3**0.5)
    assert metrics.rank_correlation(one, -one).item() == pytest.approx(-1)
    assert metrics.rank_correlation(one, one.exp()).item() == pytest.approx(1)


def test_ranks_in_half_precision_do_not_overflow():
    ramp = torch.arange(300 * 300).view(1, 300, 300).remainder(1000).half()
    assert metrics.rank_correlation(ramp, ramp).item() == pytest.approx(1, abs=1e-5)


def test_a_flat_map_agrees_with_nothing():
    assert metrics.rank_correlation(torch.zeros(1, 2, 2), torch.rand(3, 2, 2)).tolist() == [0.0, 0.0, 0.0]


@given(seed=st.integers(0, 1000))
def test_structural_similarity_is_that_of_scikit_image(seed):
    one = maps(seed, 2, 15, 20)
    other = one + 0.5 * maps(seed + 5000, 2, 15, 20)
    expected = [
        structural_similarity(
            *(x.numpy() for x in pair), data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
        )
        for pair in zip(normalize(one), normalize(other), strict=True)
    ]
    assert metrics.ssim(one, other).tolist() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("dtype", [torch.int64, torch.uint8, torch.float16])
def test_rank_correlation_of_whole_numbers_and_of_halves(dtype):
    one, other = maps(1, 2, 6, 7, levels=9), maps(2, 2, 6, 7, levels=9)
    expected = metrics.rank_correlation(one, other).tolist()
    assert metrics.rank_correlation(one.to(dtype), other.to(dtype)).tolist() == pytest.approx(expected, abs=1e-6)


def test_a_map_of_one_pixel_has_no_order():
    assert metrics.rank_correlation(torch.ones(2, 1, 1), torch.zeros(2, 1, 1)).tolist() == [0.0, 0.0]


def test_structural_similarity_of_single_precision_maps():
    one, other = maps(1, 2, 30, 30), maps(2, 2, 30, 30)
    torch.testing.assert_close(
        metrics.ssim(one.float(), other.float()).double(), metrics.ssim(one, other), atol=1e-5, rtol=0
    )


def test_a_step_against_its_mirror_is_unlike():
    step = torch.zeros(1, 11, 11, dtype=torch.float64)
    step[..., 6:] = 1
    # in the one window the maps are complements: means m and 1 - m, variance m (1 - m) each, covariance its negative
    weights = torch.exp(-(torch.arange(-5, 6, dtype=torch.float64) ** 2) / 4.5)
    m = float(weights[6:].sum() / weights.sum())
    spread, c1, c2 = m * (1 - m), 1e-4, 9e-4
    expected = (2 * spread + c1) * (c2 - 2 * spread) / ((m**2 + (1 - m) ** 2 + c1) * (2 * spread + c2))
    assert metrics.ssim(step, 1 - step).item() == pytest.approx(expected)


@pytest.mark.parametrize("measure", [metrics.rank_correlation, metrics.ssim])
def test_maps_that_cannot_be_compared_are_refused(measure):
    with pytest.raises(ValueError, match=r"of one size, got \(1, 12, 12\) and \(1, 12, 13\)"):
        measure(torch.zeros(1, 12, 12), torch.zeros(1, 12, 13))
    with pytest.raises(ValueError, match="got NaN"):
        measure(torch.full((1, 12, 12), float("nan")), torch.zeros(1, 12, 12))


def test_maps_smaller_than_a_window_are_refused():
    with pytest.raises(ValueError, match=r"at least 11 × 11 pixels, got \(1, 10, 12\)"):
        metrics.ssim(torch.zeros(1, 10, 12), torch.zeros(1, 10, 12))
