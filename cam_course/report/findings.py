"""What a network says of one picture, where each method says that it looked, and what these answers are worth."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cam_course import METHODS, Explanation, capture, explain
from cam_course._checks import is_count, nearest
from cam_course.metrics import centered_gaussian, deletion, edges, insertion, rank_correlation, uniform
from cam_course.metrics.asking import asked
from cam_course.metrics.progress import bar

# what is drawn without asking the network: a method that does no better has shown nothing
BESIDE: dict[str, Callable[[Tensor], Tensor]] = {
    "edges": edges,
    "centered_gaussian": centered_gaussian,
    "random_order": uniform,
}
TOP = 5
UNMOVED = 0.02  # of areas: less is not seen in two decimals of a curve of twenty steps


@dataclass(frozen=True)
class Finding:
    """One map and its numbers.

    Attributes:
        name: of the method, or of what stands beside it.
        heatmap: ``(h, w)`` over what the network sees, raw, on the CPU.
        layers: that were read.
        cells: height and width of the map before it was enlarged.
        passes: images that went through the network for it.
        runner_up: rank correlation with the same method's map for the second class, -1…1: near 1, the map is about
            the picture and not about the class.
        deletion: area under the curve, 0…1; None where it was not measured.
        insertion: likewise.
        notes: what the methods warned of.
    """

    name: str
    heatmap: Tensor
    layers: tuple[str, ...] = ()
    cells: tuple[int, int] | None = None
    passes: int = 0
    runner_up: float | None = None
    deletion: float | None = None
    insertion: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def peak(self) -> tuple[float, float] | None:
        """Where the map is highest: the pixel's center, row and column; the first of equals, None for a flat map.

        >>> Finding("cam", torch.tensor([[0.0, 0.0], [0.0, 3.0]])).peak
        (1.5, 1.5)
        """
        if self.flat:
            return None
        row, column = divmod(int(self.heatmap.argmax()), self.heatmap.shape[1])
        return row + 0.5, column + 0.5

    @property
    def flat(self) -> bool:
        """Whether the map says nothing about places."""
        return bool(self.heatmap.max() == self.heatmap.min())

    @property
    def above_half(self) -> float:
        """Which share of what the network sees lies above half of the map's maximum, 0…1.

        >>> Finding("cam", torch.tensor([[0.0, 2.0], [1.0, 4.0]])).above_half
        0.25
        """
        return float((self.heatmap > self.heatmap.max() / 2).double().mean())


@dataclass(frozen=True)
class Findings:
    """All of a report.

    Attributes:
        top: (number of the class, probability, score before softmax), the highest first.
        target: the class that is explained, and the one with which its maps are compared.
        answers: of the methods that could be asked.
        beside: maps that know nothing of the network.
        missing: by method, why it could not be asked.
        correlation: ``(M, M)``, of the ranks of all maps, answers first.
    """

    top: tuple[tuple[int, float, float], ...]
    target: tuple[int, int]
    answers: tuple[Finding, ...]
    beside: tuple[Finding, ...]
    missing: dict[str, str]
    correlation: Tensor

    @property
    def unmoved(self) -> bool:
        """Whether no order of the pixels moved the probability, so that deletion and insertion tell nothing."""
        areas = [area for one in (*self.answers, *self.beside) for area in (one.deletion, one.insertion)]
        known = [area for area in areas if area is not None]
        return bool(known) and max(known) - min(known) < UNMOVED


def findings(
    model: nn.Module,
    image: Tensor,
    *,
    methods: Iterable[str] | None = None,
    target: int | None = None,
    layer: str | nn.Module | None = None,
    steps: int = 20,
    names: Sequence[str] = (),
    progress: bool | None = None,
) -> Findings:
    """Ask a classifier about one picture, by every method that it allows.

    Args:
        model: gives logits ``(N, classes)``, of at least two classes.
        image: ``(3, h, w)``, as the model takes it, on its device.
        methods: names out of `METHODS`; all by default.
        target: the class to explain; None is the predicted one.
        layer: as for `explain`.
        steps: of deletion and insertion; 0 leaves them out.
        names: of the classes, if they have any: as many as there are.
        progress: whether to show a bar; None shows it after two seconds.

    Raises:
        ValueError: no classifier of two classes or more; another number of names; an unknown method or class; no
            method that can be asked.
    """
    is_count("steps", steps, least=0)
    logits = _logits(model, image)
    if names and len(names) != len(logits):
        raise ValueError(f"expected a name for each of the {len(logits)} classes, got {len(names)}; give all, in order")
    pair = _pair(logits, target)
    ask = _Asking(model, image[None], pair, layer, steps, progress)
    found, missing = ask.all(_methods(methods))
    if not found:
        raise ValueError(f"expected a network that some method can explain, got none: {'; '.join(missing.values())}")
    beside = [ask.measured(Finding(name, make(image.float())[0].cpu())) for name, make in BESIDE.items()]
    stack = torch.stack([finding.heatmap for finding in (*found, *beside[:-1])])  # a flat map has no order
    ranks = torch.stack([rank_correlation(stack, one) for one in stack])  # all pairs at once would take gigabytes
    return Findings(_top(logits), pair, tuple(found), tuple(beside), missing, ranks)


@dataclass(frozen=True)
class _Asking:
    """One picture ``(1, 3, h, w)``, two classes, and how they are asked about."""

    model: nn.Module
    image: Tensor
    pair: tuple[int, int]
    layer: str | nn.Module | None
    steps: int
    progress: bool | None

    def all(self, methods: Sequence[str]) -> tuple[list[Finding], dict[str, str]]:
        """What could be found, and why the rest could not."""
        found, missing = [], {}
        for name in bar(methods, self.progress, "methods"):
            try:
                found.append(self.measured(self.asked(name)))
            except (ValueError, TypeError) as error:
                missing[name] = str(error)
        return found, missing

    def asked(self, name: str) -> Finding:
        """One method's answer for both classes."""
        layer = self.layer if METHODS[name].reads_layer else None
        options = {"progress": self.progress} if name == "score_cam" else {}
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            answer = explain(self.model, self.image, name, classes=list(self.pair), layer=layer, **options)
            passes = self.passes(answer)
        maps = answer.maps[:, 0].detach().float().cpu()
        cells = tuple(maps.shape[-2:] if answer.raw is None else answer.raw.shape[-2:])
        notes = tuple(dict.fromkeys(str(warning.message) for warning in said))
        alike = float(rank_correlation(maps[:1], maps[1:]))
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
        return Finding(**{**vars(finding), "deletion": areas[0], "insertion": areas[1]})


