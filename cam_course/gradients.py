"""The gradients of one score, or of many in one backward pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.utils.checkpoint import CheckpointError

AT_ONCE = 32  # scores in one backward pass: bounds its memory


def gradients_of(values: Sequence[Tensor], inputs: Mapping[str, Tensor], *, at_once: bool = True) -> dict[str, Tensor]:
    """The gradient of each score with respect to each input, by name: ``(T, N, K, h, w)``.

    All T scores go back through the network together, so that every weight is read once: on VGG-16, whose linear
    layers are large, ten scores one by one cost more than another forward pass.

    Args:
        values: T scores ``(N,)`` each, of one graph.
        inputs: by dotted layer name, the tensors ``(N, K, h, w)`` in it.
        at_once: False goes back once per score: as fast, and smaller, where the way back is the whole network.

    Raises:
        ValueError: a score that does not depend on an input.

    >>> x = torch.ones(1, 1, 1, 2, requires_grad=True)
    >>> gradients_of([x.sum((1, 2, 3)), (2 * x).sum((1, 2, 3))], {"x": x})["x"].flatten(1).tolist()
    [[1.0, 1.0], [2.0, 2.0]]
    """
    for value in values:
        if not value.requires_grad:
            raise ValueError(_no_path(next(iter(inputs))))
    sums = [value.sum() for value in values]
    step = AT_ONCE if at_once else 1
    groups = [_back(sums[i : i + step], inputs, keep=i + step < len(sums)) for i in range(0, len(sums), step)]
    return {name: _joined([group[i] for group in groups]) for i, name in enumerate(inputs)}


def _joined(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def _back(sums: list[Tensor], inputs: Mapping[str, Tensor], *, keep: bool) -> list[Tensor]:
    tensors = list(inputs.values())
    if len(sums) == 1:
        found = _gradient(sums[0], tensors, retain_graph=keep)
        return [_found(gradient, name)[None] for name, gradient in zip(inputs, found, strict=True)]
    stacked = torch.stack(sums)  # (T,)
    one_each = torch.eye(len(sums), dtype=stacked.dtype, device=stacked.device)  # (T, T): row t asks for score t
    found = _gradient(stacked, tensors, grad_outputs=one_each, is_grads_batched=True, retain_graph=keep)
    return [_found(gradient, name) for name, gradient in zip(inputs, found, strict=True)]


def _gradient(score: Tensor, inputs: list[Tensor], **how: object) -> tuple[Tensor | None, ...]:
    try:
        return torch.autograd.grad(score, inputs, allow_unused=True, **how)
    except CheckpointError as error:
        raise ValueError(
            "expected a model that keeps its activations, got gradient checkpointing, which runs parts of it twice; "
            "switch it off (memory_efficient=False in torchvision's DenseNet)"
        ) from error


def _found(gradient: Tensor | None, name: str) -> Tensor:
    if gradient is None:
        raise ValueError(_no_path(name))
    return gradient


def _no_path(name: str) -> str:
    return (
        f"expected a target that depends on {f'layer {name!r}' if name else 'the image'}, got one that does not; "
        "choose a layer on the way to what is explained, and a target that is computed from the model's output"
    )
