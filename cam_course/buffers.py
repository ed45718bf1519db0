"""Keeps the buffers of a network while it runs, and puts back what the run changed."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


class Buffers:
    """The buffers of modules and their values, kept joined by type: two operations a type, not two a buffer.

    Args:
        modules: whose own buffers are kept; a buffer may be None.

    >>> norm = nn.BatchNorm2d(2)
    >>> kept = Buffers([norm])
    >>> _ = norm(torch.ones(4, 2, 1, 1))
    >>> norm.running_mean.tolist(), kept.restore(), norm.running_mean.tolist()
    ([0.1..., 0.1...], None, [0.0, 0.0])
    """

    def __init__(self, modules: Iterable[nn.Module]) -> None:
        self._named = [(module, dict(module._buffers)) for module in modules]
        tensors = [tensor for _, buffers in self._named for tensor in buffers.values() if tensor is not None]
        self._groups: dict[tuple, list[Tensor]] = {}
        for tensor in tensors:
            own = None if tensor.layout is torch.strided else id(tensor)  # a sparse one cannot be joined to others
            self._groups.setdefault((tensor.dtype, tensor.device, own), []).append(tensor)
        self._values = {key: _joined(group) for key, group in self._groups.items()}

    def restore(self) -> None:
        """Puts back each buffer under its name, and its values where they changed."""
        for module, buffers in self._named:
            if buffers or module._buffers:
                module._buffers.clear()  # also of what forward registered
                module._buffers.update(buffers)
        for key, group in self._groups.items():
            if not torch.equal(_joined(group), self._values[key]):
                _copy_back(group, self._values[key])


def _joined(group: list[Tensor]) -> Tensor:
    with torch.no_grad():
        if len(group) == 1:
            return group[0].clone()
        return torch.cat([tensor if tensor.ndim == 1 else tensor.reshape(-1) for tensor in group])


def _copy_back(group: list[Tensor], values: Tensor) -> None:
    parts = [values] if len(group) == 1 else values.split([tensor.numel() for tensor in group])
    with torch.no_grad():
        for tensor, part in zip(group, parts, strict=True):
            tensor.copy_(part.view_as(tensor) if len(group) > 1 else part)
