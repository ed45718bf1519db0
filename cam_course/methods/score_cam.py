"""Score-CAM: weight each map by what the network says of the image when only that map's places are shown."""

import torch
from torch import Tensor

from cam_course._checks import nearest, same_feature_maps

WEIGHTS = ("channel_softmax", "probability", "increase")


def score_cam(activations: Tensor, weights: Tensor) -> Tensor:
    r"""Score-CAM: weight the maps by the scores of the images that they mask, add them up, keep the positive part.

    .. math:: L^c = \mathrm{ReLU}(\sum_k w_k^c A^k)

    Args:
        activations: A, ``(..., K, h, w)``, output of one layer.
        weights: w^c, ``(..., K)``, from `channel_weights`; more dimensions in front for several classes.

    Returns:
        ``(..., h, w)``, at least 0, in the activations' unit times that of the weights, neither upsampled nor normalized.

    Raises:
        ValueError: fewer than three dimensions, or not one weight per channel.

    References:
        Wang et al., Score-CAM, CVPR Workshops 2020, arXiv:1910.01279, sec. 3.2.

    >>> A = torch.tensor([[[1.0, 0.0], [0.0, 3.0]], [[0.0, 2.0], [0.0, 1.0]]])
    >>> score_cam(A, torch.tensor([0.75, 0.25])).tolist()
    [[0.75, 0.5], [0.0, 2.5]]
    """  # noqa: E501 - one unit, one line
    w = weights[..., None, None]  # (..., K, 1, 1)
    same_feature_maps(activations, w)
    return (w * activations).sum(-3).relu()  # (..., h, w)


def masks(enlarged: Tensor) -> Tensor:
    r"""The mask of each map: its values scaled to 0…1.

    .. math:: H_k = \frac{A_k - \min A_k}{\max A_k - \min A_k}

    Args:
        enlarged: A, upsampled to the size of the image, ``(..., H, W)``.

    Returns:
        The same shape, 0…1. A flat map, for which this is 0/0, gives zeros; its weight is 0 (`channel_weights`).

    References:
        Wang et al., Score-CAM, CVPR Workshops 2020, arXiv:1910.01279, sec. 3.2.

    >>> masks(torch.tensor([[[2.0, 4.0], [3.0, 2.0]]])).tolist()
    [[[0.0, 1.0], [0.5, 0.0]]]
    """
    low, high = enlarged.amin((-2, -1), keepdim=True), enlarged.amax((-2, -1), keepdim=True)
    return (enlarged - low) / (high - low).where(high > low, 1)


def channel_weights(
    scores: Tensor, live: Tensor, weights: str = "channel_softmax", blank: float | Tensor = 0
) -> Tensor:
    r"""The weight of each map, from the scores of the images that the maps mask.

    .. math:: \text{channel\_softmax: } w_k = \frac{e^{S_k}}{\sum_m e^{S_m}}, \qquad \text{probability: } w_k = S_k, \qquad \text{increase: } w_k = S_k - S_b

    Args:
        scores: S, ``(..., K)``: of each masked image the class's logit, for ``"probability"`` its probability.
        live: which maps are not flat, ``(..., K)`` bool; the others have no mask and get weight 0.
        weights: ``"channel_softmax"`` (the paper: a constant baseline cancels), ``"probability"`` (its authors' code)
            or ``"increase"`` (over the blank image, without softmax).
        blank: S_b, ``(...)``, the score of the blank image; for ``"increase"``.

    Returns:
        ``(..., K)``.

    Raises:
        ValueError: an unknown weighting.

    References:
        Wang et al., Score-CAM, CVPR Workshops 2020, arXiv:1910.01279, sec. 3.1 and 3.2.

    >>> scores, live = torch.tensor([3.0, 3.0, 9.0]), torch.tensor([True, True, False])
    >>> channel_weights(scores, live).tolist()
    [0.5, 0.5, 0.0]
    >>> channel_weights(scores, live, "increase", blank=torch.tensor(1.0)).tolist()
    [2.0, 2.0, 0.0]
    """  # noqa: E501 - one equation, one line
    if weights not in WEIGHTS:
        raise ValueError(nearest(weights, WEIGHTS, kind="value of weights"))
    if weights == "channel_softmax":
        some = live.any(-1, keepdim=True)  # where every map is flat, no softmax is defined and every weight is 0
        return scores.masked_fill(~live & some, -torch.inf).softmax(-1) * live
    against = torch.as_tensor(blank, dtype=scores.dtype, device=scores.device)[..., None]
    return (scores - against if weights == "increase" else scores) * live
