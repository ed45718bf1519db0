"""Score-CAM's many runs: the image under the mask of each map, through a quicker copy of the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from cam_course._checks import is_count
from cam_course.folded import folded, images_at_once
from cam_course.heatmap import upsample
from cam_course.methods.score_cam import masks
from cam_course.outputs import concatenated, selected
from cam_course.targets import Counterfactual, Score, scores_of
from cam_course.untouched import run, untouched

BASELINE = 0.0  # x ⊙ mask: black for a network that takes 0…1, the mean color for one that takes normalized images
WORTH_A_COPY = 64  # masked images from which folding, which costs about three runs, pays for itself
LONG = 2.0  # seconds after which a progress bar appears unasked


class Found(NamedTuple):
    """What the masked runs gave: `scores`, T of ``(N, K)`` and T of the blank images' ``(N,)``; `live` ``(N, K)``."""

    scores: tuple[list[Tensor], list[Tensor]]
    live: Tensor


def channel_scores(
    model: nn.Module,
    images: Tensor,
    activations: Tensor,
    scores: Sequence[Score],
    *,
    probability: bool = False,
    baseline: float | Tensor = BASELINE,
    batch_size: int | None = None,
    progress: bool | None = None,
) -> Found:
    """The score of every image under the mask of each of its maps, and of the blank image.

    Args:
        model: as for `explain`; it is left as it was, the runs go through a copy that shares its parameters.
        images: ``(N, C, H, W)``.
        activations: A, ``(N, K, h, w)``, of one layer.
        scores: T scores, none of which may depend on what the masked image predicts.
        probability: score the softmax of the logits instead of the logits.
        baseline: what a fully masked pixel becomes: a number, or a tensor that broadcasts to the images.
        batch_size: images in one run; None takes as many as the processor's cache is likely to hold.
        progress: whether to show a bar; None shows it from two seconds on.

    Raises:
        ValueError: a baseline that does not fit; a batch size below 1; probabilities of an output without classes.
    """
    blank = _blank(images, baseline)
    scores = [_Probability(score) for score in scores] if probability else list(scores)
    live = activations.amax((-2, -1)) > activations.amin((-2, -1))  # (N, K)
    with untouched(model), torch.no_grad():
        net = folded(model, images[:1]) if live.sum() >= WORTH_A_COPY else model
        size = _checked(batch_size) or images_at_once(net, images[:1])
        under_masks = _Runs(net, images, blank, size)
        rows = [_scored(run(net, blank), scores, len(images))]
        channels = max(1, size // len(images))
        alive = live.any(0).nonzero()[:, 0]  # a map that is flat in every image is not run
        for some in _bar(alive.split(channels), progress):
            output = under_masks(activations[:, some], live[:, some])
            rows += [_scored(part, scores, len(images)) for part in _rows(output, len(some), len(images))]
    return _found(rows, alive, live)


class _Runs(NamedTuple):
    """Runs the images under some masks."""

    net: nn.Module
    images: Tensor
    blank: Tensor
    size: int

    def __call__(self, activations: Tensor, live: Tensor) -> object:
        """The output for K masks of N images, (K · N, …); rows whose map is flat hold another one's output."""
        live = live.T.flatten()  # (K · N,)
        shown, every = self._shown(activations), bool(live.all())
        shown = shown if every else shown[live]
        output = concatenated([run(self.net, part) for part in shown.split(self.size)])
        if every:
            return output
        source = (live.cumsum(0) - 1).clamp(min=0)
        return selected(output, source)

    def _shown(self, activations: Tensor) -> Tensor:
        mask = masks(upsample(activations, self.images.shape[-2:])).transpose(0, 1)[:, :, None]  # (K, N, 1, H, W)
        shown = self.images * mask
        if self.blank.any():
            shown = shown + self.blank * (1 - mask)
        return shown.flatten(0, 1)  # (K · N, C, H, W)


class _Probability(NamedTuple):
    """A score, of the class probabilities instead of the logits."""

    score: Score

    def __call__(self, logits: object) -> Tensor:
        if not isinstance(logits, Tensor) or logits.ndim != 2:
            got = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
            raise ValueError(
                f"expected logits (N, classes) for weights='probability', got {got}; "
                "take weights='channel_softmax' or 'increase', which need a score only"
            )
        if isinstance(self.score, Counterfactual):
            raise ValueError(
                f"expected a class for weights='probability', got {self.score!r}, for which every weight would be "
                "negative and every map zero; take weights='channel_softmax' or 'increase'"
            )
        return self.score(logits.softmax(1))


def _scored(output: object, scores: Sequence[Score], images: int) -> Tensor:
    return torch.stack([scores_of(score, output, images) for score in scores])  # (T, N)


def _rows(output: object, masks: int, images: int) -> list[object]:
    return [selected(output, slice(k * images, (k + 1) * images)) for k in range(masks)]


def _found(rows: list[Tensor], alive: Tensor, live: Tensor) -> Found:
    blank, *masked = rows
    scores = blank.new_zeros(*blank.shape, live.shape[1])  # (T, N, K)
    if masked:
        scores[..., alive] = torch.stack(masked, -1)
    return Found((list(scores), list(blank)), live)


def _blank(images: Tensor, baseline: float | Tensor) -> Tensor:
    if not isinstance(baseline, (int, float, Tensor)) or not torch.isfinite(torch.as_tensor(baseline)).all():
        raise ValueError(
            f"expected a baseline as a finite number or tensor, got {baseline!r}; "
            "for a blurred copy pass cam_course.metrics.blurred(images)"
        )
    value = torch.as_tensor(baseline, dtype=images.dtype, device=images.device)
    try:
        return value.detach().expand_as(images)
    except RuntimeError:
        raise ValueError(
            f"expected a baseline that broadcasts to the images {tuple(images.shape)}, got {tuple(value.shape)}; "
            "for one value per color pass a tensor (C, 1, 1)"
        ) from None


def _checked(batch_size: int | None) -> int | None:
    if batch_size is not None:
        is_count("batch_size", batch_size)
    return batch_size


def _bar(parts: Sequence[Tensor], progress: bool | None) -> Sequence[Tensor]:
    delay = 0 if progress else LONG
    return tqdm(parts, desc="Score-CAM", unit="batch", leave=False, delay=delay, disable=progress is False)
