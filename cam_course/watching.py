"""What every module of a network showed in one run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cam_course._checks import model_takes
from cam_course.methods.relu_rules import RectifierRule
from cam_course.untouched import run, untouched


@dataclass
class Call:
    """What one run of one module showed."""

    name: str
    module: nn.Module
    output: Tensor
    version: int
    calls: int = 1

    @property
    def result(self) -> tuple[int, int]:
        """Which tensor it gave, in which state: an in-place rectifier gives the tensor of its predecessor, changed."""
        return id(self.output), self.version


def watched(model: nn.Module, images: Tensor) -> tuple[list[Call], set[tuple[int, int]], list[str]]:
    """Every module that ran, as it finished, the tensors that rectifiers took, and the other activation functions."""
    model_takes(model, images)
    calls: dict[str, Call] = {}
    names = {module: name for name, module in model.named_modules() if name}

    def note(module: nn.Module, inputs: tuple, output: object) -> None:
        if not isinstance(output, Tensor):
            return
        name = names[module]
        if name in calls:
            calls[name].calls += 1
            return
        calls[name] = Call(name, module, output, output._version)

    with untouched(model), torch.no_grad(), ExitStack() as undo:
        for module in names:
            undo.callback(module.register_forward_hook(note).remove)
        rule = undo.enter_context(RectifierRule())
        run(model, images)
    return list(calls.values()), {(id(tensor), version) for tensor, version in rule.rectified}, rule.others


def without_channels_last(calls: list[Call]) -> list[Call]:
    """Only calls whose output is (N, K, h, w): blocks such as ConvNeXt's work on (N, h, w, K) inside."""
    kept, features = [], None  # the width of the last layer that works along the last dimension
    for call in calls:
        to_the_end = _permutes(call.module) and call.module.dims[-1] == 1
        if type(call.module) in ALONG_THE_LAST or to_the_end:
            features = call.output.shape[-1]
        elif isinstance(call.module, nn.Conv2d) or _permutes(call.module):
            features = None
        if features is None or call.output.shape[-1] != features or call.output.shape[1] == features:
            kept.append(call)
    return kept


ALONG_THE_LAST = (nn.Linear, nn.LayerNorm)


def _permutes(module: nn.Module) -> bool:
    """Whether it is torchvision's Permute, told by name: importing torchvision takes longer than importing PyTorch."""
    return type(module).__name__ == "Permute" and hasattr(module, "dims")
