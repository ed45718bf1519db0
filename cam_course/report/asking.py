"""One picture, one network: what each method answers, and what each answer is worth."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from cam_course import METHODS, Explanation, capture, explain
from cam_course.metrics import blurred, deletion, insertion, rank_correlation
from cam_course.metrics.asking import asked, probability
from cam_course.metrics.progress import bar
from cam_course.report.found import Finding


@dataclass(frozen=True)
class Asking:
    """One picture ``(1, 3, h, w)``, one class or two, and how they are asked about."""

    model: nn.Module
    image: Tensor
    pair: tuple[int, int | None]
    layer: str | nn.Module | None
    steps: int
    progress: bool | None

    def all(self, methods: Sequence[str]) -> tuple[list[Finding], dict[str, str]]:
        """What could be found, and why the rest could not."""
        found, missing = [], {}
        for name in bar(methods, self.progress, "methods"):
            try:
                found.append(self.measured(self.answer(name)))
            except (ValueError, TypeError) as error:
                missing[name] = str(error)
        return found, missing

    def answer(self, name: str) -> Finding:
        """One method's answer for both classes."""
        layer = self.layer if METHODS[name].reads_layer else None
        classes = [one for one in self.pair if one is not None]
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            options = {"progress": self.progress} if name == "score_cam" else {}
            answer = explain(self.model, self.image, name, classes=classes, layer=layer, **options)
            passes = self.passes(answer)
        maps = answer.maps[:, 0].detach().float().cpu()
        cells = tuple(maps.shape[-2:] if answer.raw is None else answer.raw.shape[-2:])
        alike = float(rank_correlation(maps[:1], maps[1:])) if len(maps) > 1 else None
        notes = tuple(dict.fromkeys(str(warning.message) for warning in said))
        return Finding(name, maps[0], answer.layers, cells, passes, runner_up=alike, notes=notes)

    def passes(self, answer: Explanation) -> int:
        """Images that go through the network for one class: one; two where two gradients meet; one more per channel."""
        if answer.method != "score_cam":
            return 2 if answer.method == "guided_grad_cam" else 1
        (activations,) = capture(self.model, self.image, answer.layers[0], self.pair[0]).activations.values()
        live = activations.amax((-2, -1)) > activations.amin((-2, -1))
        return 2 + int(live.sum())  # the picture, the blank one, and each map that is not flat

    def measured(self, finding: Finding) -> Finding:
        """With deletion and insertion."""
        if not self.steps:
            return finding
        heatmap = finding.heatmap[None].to(self.image.device)
        how = {"steps": self.steps, "progress": False}
        areas = [
            float(curve(self.model, self.image, heatmap, self.pair[0], **how).area) for curve in (deletion, insertion)
        ]
        return replace(finding, deletion=areas[0], insertion=areas[1])

    def ends(self) -> tuple[float, float] | None:
        """The probability of the class for the picture, and for the picture blurred all over."""
        if not self.steps:
            return None
        both = torch.cat([self.image, blurred(self.image)])
        with asked(self.model, 1) as logits:
            first, last = probability(logits(both), torch.full((2,), self.pair[0], device=both.device)).tolist()
        return first, last
