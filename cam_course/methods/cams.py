"""Class activation maps: every method that adds up the feature maps of a layer, as its paper writes it."""

from collections.abc import Callable, Sequence

import torch
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
        ``(..., h, w)``, in logit units, neither upsampled nor normalized; the mean of the signed map over positions,
        plus the layer's bias, is the class's logit.

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


def grad_cam_plus_plus(activations: Tensor, gradients: Tensor, *, rectify: bool = False) -> Tensor:
    r"""Grad-CAM++: within a map, weight the positive gradients so that each of several instances counts alike.

    .. math:: w_k^c = \sum_{ij} \alpha_{ij}^{kc} \mathrm{ReLU}(g_{ij}^k), \qquad \alpha_{ij}^{kc} = \frac{g^2}{2 g^2 + g^3 \sum_{ab} A_{ab}^k}, \qquad L^c = \mathrm{ReLU}(\sum_k w_k^c A^k)

    with g = dy^c/dA. Where g > 0, the product of the first two is g / (2 + g ΣA): no 0/0, so nothing is added to it.

    Args:
        activations: A, ``(..., K, h, w)``, each map's sum at least 0, as after a rectifier.
        gradients: dy^c/dA, as for `grad_cam`. Ten times the score is not ten times the map: the paper explains exp(y).
        rectify: explain the positive part of the activations, which is the remedy where sums are negative.

    Returns:
        ``(..., h, w)``, at least 0, neither upsampled nor normalized; its unit is that of the activations times that
        of the weights, which is not score. All zero: no activation where a gradient is positive.

    Raises:
        ValueError: fewer than three dimensions, shapes that do not match, or a map with a negative sum.

    References:
        Chattopadhay et al., Grad-CAM++, WACV 2018, arXiv:1710.11063, eq. 5, 10 and 19 (piecewise linear network).

    >>> A = torch.tensor([[[1.0, 0.0], [0.0, 3.0]]])  # sum 4
    >>> g = torch.tensor([[[0.5, -2.0], [0.0, 0.5]]])  # 0.5 / (2 + 0.5 * 4) = 1/8, twice: w = 1/4
    >>> grad_cam_plus_plus(A, g).tolist()
    [[0.25, 0.0], [0.0, 0.75]]
    """  # noqa: E501 - one equation, one line
    same_feature_maps(activations, gradients)
    A = activations.relu() if rectify else activations
    total = A.sum((-2, -1), keepdim=True)  # (..., K, 1, 1)
    if (total < 0).any():
        raise ValueError(
            f"expected activations whose sum over positions is at least 0, got {float(total.min()):.3g} in one map; "
            "explain a layer after its rectifier, or the positive part of this one with rectify=True"
        )
    g = gradients.relu()
    w = (g / (2 + g * total)).sum((-2, -1), keepdim=True)  # eq. 5 with 19  (..., K, 1, 1)
    return (w * A).sum(-3).relu()  # (..., h, w)


def layer_cam(activations: Tensor, gradients: Tensor) -> Tensor:
    r"""LayerCAM: weight every position of every map by its own positive gradient.

    .. math:: M^c = \mathrm{ReLU}(\sum_k \mathrm{ReLU}(g^{kc}) \odot A^k)

    Args:
        activations: A, ``(..., K, h, w)``, output of any layer, early ones too.
        gradients: g = dy^c/dA, as for `grad_cam`.

    Returns:
        ``(..., h, w)``, at least 0, in score units, neither upsampled nor normalized.

    Raises:
        ValueError: fewer than three dimensions, or shapes that do not match.

    References:
        Jiang et al., LayerCAM, IEEE Transactions on Image Processing 30, 2021, sec. III.

    >>> A, g = torch.tensor([[[1.0, 2.0]], [[3.0, 1.0]]]), torch.tensor([[[1.0, -1.0]], [[2.0, 3.0]]])
    >>> layer_cam(A, g).tolist()  # 1*1 + 2*3, 0*2 + 3*1
    [[7.0, 3.0]]
    """
    same_feature_maps(activations, gradients)
    return (gradients.relu() * activations).sum(-3).relu()  # (..., h, w)


