"""The target of a segmentation: the mean logit of a class in a region of pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from cam_course.targets.classes import Classes, OfClass


@dataclass(frozen=True, eq=False)
class Region(OfClass):
    """The mean logit of a class over a region: one pixel, an instance, or all that the class was found in.

    It takes the output of a segmentation network, ``(N, classes, H, W)``, or a mapping that holds it as ``"out"``, as
    torchvision's do.

    Args:
        mask: boolean, ``(H, W)`` for all images or ``(N, H, W)``, at the resolution of the output; some pixel true in
            each.
        of: an int for all images, one int per image, or None for the class of the largest mean logit in the region.

    References:
        Vinogradova et al., Towards Interpretable Semantic Segmentation via Gradient-weighted Class Activation Mapping,
        AAAI 2020, arXiv:2002.11434, which takes the sum: the same map times the number of pixels.

    >>> logits = torch.tensor([[[[1.0, 3.0]], [[0.0, 8.0]]]])  # one image, two classes, 1 × 2 pixels
    >>> Region(torch.tensor([[True, True]]), 0)(logits).tolist(), Region(torch.tensor([[True, False]]))(logits).tolist()
    ([2.0], [1.0])
    """

    mask: Tensor
    of: Classes = None

    def __call__(self, output: object) -> Tensor:
        """The score of each image: (N,).

        Raises:
            ValueError: an output of another form, a mask of another size or without a pixel; a class out of range.
            TypeError: a mask that is not boolean.
        """
        return self.logit(output)

    def table(self, output: object) -> Tensor:
        """The mean of each class's logits over the region: (N, classes)."""
        logits = _logits(output)  # (N, classes, H, W)
        mask = _checked(self.mask, logits)[:, None]  # (N, 1, H, W)
        return (logits * mask).sum((-2, -1)) / mask.sum((-2, -1))


def _logits(output: object) -> Tensor:
    logits = output.get("out") if isinstance(output, Mapping) else output
    if not isinstance(logits, Tensor) or logits.ndim != 4:
        got = tuple(logits.shape) if isinstance(logits, Tensor) else type(output).__name__
        raise ValueError(
            "expected the output of a segmentation network, (N, classes, H, W) or a mapping with it as 'out', "
            f"got {got}; "
            "for other outputs pass target as a callable from the output to one score per image"
        )
    return logits


def _checked(mask: Tensor, logits: Tensor) -> Tensor:
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        if not isinstance(mask, Tensor):
            raise TypeError(f"expected the mask as a tensor, got {type(mask).__name__}; convert with torch.as_tensor")
        raise TypeError(f"expected a boolean mask, got {mask.dtype}; write mask > 0 or mask == class")
    images, _, height, width = logits.shape
    if mask.shape not in ((height, width), (images, height, width)):
        raise ValueError(
            f"expected a mask of shape ({height}, {width}) or ({images}, {height}, {width}), as the output's pixels, "
            f"got {tuple(mask.shape)}; resize the mask to the output"
        )
    mask = (
        mask.to(logits.device).clone().expand(images, height, width)
    )  # a clone, since inference tensors have no graph
    if not mask.any(-1).any(-1).all():
        raise ValueError(
            "expected at least one pixel in the mask of each image, got none in one of them; widen the mask"
        )
    return mask
