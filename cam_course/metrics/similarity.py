"""How alike two maps are: by the order of their pixels, and by their structure."""

from __future__ import annotations

import torch
from torch import Tensor

from cam_course.heatmap import normalize
from cam_course.metrics.windows import smooth

K1, K2 = 0.01, 0.03  # of Wang et al.
SIGMA, RADIUS = 1.5, 5  # in pixels: a window of 11 × 11


def rank_correlation(maps: Tensor, others: Tensor) -> Tensor:
    r"""Spearman's rank correlation: whether two maps put the pixels in the same order.

    .. math:: \rho = \frac{\sum_i (r_i - \bar r)(s_i - \bar s)}{\sqrt{\sum_i (r_i - \bar r)^2 \sum_i (s_i - \bar s)^2}}

    with r and s the ranks of the pixels in either map; equal values share the mean of their ranks.

    Args:
        maps: ``(N, H, W)``; with more dimensions in front, all of them are kept.
        others: of the same shape, or broadcastable with it.

    Returns:
        ``(N,)``, -1…1: 1 for the same order, -1 for the reverse. Where a map is flat, it has no order, and the
        correlation is 0/0: given as 0, since such a map agrees with nothing.

    Raises:
        ValueError: shapes that do not fit, or values that are not finite.

    References:
        Spearman, The Proof and Measurement of Association between Two Things, 1904; used so by Adebayo et al., 2018,
        arXiv:1810.03292, sec. 3.

    >>> one = torch.tensor([[[1.0, 2.0, 3.0]]])  # ranks 1, 2, 3
    >>> rank_correlation(one, torch.tensor([[[10.0, 90.0, 20.0]]])).tolist()  # ranks 1, 3, 2: (1 + 0 + 0) / 2
    [0.5]
    """
    _comparable(maps, others)
    r, s = _ranks(maps.flatten(-2)), _ranks(others.flatten(-2))  # (N, H W)
    middle = (r.shape[-1] + 1) / 2  # the mean of all ranks, whatever the ties
    r, s = r - middle, s - middle
    together, apart = (r * s).sum(-1), (r.square().sum(-1) * s.square().sum(-1)).sqrt()
    return torch.where(apart > 0, together / torch.where(apart > 0, apart, torch.ones_like(apart)), 0.0)


def ssim(maps: Tensor, others: Tensor) -> Tensor:
    r"""Structural similarity of two maps, each normalized to 0…1, in windows of 11 × 11 pixels.

    .. math:: \mathrm{SSIM} = \frac{(2 \mu_x \mu_y + C_1)(2 \sigma_{xy} + C_2)}{(\mu_x^2 + \mu_y^2 + C_1)(\sigma_x^2 + \sigma_y^2 + C_2)}

    with means, variances and covariance weighted by a Gaussian of 1.5 pixels, :math:`C_1 = 0.01^2`,
    :math:`C_2 = 0.03^2`, averaged over all windows that lie in the map.

    Args:
        maps: ``(N, H, W)``, at least 11 × 11; with more dimensions in front, all of them are kept.
        others: of the same shape, or broadcastable with it.

    Returns:
        ``(N,)``, -1…1: 1 for the same structure. Two flat maps are alike: 1.

    Raises:
        ValueError: shapes that do not fit, maps smaller than a window, or values that are not finite.

    References:
        Wang et al., Image Quality Assessment, IEEE TIP 13:600, 2004, eq. 13 and 17.

    >>> stripes = torch.tensor([0.0, 1.0]).repeat(6).expand(1, 12, 12)
    >>> ssim(stripes, 5 * stripes).tolist(), ssim(stripes, 1 - stripes).item() < -0.9
    ([1.0], True)
    """  # noqa: E501 - one equation, one line
    _comparable(maps, others)
    if min(maps.shape[-2:]) <= 2 * RADIUS:
        raise ValueError(f"expected maps of at least 11 × 11 pixels, got {tuple(maps.shape)}; upsample them first")
    x, y = (normalize(of) for of in torch.broadcast_tensors(maps, others))  # (N, H, W)
    mu_x, mu_y = _windowed(x), _windowed(y)
    var_x, var_y = _windowed(x * x) - mu_x**2, _windowed(y * y) - mu_y**2
    covariance = _windowed(x * y) - mu_x * mu_y
    c1, c2 = K1**2, K2**2
    alike = (2 * mu_x * mu_y + c1) * (2 * covariance + c2)
    return (alike / ((mu_x**2 + mu_y**2 + c1) * (var_x + var_y + c2))).mean((-2, -1))  # eq. 13 and 17


def _ranks(values: Tensor) -> Tensor:
    """Ranks from 1, equal values sharing their mean rank: (..., L) -> (..., L)."""
    ordered, order = values.sort(-1)
    differs = ordered[..., 1:] != ordered[..., :-1]
    edge = torch.ones_like(ordered[..., :1], dtype=torch.bool)
    place = torch.arange(values.shape[-1], device=values.device).expand_as(order)
    # of each run of equal values the first place and the last: two passes, where a search for each value takes many
    first = place.where(torch.cat([edge, differs], -1), 0).cummax(-1).values
    last = place.where(torch.cat([differs, edge], -1), values.shape[-1]).flip(-1).cummin(-1).values.flip(-1)
    enough = torch.promote_types(values.dtype, torch.float32)  # half precision cannot count the pixels of a map
    ranks = (first + last + 2).to(enough) / 2
    return torch.empty_like(ranks).scatter_(-1, order, ranks)


def _windowed(maps: Tensor) -> Tensor:
    """Weighted mean in every window that lies in the map: (..., H, W) -> (..., H - 10, W - 10)."""
    return smooth(maps, SIGMA, RADIUS)


def _comparable(maps: Tensor, others: Tensor) -> None:
    same = maps.ndim >= 2 and maps.shape[-2:] == others.shape[-2:]
    if not same:
        raise ValueError(
            f"expected two stacks of maps (N, H, W) of one size, got {tuple(maps.shape)} and {tuple(others.shape)}; "
            "upsample the smaller ones"
        )
    if not (torch.isfinite(maps).all() and torch.isfinite(others).all()):
        raise ValueError("expected finite maps, got NaN or infinity; an order of such pixels means nothing")
