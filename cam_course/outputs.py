"""What networks give: a tensor, or a dict, list or tuple of them."""

from collections.abc import Callable

import torch
from torch import Tensor


def mapped(function: Callable[..., Tensor], *outputs: object) -> object:
    """Applies a function to the tensors of outputs of one structure; what is no tensor is taken from the first.

    >>> mapped(torch.add, {"out": torch.ones(1), "name": "a"}, {"out": torch.ones(1), "name": "b"})
    {'out': tensor([2.]), 'name': 'a'}
    """
    first = outputs[0]
    if isinstance(first, Tensor):
        return function(*outputs)
    if isinstance(first, dict):
        return {key: mapped(function, *(output[key] for output in outputs)) for key in first}
    if isinstance(first, (list, tuple)):
        parts = (mapped(function, *each) for each in zip(*outputs, strict=True))
        return type(first)._make(parts) if hasattr(first, "_fields") else type(first)(parts)
    return first


def concatenated(outputs: list[object]) -> object:
    """The outputs of several batches as one.

    >>> concatenated([torch.zeros(2, 3), torch.zeros(1, 3)]).shape
    torch.Size([3, 3])
    """
    return outputs[0] if len(outputs) == 1 else mapped(lambda *parts: torch.cat(parts), *outputs)
