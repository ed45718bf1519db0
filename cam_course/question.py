"""What is asked of a model, what it showed when it was run for it, and what a method made of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor, nn

from cam_course.capture import Capture, Layers, capture_image, captured
from cam_course.heatmap import upsample
from cam_course.methods.saliency import saliency
from cam_course.targets import Score, as_scores, settled


@dataclass(frozen=True)
class Explanation:
    """What a method answered, for N images of H × W pixels; a single image counts as N = 1.

    With `classes`, `maps`, `attribution`, `raw` and `targets` have T in front.

    Attributes:
        maps: ``(N, H, W)`` at image size, raw: not normalized, at least 0 unless an option asks for signs. Unit: that
            of the method, see its docstring in `cam_course.methods`. For methods in pixel space it is the largest
            magnitude of the attribution over the channels; for fused layers 0…1, without unit.
        attribution: ``(N, C, H, W)``, signed, for methods in pixel space; else None.
        raw: ``(N, h, w)`` at the resolution of the layer; None for methods in pixel space and for fused layers.
        method: the method's name.
        layers: dotted names of the layers that were read, in the order in which they run; none for methods in pixel
            space but Guided Grad-CAM.
        targets: the class explained in each image, ``(N,)``, for a counterfactual or a contrast too; the target itself
            where it is no class (with `classes`, a tuple of them).
        logits: the model's output, one row per image.
    """

    maps: Tensor
    attribution: Tensor | None
    raw: Tensor | None
    method: str
    layers: tuple[str, ...]
    targets: object
    logits: Tensor


@dataclass(frozen=True)
class Question:
    """What is asked of a model: which images, which target, which layer. All methods that share it share its runs."""

    model: nn.Module
    images: Tensor
    target: object
    classes: Sequence | Tensor | None
    layer: Layers
    _by_rule: dict[str | None, Capture] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def shown(self) -> Capture:
        """The one capture of the layer, or layers, from which every class activation map is made."""
        return captured(self.model, self.images, self.layer, self.target, self.classes)

    @property
    def several_layers(self) -> bool:
        """Whether a list of layers is asked for, to be fused."""
        return isinstance(self.layer, (list, tuple))

    @property
    def settled_scores(self) -> list[Score]:
        """The scores, a prediction being that of the images as they are, not as a method changes them."""
        return [settled(score, self.shown.logits) for score in as_scores(self.target, self.classes)]

    def image_gradient(self, rule: str | None) -> Capture:
        """The capture of the image itself under a rule for rectifiers, run once a rule."""
        if rule not in self._by_rule:
            self._by_rule[rule] = capture_image(self.model, self.images, self.target, classes=self.classes, rule=rule)
        return self._by_rule[rule]

    def stacked(self, scores: list[Tensor]) -> Tensor:
        """One tensor per score, joined: with `classes` T in front, else the only one."""
        return scores[0] if self.classes is None else torch.stack(scores)

    def enlarged(self, raw: Tensor) -> Tensor:
        """A raw map at the size of the images."""
        return upsample(raw, self.images.shape[-2:])

    def of_layers(self, name: str, maps: Tensor, raw: Tensor | None) -> Explanation:
        """The answer of a method that reads layers."""
        shown = self.shown
        return Explanation(maps, None, raw, name, tuple(shown.activations), shown.targets, shown.logits)

    def of_pixels(self, name: str, attribution: Tensor, shown: Capture, layers: Sequence[str] = ()) -> Explanation:
        """The answer of a method in pixel space."""
        return Explanation(saliency(attribution), attribution, None, name, tuple(layers), shown.targets, shown.logits)