def fuse(maps: Sequence[Tensor], enlarge: Callable[[Tensor], Tensor], *, gamma: float = 2.0) -> Tensor:
    r"""LayerCAM over several layers: the largest value that any layer's map has at a position.

    .. math::
        \hat M_l = \tanh\left(\gamma \frac{M_l}{\max M_l}\right), \quad
        \hat M_{\text{deepest}} = \frac{M_{\text{deepest}}}{\max M_{\text{deepest}}}, \qquad
        M_{ij} = \max_l \hat M_{l,ij}

    The deepest layer, whose map is strongest in meaning, is divided by its maximum only.

    Args:
        maps: one ``(..., h, w)`` per layer, at least 0, from the shallowest to the deepest.
        enlarge: brings a map to the common size; the caller names the interpolation.
        gamma: how much the weaker values of the shallow layers are raised, above 0; the paper takes 2.

    Returns:
        ``(..., H, W)``, 0…1, without unit. A map that is zero everywhere stays zero.

    Raises:
        ValueError: a gamma that is not above 0.

    References:
        Jiang et al., LayerCAM, IEEE Transactions on Image Processing 30, 2021, sec. III.

    >>> shallow, deep = torch.tensor([[0.0, 4.0]]), torch.tensor([[5.0, 1.0]])
    >>> fuse([shallow, deep], enlarge=lambda m: m)  # 5/5, tanh(2 * 4/4)
    tensor([[1.0000, 0.9640]])
    """
    if isinstance(gamma, (bool, str)) or not 0 < gamma < float("inf"):
        raise ValueError(f"expected gamma as a finite number above 0, got {gamma!r}; the paper takes 2")
    peaks = [M.amax((-2, -1), keepdim=True) for M in maps]
    *shallow, deepest = [M / peak.where(peak > 0, 1) for M, peak in zip(maps, peaks, strict=True)]
    scaled = [*((gamma * M).tanh() for M in shallow), deepest]
    return torch.stack([enlarge(M) for M in scaled]).amax(0)  # (..., H, W)


def hires_cam(activations: Tensor, gradients: Tensor) -> Tensor:
    r"""HiResCAM: gradient times activation at every position, added up: LayerCAM without its inner ReLU.

    .. math:: L^c = \mathrm{ReLU}(\sum_k g^{kc} \odot A^k)

    Args:
        activations: A, ``(..., K, h, w)``, output of one layer.
        gradients: g = dy^c/dA, as for `grad_cam`.

    Returns:
        ``(..., h, w)``, at least 0, in score units, neither upsampled nor normalized.

    Raises:
        ValueError: fewer than three dimensions, or shapes that do not match.

    References:
        Draelos, Carin, Use HiResCAM instead of Grad-CAM, 2020, arXiv:2011.08891 (which leaves the ReLU to the reader).

    >>> A, g = torch.tensor([[[1.0, 2.0]], [[3.0, 1.0]]]), torch.tensor([[[1.0, -1.0]], [[2.0, 3.0]]])
    >>> hires_cam(A, g).tolist()  # 1*1 + 2*3, -1*2 + 3*1
    [[7.0, 1.0]]
    """
    same_feature_maps(activations, gradients)
    return (gradients * activations).sum(-3).relu()  # (..., h, w)


def guided_grad_cam(attribution: Tensor, heatmap: Tensor) -> Tensor:
    r"""Guided Grad-CAM: the detail of guided backpropagation, where Grad-CAM finds the class.

    .. math:: R = \mathrm{GuidedBackprop} \odot L^c_{\text{Grad-CAM}}

    Args:
        attribution: of guided backpropagation, ``(..., C, H, W)``, signed.
        heatmap: of Grad-CAM, upsampled, ``(..., H, W)``, at least 0.

    Returns:
        ``(..., C, H, W)``, signed; its unit is the product of the two.

    Raises:
        ValueError: fewer than three dimensions, or a heatmap of another size.

    References:
        Selvaraju et al., Grad-CAM, ICCV 2017, arXiv:1610.02391, sec. 3.2.

    >>> guided_grad_cam(torch.tensor([[[2.0, -3.0]]]), torch.tensor([[0.5, 1.0]])).tolist()
    [[[1.0, -3.0]]]
    """
    same_feature_maps(attribution, heatmap[..., None, :, :])
    return attribution * heatmap[..., None, :, :]  # (..., C, H, W)
