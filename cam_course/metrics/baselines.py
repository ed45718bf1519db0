"""Trivial maps, which know nothing of any model: what a method has to beat before its numbers mean anything."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from cam_course._checks import as_batch
from cam_course.metrics.windows import slide

SMOOTH, RISE = (1 / 4, 2 / 4, 1 / 4), (-1 / 2, 0, 1 / 2)  # Sobel's filter is their product


def uniform(images: Tensor) -> Tensor:
    """The same value everywhere: what chance would score. Its energy inside a mask is the mask's share of the image.

    Args:
        images: ``(N, C, H, W)`` or ``(C, H, W)``; only their size counts.

    Returns:
        ``(N, H, W)`` of ones.

    Raises:
        ValueError: images of another shape, or not finite.
        TypeError: images that are no floating-point tensor.

    >>> uniform(torch.rand(3, 1, 2)).tolist()
    [[[1.0, 1.0]]]
    """
    images = as_batch(images)
    return torch.ones_like(images[:, 0])


def centered_gaussian(images: Tensor, *, width: float = 0.25) -> Tensor:
    r"""A blob in the middle: what a photographer's habit would score.

    .. math:: m_{yx} = \exp\left(-\frac{(y - c_y)^2}{2 (w H)^2} - \frac{(x - c_x)^2}{2 (w W)^2}\right)

    Args:
        images: ``(N, C, H, W)`` or ``(C, H, W)``; only their size counts.
        width: w, the standard deviation as a share of each side.

    Returns:
        ``(N, H, W)``, above 0; 1 at the center of the image, ``c = ((H - 1) / 2, (W - 1) / 2)``.

    Raises:
        ValueError: a width that is not above 0; images of another shape, or not finite.
        TypeError: images that are no floating-point tensor.

    >>> centered_gaussian(torch.rand(1, 1, 3), width=1 / 3)[0, 0]  # sigma is one pixel: exp(-1/2), 1, exp(-1/2)
    tensor([0.6065, 1.0000, 0.6065])
    """
    if not width > 0:
        raise ValueError(f"expected a width above 0, got {width}; it is a share of the image's side")
    images = as_batch(images)
    rows, columns = (_bell(side, width, images) for side in images.shape[-2:])
    return (rows[:, None] * columns).expand_as(images[:, 0]).clone()


def edges(images: Tensor) -> Tensor:
    r"""The strength of edges, by Sobel's filter: what a picture of the picture would score.

    A map that looks like this one may show what is in the image rather than what the model does with it.

    .. math:: m = \sqrt{(S * I)^2 + (S^T * I)^2}, \qquad S = \frac{1}{8}\begin{pmatrix} 1 & 0 & -1 \\ 2 & 0 & -2 \\ 1 & 0 & -1 \end{pmatrix}

    Args:
        images: ``(N, C, H, W)`` or ``(C, H, W)``; I is the mean of their channels, its border repeated outward.

    Returns:
        ``(N, H, W)``, at least 0. Unit: of the images, per pixel.

    Raises:
        ValueError: images of another shape, or not finite.
        TypeError: images that are no floating-point tensor.

    References:
        Adebayo et al., Sanity Checks for Saliency Maps, 2018, arXiv:1810.03292: the edge detector as a
        map that no model has touched.

    >>> ramp = torch.tensor([[0.0, 1.0, 2.0, 3.0]]).expand(1, 3, 4)  # rises by 1 per pixel; by half of it at the border
    >>> edges(ramp)[0, 1].tolist()
    [0.5, 1.0, 1.0, 0.5]
    """  # noqa: E501 - one equation, one line
    gray = as_batch(images).mean(1, keepdim=True)  # (N, 1, H, W)
    padded = F.pad(gray, (1, 1, 1, 1), mode="replicate")[:, 0]
    across = slide(slide(padded, SMOOTH, -2), RISE, -1)  # (N, H, W)
    down = slide(slide(padded, SMOOTH, -1), RISE, -2)  # (N, H, W)
    return (across**2 + down**2).sqrt()


def _bell(side: int, width: float, like: Tensor) -> Tensor:
    distance = torch.arange(side, device=like.device, dtype=like.dtype) - (side - 1) / 2  # (side,)
    return torch.exp(-(distance**2) / (2 * (width * side) ** 2))