def _logits(model: nn.Module, image: Tensor) -> Tensor:
    try:
        with asked(model, 1) as logits:
            found = logits(image[None])[0].float().cpu()
    except RuntimeError as error:
        size = f"{image.shape[2]} × {image.shape[1]}"
        raise ValueError(f"expected a network that takes {size} pixels, got: {error}; give another size") from error
    if len(found) < 2:
        raise ValueError(f"expected a classifier of at least two classes, got {len(found)} output; see explain")
    if not torch.isfinite(found).all():
        raise ValueError("expected finite scores, got NaN or infinity; look at the weights, and at the picture's range")
    return found


def _pair(logits: Tensor, target: int | None) -> tuple[int, int]:
    """The class to explain, and the highest of the others."""
    if target is not None:
        is_count("target", target, least=0)
        if target >= len(logits):
            raise ValueError(f"expected a class from 0 to {len(logits) - 1}, got {target}; see the top five")
    first = int(logits.argmax()) if target is None else target
    others = logits.clone()
    others[first] = -torch.inf
    return first, int(others.argmax())


def _top(logits: Tensor) -> tuple[tuple[int, float, float], ...]:
    chances = logits.softmax(0)
    order = logits.argsort(descending=True, stable=True)[:TOP].tolist()
    return tuple((i, float(chances[i]), float(logits[i])) for i in order)


def _methods(methods: Iterable[str] | None) -> list[str]:
    if isinstance(methods, str):
        raise TypeError(f"expected methods as a list of names, got {methods!r}; write [{methods!r}]")
    names = list(dict.fromkeys(METHODS if methods is None else methods))
    for name in names:
        if name not in METHODS:
            raise ValueError(nearest(name, METHODS, kind="method"))
    return names
