"""Saliency: the gradient of a class score with respect to the image, read as a picture."""

from torch import Tensor


def saliency(gradients: Tensor) -> Tensor:
    r"""Saliency: at each pixel, the largest magnitude of the gradient over the color channels.

    .. math:: M_{ij} = \max_k \left| \frac{\partial y^c}{\partial x_{kij}} \right|

    Args:
        gradients: dy^c/dx, ``(..., C, H, W)``. Unit: score per unit of pixel value.

    Returns:
        ``(..., H, W)``, at least 0, in the unit of the gradients.

    Raises:
        ValueError: fewer than three dimensions.

    References:
        Simonyan, Vedaldi, Zisserman, Deep Inside Convolutional Networks, 2014, arXiv:1312.6034, sec. 3.1.

    >>> import torch
    >>> saliency(torch.tensor([[[1.0, -5.0]], [[-2.0, 3.0]]])).tolist()
    [[2.0, 5.0]]
    """
    if gradients.ndim < 3:
        raise ValueError(
            f"expected gradients of shape (..., C, H, W), got {tuple(gradients.shape)}; "
            "take the gradient with respect to the images"
        )
    return gradients.abs().amax(-3)  # (..., H, W)
