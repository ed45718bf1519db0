"""What networks give: a tensor, a dict, list or tuple of them, or, as detectors do, a list of one dict per image."""

from collections.abc import Callable, Mapping

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
    if len(outputs) == 1:
        return outputs[0]
    if all(map(_is_one_per_image, outputs)):
        return [one for output in outputs for one in output]
    return mapped(lambda *parts: torch.cat(parts), *outputs)


def selected(output: object, images: slice | Tensor) -> object:
    """The output of some of the images.

    Args:
        output: of N images.
        images: a slice, or a tensor of their numbers.

    >>> selected({"out": torch.tensor([5.0, 6.0, 7.0])}, slice(1, 3))
    {'out': tensor([6., 7.])}
    >>> selected([{"scores": "first"}, {"scores": "second"}], torch.tensor([1, 1]))
    [{'scores': 'second'}, {'scores': 'second'}]
    """
    if not _is_one_per_image(output):
        return mapped(lambda rows: rows[images], output)
    return output[images] if isinstance(images, slice) else [output[i] for i in images.tolist()]


def _is_one_per_image(output: object) -> bool:
    return isinstance(output, list) and all(isinstance(one, Mapping) for one in output)
