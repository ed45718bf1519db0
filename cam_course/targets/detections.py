"""The target of a detector: the score that it gave to the detection in a box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from cam_course.targets.classes import Classes, as_integers

Detection = Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Box:
    """The score of the detection that overlaps most with a box.

    It takes what torchvision's detectors give: for each image a mapping with ``boxes`` ``(D, 4)``, ``labels`` ``(D,)``
    and ``scores`` ``(D,)``. Their scores are probabilities; the factor that turns one into its logit is one number per
    image, so that it changes the strength of a map and, but for Grad-CAM++ and Score-CAM, not its shape.

    Args:
        box: left, top, right, bottom in pixels of the image: ``(4,)`` for all images, or ``(N, 4)``.
        of: the detection's label, an int for all images or one per image; None for whatever was detected there.
        overlap: the least intersection over union of box and detection, above 0 and up to 1.
        missing: the score where nothing was detected there; None refuses. Runs on changed images, such as those of
            Score-CAM, take 0, since a masked object may well not be found; it is of no use elsewhere, since where
            nothing was detected there is no gradient.

    >>> found = {"boxes": torch.tensor([[0.0, 0, 4, 4], [10, 10, 20, 20]]), "labels": torch.tensor([1, 2])}
    >>> Box((9.0, 9, 20, 20))([{**found, "scores": torch.tensor([0.75, 0.5])}]).tolist()
    [0.5]
    """

    box: Tensor | Sequence[float]
    of: Classes = None
    overlap: float = 0.5
    missing: float | None = None

    def __call__(self, output: Sequence[Detection]) -> Tensor:
        """The score of each image: (N,).

        Raises:
            ValueError: an output of another form, boxes of another shape or number, or no such detection in an image.
        """
        return torch.stack([self._score(found, which) for found, which in self._chosen(output)])

    def indices(self, output: Sequence[Detection]) -> Tensor:
        """The label of the detection explained in each image, (N,); -1 where nothing was detected."""
        labels = [-1 if which is None else int(found["labels"][which]) for found, which in self._chosen(output)]
        return torch.tensor(labels, device=output[0]["labels"].device)

    def settled(self, output: Sequence[Detection]) -> Box:
        """The same target for changed images, in which the object may be lost: its score is 0 then."""
        return replace(self, missing=0.0)

    def _chosen(self, output: Sequence[Detection]) -> list[tuple[Detection, int | None]]:
        _check_output(output)
        if not 0 < self.overlap <= 1:
            raise ValueError(f"expected overlap above 0 and up to 1, got {self.overlap}; it is a share of the union")
        boxes = _boxes(self.box, output)
        labels = [None] * len(output) if self.of is None else _labels(self.of, len(output))
        return [(found, self._which(found, *wanted)) for found, *wanted in zip(output, boxes, labels, strict=True)]

    def _which(self, found: Detection, box: Tensor, label: int | None) -> int | None:
        from torchvision.ops import box_iou  # here: importing it takes longer than importing PyTorch

        overlaps = box_iou(box[None], found["boxes"].detach())[0]  # (D,)
        if label is not None:
            overlaps = overlaps * (found["labels"] == label)
        best = int(overlaps.argmax()) if len(overlaps) else None
        if best is not None and overlaps[best] >= self.overlap:
            return best
        if self.missing is None:
            raise ValueError(_nothing_there(box, label, self.overlap, overlaps))
        return None

    def _score(self, found: Detection, which: int | None) -> Tensor:
        return found["scores"].new_tensor(self.missing) if which is None else found["scores"][which]


def _nothing_there(box: Tensor, label: int | None, overlap: float, overlaps: Tensor) -> str:
    what = "a detection" if label is None else f"a detection of label {label}"
    best = f"{float(overlaps.max()):.2f} at best" if len(overlaps) else "no detection at all"
    return (
        f"expected {what} that overlaps by at least {overlap:g} with box {[round(x, 1) for x in box.tolist()]}, got "
        f"{best}; take a box from the detector's own output, or lower overlap (or the detector's own threshold)"
    )


def _check_output(output: object) -> None:
    needed = {"boxes", "labels", "scores"}
    several = isinstance(output, Sequence) and len(output) > 0
    if not several or not all(isinstance(found, Mapping) and needed <= found.keys() for found in output):
        raise ValueError(
            f"expected the output of a detector, for each image a mapping with {', '.join(sorted(needed))}, "
            f"got {type(output).__name__}; "
            "for other outputs pass target as a callable from the output to one score per image"
        )


def _boxes(box: Tensor | Sequence[float], output: Sequence[Detection]) -> Tensor:
    like = output[0]["boxes"]
    boxes = torch.as_tensor(box, dtype=like.dtype, device=like.device).detach().clone()
    if boxes.shape not in ((4,), (len(output), 4)):
        raise ValueError(
            f"expected a box (4,) or one per image ({len(output)}, 4), as left, top, right, bottom, "
            f"got {tuple(boxes.shape)}; explain several boxes of an image with classes=[targets.Box(...), ...]"
        )
    if not (boxes[..., 2:] > boxes[..., :2]).all():
        raise ValueError(
            f"expected a box with left < right and top < bottom, got {boxes.tolist()}; give corners, not sizes"
        )
    return boxes.expand(len(output), 4)


def _labels(of: Classes, images: int) -> list[int]:
    labels = as_integers(of)
    if labels.ndim and labels.shape != (images,):
        raise ValueError(f"expected one label, or one per image ({images}), got {tuple(labels.shape)}; drop the others")
    return labels.expand(images).tolist()
