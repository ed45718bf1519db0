"""What stands in for a pixel that is taken away."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from cam_course._checks import as_batch, nearest
from cam_course.metrics.windows import smooth

NAMES = ("blur", "zero", "mean")
CUT = 3  # standard deviations of the Gaussian that are kept on either side: 99.7 % of it


def blurred(images: Tensor, *, sigma: float = 5.0) -> Tensor:
    """A blurred copy: colors and large shapes stay, so that no hard edge is put where a pixel is taken away.

    Args:
        images: ``(N, C, H, W)`` or ``(C, H, W)``.
        sigma: standard deviation of the Gaussian, in pixels. The filter ends at three of them; the border is repeated
            outward. (Petsiuk et al. take 5 on images of 224 pixels; their program cuts the filter at one of them and
            lets the border turn dark.)

    Returns:
        ``(N, C, H, W)``, in the unit of the images.

    Raises:
        ValueError: a sigma that is not above 0; images of another shape, or not finite.
        TypeError: images that are no floating-point tensor.

    >>> step = torch.tensor([[[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]]])
    >>> blurred(step, sigma=0.5)[0, 0]  # weights 1, exp(-2), exp(-2), over their sum 1.2707
    tensor([[0.0000, 0.0000, 0.1065, 0.8935, 1.0000, 1.0000]])
    """
    if not sigma > 0:
        raise ValueError(f"expected a sigma above 0, got {sigma}; it is the blur's standard deviation in pixels")
    images = as_batch(images)
    radius = int(CUT * sigma)
    padded = F.pad(images, (radius,) * 4, mode="replicate")  # (N, C, H + 2r, W + 2r)
    return smooth(padded, sigma, radius)


def stand_in(images: Tensor, baseline: str | Tensor) -> Tensor:
    """The images that give the pixels to put in: (N, C, H, W).

    Args:
        images: ``(N, C, H, W)``.
        baseline: ``"blur"`` (see `blurred`), ``"zero"`` (black for a network that takes 0…1, the data set's mean
            color for one that takes normalized images), ``"mean"`` (each image's mean color), or a tensor that
            broadcasts to the images.

    Raises:
        ValueError: another name (the nearest is offered), or a tensor of another shape.

    >>> stand_in(torch.tensor([[[[1.0, 3.0]]]]), "mean").tolist()
    [[[[2.0, 2.0]]]]
    """
    if isinstance(baseline, Tensor):
        return _broadcast(images, baseline)
    if baseline == "blur":
        return blurred(images)
    if baseline == "zero":
        return torch.zeros_like(images)
    if baseline == "mean":
        return images.mean((-2, -1), keepdim=True).expand_as(images)
    raise ValueError(nearest(baseline, NAMES, kind="baseline (or a tensor)"))


def _broadcast(images: Tensor, baseline: Tensor) -> Tensor:
    try:
        return baseline.detach().to(images).expand_as(images)
    except RuntimeError:
        raise ValueError(
            f"expected a baseline that broadcasts to the images {tuple(images.shape)}, got {tuple(baseline.shape)}; "
            "give one picture of their size, or one color as (C, 1, 1)"
        ) from None
