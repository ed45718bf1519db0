"""Some pictures of a batch mirrored left to right."""

import torch
from torch import Tensor


def mirrored(values: Tensor, which: Tensor) -> Tensor:
    """Pictures, or whatever lies in their pixels, of which those chosen are mirrored; a new tensor.

    Args:
        values: ``(N, ..., W)``.
        which: ``(N,)`` bool.

    >>> mirrored(torch.tensor([[1, 2], [3, 4]]), torch.tensor([True, False])).tolist()
    [[2, 1], [3, 4]]
    """
    return torch.where(which.view(-1, *[1] * (values.ndim - 1)), values.flip(-1), values)
