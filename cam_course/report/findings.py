"""What a network says of one picture, where each method says that it looked, and what these answers are worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn

from cam_course import METHODS
from cam_course._checks import is_count, nearest
from cam_course.metrics import centered_gaussian, edges, rank_correlation, uniform
from cam_course.metrics.asking import asked
from cam_course.metrics.progress import bar
from cam_course.report.asking import Asking
from cam_course.report.forgetting import with_anew
from cam_course.report.found import Finding, Findings

# what is drawn without asking the network: a method that does no better has shown nothing
BESIDE: dict[str, Callable[[Tensor], Tensor]] = {"edges": edges, "centered_gaussian": centered_gaussian}
TOP = 5


def findings(
    model: nn.Module,
    image: Tensor,
    *,
    methods: Iterable[str] | None = None,
    target: int | None = None,
    layer: str | nn.Module | None = None,
    steps: int = 20,
    draws: int = 0,
    names: Sequence[str] = (),
    progress: bool | None = None,
) -> Findings:
    """Ask a network about one picture, by every method that it allows.

    Args:
        model: gives logits ``(N, classes)``. One of a single output has no probability, no second class, and so
            neither deletion nor insertion.
        image: ``(3, h, w)``, as the model takes it, on its device.
        methods: names out of `METHODS`; all by default.
        target: the class to explain; None is the predicted one.
        layer: as for `explain`.
        steps: of deletion and insertion; 0 leaves them out.
        draws: how often to draw all weights anew, see `with_anew`; 0 leaves it out.
        names: of the classes, if they have any: as many as there are.
        progress: whether to show a bar; None shows it after two seconds.

    Raises:
        ValueError: no scores; another number of names; an unknown method or class; no method that can be asked.
    """
    is_count("steps", steps, least=0)
    is_count("draws", draws, least=0)
    logits = _logits(model, image)
    if names and len(names) != len(logits):
        raise ValueError(f"expected a name for each of the {len(logits)} classes, got {len(names)}; give all, in order")
    pair = _pair(logits, target)
    ask = Asking(model, image[None], pair, layer, steps if len(logits) > 1 else 0, progress)
    found, missing = ask.all(_methods(methods))
    if not found:
        raise ValueError(f"expected a network that some method can explain, got none: {'; '.join(missing.values())}")
    answers, kept = with_anew(model, image[None], found, pair[0], draws, progress=progress)
    beside, chance = _beside(ask)
    ranks = _ranks([finding.heatmap for finding in (*answers, *beside)])
    how = {"chance": chance, "ends": ask.ends(), "steps": ask.steps, "draws": draws, "kept": kept}
    return Findings(_top(logits), pair, tuple(answers), beside, missing, ranks, **how)


def _beside(ask: Asking) -> tuple[tuple[Finding, ...], Finding | None]:
    """Maps that know nothing, and pixels in a random order, which is no map and has nothing but two areas."""
    image = ask.image.float()
    found = [
        ask.measured(Finding(name, make(image)[0].cpu())) for name, make in bar(BESIDE.items(), ask.progress, "beside")
    ]
    chance = ask.measured(Finding("random_order", uniform(image)[0].cpu())) if ask.steps else None
    return tuple(found), chance


def _ranks(maps: Sequence[Tensor]) -> Tensor:
    stack = torch.stack(list(maps))
    return torch.stack([rank_correlation(stack, one) for one in stack])  # all pairs at once would take gigabytes


def _logits(model: nn.Module, image: Tensor) -> Tensor:
    try:
        with asked(model, 1) as logits:
            found = logits(image[None])[0].float().cpu()
    except RuntimeError as error:
        size = f"{image.shape[2]} × {image.shape[1]}"
        raise ValueError(f"expected a network that takes {size} pixels, got: {error}; give another size") from error
    if not len(found):
        raise ValueError("expected a network that gives scores, got none; look at its last layer")
    if not torch.isfinite(found).all():
        raise ValueError("expected finite scores, got NaN or infinity; look at the weights, and at the picture's range")
    return found


def _pair(logits: Tensor, target: int | None) -> tuple[int, int | None]:
    """The class to explain, and the highest of the others."""
    if target is not None:
        is_count("target", target, least=0)
        if target >= len(logits):
            raise ValueError(f"expected a class from 0 to {len(logits) - 1}, got {target}; see the top five")
    first = int(logits.argmax()) if target is None else target
    others = logits.clone()
    others[first] = -torch.inf
    return first, int(others.argmax()) if len(others) > 1 else None


def _top(logits: Tensor) -> tuple[tuple[int, float | None, float], ...]:
    if len(logits) == 1:
        return ((0, None, float(logits[0])),)  # a softmax of one number is 1, whatever it is
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
