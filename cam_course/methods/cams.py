"""Class activation maps: every method that adds up the feature maps of a layer, as its paper writes it."""

from torch import Tensor

from cam_course._checks import same_feature_maps


def cam(activations: Tensor, weights: Tensor, *, relu: bool = True) -> Tensor:
    r"""CAM: weight the maps by the row of the linear layer that follows global average pooling.

    .. math:: L^c = \mathrm{ReLU}(\sum_k w_k^c A^k)

    Args:
        activations: A, ``(..., K, h, w)``, what is pooled.
        weights: w^c, ``(..., K)``, the row of class c in the linear layer's weight. Unit: logit per unit of activation.
        relu: keep only evidence for the class, as the later methods do; ``False`` is the signed map of the paper.

    Returns:
        ``(..., h, w)``; the mean of the signed map over positions, plus the layer's bias, is the class's logit.

    Raises:
        ValueError: fewer than three dimensions, or not one weight per channel.

    References:
        Zhou et al., Learning Deep Features for Discriminative Localization, CVPR 2016, arXiv:1512.04150, eq. 2.

    >>> import torch
    >>> A = torch.tensor([[[1.0, 0.0], [0.0, 3.0]], [[0.0, 2.0], [0.0, 1.0]]])
    >>> cam(A, torch.tensor([2.0, -1.0])).tolist()
    [[2.0, 0.0], [0.0, 5.0]]
    >>> cam(A, torch.tensor([2.0, -1.0]), relu=False).tolist()
    [[2.0, -2.0], [0.0, 5.0]]
    """
    w = weights[..., None, None]  # (..., K, 1, 1)
    same_feature_maps(activations, w)
    signed = (w * activations).sum(-3)  # eq. 2  (..., h, w)
    return signed.relu() if relu else signed


def grad_cam(activations: Tensor, gradients: Tensor) -> Tensor:
    r"""Grad-CAM: weight the maps by their mean gradient, add them up, keep the positive part.

    .. math:: \alpha_k^c = \frac{1}{Z}\sum_{ij}\frac{\partial y^c}{\partial A^k_{ij}}, \qquad L^c = \mathrm{ReLU}(\sum_k \alpha_k^c A^k)

    Args:
        activations: A, ``(..., K, h, w)``, output of one layer.
        gradients: dy^c/dA, broadcastable to it, or with more dimensions in front (one per class explained); y^c is
            the score before softmax. Unit: score per unit of activation.

    Returns:
        ``(..., h, w)``, at least 0, in score units, neither upsampled nor normalized. All zero means no positive evidence.

    Raises:
        ValueError: fewer than three dimensions, or shapes that do not match.

    References:
        Selvaraju et al., Grad-CAM, ICCV 2017, arXiv:1610.02391, eq. 1 and 2.

    >>> import torch
    >>> A = torch.tensor([[[1.0, 0.0], [0.0, 3.0]], [[0.0, 2.0], [0.0, 1.0]]])
    >>> g = torch.tensor([[[4.0, 2.0], [0.0, 2.0]], [[-1.0, -1.0], [-1.0, -1.0]]])  # means 2 and -1
    >>> grad_cam(A, g).tolist()
    [[2.0, 0.0], [0.0, 5.0]]
    """  # noqa: E501 - one equation, one line
    same_feature_maps(activations, gradients)
    alpha = gradients.mean((-2, -1), keepdim=True)  # eq. 1  (..., K, 1, 1)
    return (alpha * activations).sum(-3).relu()  # eq. 2  (..., h, w)
