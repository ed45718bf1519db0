"""Checks of lesson 04, Grad-CAM."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cam_course.lesson.exercises import Verdict, compare_function, exercise, right, wrong
from cam_course.methods.cams import grad_cam


def _maps(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _layers(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Activations after a rectifier, and the gradients of two logits."""
    return _maps(seed, 6, 4, 5).relu(), _maps(seed + 1, 6, 4, 5) + 0.2, _maps(seed + 2, 6, 4, 5) + 0.2


def rather_than(activations: Tensor, gradients_a: Tensor, gradients_b: Tensor) -> Tensor:
    """Grad-CAM of the score y_a - y_b."""
    return grad_cam(activations, gradients_a - gradients_b)


@exercise("04.1", title="Explain one class rather than another")
def check_rather_than(answer: Callable) -> Verdict:
    """Contrast: subtract scores, not finished maps."""
    mistakes = [
        (
            "subtracted finished maps",
            lambda A, a, b: grad_cam(A, a) - grad_cam(A, b),
            "You subtracted two finished maps. What had each ReLU already thrown away? The question is about one "
            "score, y_a - y_b: it has one gradient, and its map one ReLU.",
        ),
        (
            "subtracted finished maps, then ReLU",
            lambda A, a, b: (grad_cam(A, a) - grad_cam(A, b)).relu(),
            "You subtracted two finished maps and rectified again. What speaks against b is part of the answer, and "
            "the first ReLU had removed it: take one Grad-CAM of the score y_a - y_b.",
        ),
        (
            "forgot the ReLU",
            lambda A, a, b: ((a - b).mean((-2, -1), keepdim=True) * A).sum(-3),
            "Your map has negative values: the ReLU is missing. Negative places speak for b rather than a.",
        ),
        (
            "the wrong way round",
            lambda A, a, b: grad_cam(A, b - a),
            "This is the map for b rather than a. The question was a rather than b: mind the order of the difference.",
        ),
        (
            "added instead of subtracted",
            lambda A, a, b: grad_cam(A, a + b),
            "You added the two scores: that map shows what speaks for a or b together. The question is a difference.",
        ),
        (
            "no averaging",
            lambda A, a, b: ((a - b) * A).sum(-3).relu(),
            "You multiplied gradient and activation place by place. Grad-CAM first takes the mean of the gradient over "
            "all places, one number per channel (what you wrote is HiResCAM).",
        ),
    ]
    inputs = [_layers(10), _layers(20)]
    praise = "One ReLU, at the very end, after the difference of the scores."
    return compare_function(answer, rather_than, inputs, mistakes=mistakes, praise=praise)


def _head(seed: int) -> nn.Module:
    """What follows a layer of 5 maps of 3×4, with a rectifier in between: no channel acts alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Flatten(), nn.Linear(60, 8), nn.ReLU(), nn.Linear(8, 3)).double()


def falls(head: Callable[[Tensor], Tensor], activations: Tensor, target: int) -> Tensor:
    """How far the logit falls when each channel alone is set to zero."""
    return _without(head, activations, target, lambda A, k: _zeroed(A, k))


def _zeroed(activations: Tensor, channel: int) -> Tensor:
    changed = activations.clone()
    changed[channel] = 0
    return changed


def _only(activations: Tensor, channel: int) -> Tensor:
    return activations - _zeroed(activations, channel)


def _without(head: Callable, activations: Tensor, target: int, change: Callable[[Tensor, int], Tensor]) -> Tensor:
    before = head(activations[None])[0, target]
    after = [head(change(activations, k)[None])[0, target] for k in range(len(activations))]
    return (before - torch.stack(after)).detach()


def _pile_up(head: Callable, activations: Tensor, target: int) -> Tensor:
    """The mistake of changing the one tensor: channels zeroed before stay zero."""
    changed = activations.clone()
    before, found = head(activations[None])[0, target], []
    for k in range(len(activations)):
        changed[k] = 0
        found.append(before - head(changed[None])[0, target])
    return torch.stack(found).detach()


def _gradient_times_activation(head: Callable, activations: Tensor, target: int) -> Tensor:
    A = activations.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(head(A[None])[0, target], A)
    return (gradient * activations).sum((-2, -1))


def _alpha(head: Callable, activations: Tensor, target: int) -> Tensor:
    A = activations.clone().requires_grad_()
    return torch.autograd.grad(head(A[None])[0, target], A)[0].mean((-2, -1))


@exercise("04.2", title="Switch off one channel at a time")
def check_falls(answer: Callable) -> Verdict:
    """Ablation: the intervention that a gradient only predicts."""
    mistakes = [
        (
            "the logit instead of its fall",
            lambda head, A, c: head(A[None])[0, c].detach() - falls(head, A, c),
            "These are the logits without each channel. The fall is the logit with all channels minus that.",
        ),
        (
            "the sign",
            lambda head, A, c: -falls(head, A, c),
            "The sign is reversed: where a channel speaks for the class, the logit falls without it, and its fall is "
            "positive.",
        ),
        (
            "kept instead of removed",
            lambda head, A, c: _without(head, A, c, _only),
            "You kept channel k and set all others to zero. Switch off channel k alone, and leave the others alone.",
        ),
        (
            "zeros that pile up",
            _pile_up,
            "The zeros pile up: when you come to channel 2, channels 0 and 1 are still zero. Start each time from a "
            "fresh copy (clone).",
        ),
        (
            "gradient times activation",
            _gradient_times_activation,
            "This is gradient × activation: a prediction of the fall, exact only where everything after the layer is "
            "linear. Here a ReLU follows: run the head again with the channel at zero.",
        ),
        (
            "alpha",
            _alpha,
            "This is α, the mean gradient: what a small step would do. The question is what happens when the channel "
            "is gone: run the head again.",
        ),
        (
            "the fall of the sum of all logits",
            lambda head, A, c: sum(falls(head, A, k) for k in range(3)),
            "You added up the logits of all classes. Take the logit of `target` alone.",
        ),
    ]
    inputs = [(_head(3), _maps(30, 5, 3, 4).relu(), 2), (_head(4), _maps(40, 5, 3, 4).relu(), 0)]
    praise = "Zeroing a channel is an intervention; the gradient only predicts what it would do."
    return compare_function(answer, falls, inputs, mistakes=mistakes, praise=praise)


@exercise("04.3", title="Paint two explanations into one picture")
def check_two_colors(answer: Callable) -> Verdict:
    """A picture is judged by what it must show, so that every way of painting it may be right."""
    image, map_a, map_b = _scene()
    shown = answer(image, map_a, map_b)
    problem = _form(shown) or _colors(shown, image) or _strength(answer, image, map_a, map_b)
    return (
        wrong(problem) if problem else right("Red for one, blue for the other, on one scale: now show it to somebody.")
    )


def _scene() -> tuple[Tensor, Tensor, Tensor]:
    image = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(7)) * 0.8 + 0.1
    map_a, map_b = torch.zeros(8, 8), torch.zeros(8, 8)
    map_a[1, 1], map_b[6, 6] = 5.0, 5.0
    return image, map_a, map_b


def _form(shown: object) -> str | None:
    if not isinstance(shown, Tensor) or shown.shape != (3, 8, 8):
        got = tuple(shown.shape) if isinstance(shown, Tensor) else type(shown).__name__
        return f"Expected a tensor of shape (3, H, W), got {got}: stack red, green and blue with torch.stack([...])."
    if not torch.isfinite(shown).all():
        return "The picture holds NaN or infinity: look for a division by zero."
    if shown.min() < -1e-4 or shown.max() > 1 + 1e-4:
        return (
            f"Values must stay in 0…1, got {shown.min():.2f} to {shown.max():.2f}: scale the maps, and clamp at last."
        )
    return None


def _colors(shown: Tensor, image: Tensor) -> str | None:
    empty = shown[:, 3, 3]
    if float(empty.max() - empty.min()) > 0.02:
        return (
            "Where both maps are zero the picture must be gray, so that every color is evidence: average the image "
            "over its channels."
        )
    red, green, blue = shown[:, 1, 1].tolist()
    if blue > red:
        return "The place of map_a is blue and not red: channel 0 is red, channel 2 is blue."
    at_b = shown[:, 6, 6].tolist()
    if red < max(green, blue) + 0.3 or at_b[2] < max(at_b[:2]) + 0.3:
        return "The strongest place of a map must stand out: red (or blue) at least 0.3 above the other two colors."
    if abs(float(empty.mean() - image[:, 3, 3].mean())) > 0.25:
        return (
            "Where both maps are zero the gray image must show through: the colors should replace it only where a map "
            "is high."
        )
    return None


def _strength(answer: Callable, image: Tensor, map_a: Tensor, map_b: Tensor) -> str | None:
    if not torch.allclose(answer(image, map_a / 100, map_b / 100), answer(image, map_a, map_b), atol=0.02):
        return (
            "The picture changes when both maps are a hundredth as strong: they are raw, in score units. Divide both "
            "by the larger of the two maxima."
        )
    weak = answer(image, map_a, map_b / 10)
    if float(weak[2, 6, 6] - weak[:2, 6, 6].max()) > 0.3:
        return (
            "A map of a tenth of the strength is painted as strongly as the other: you scaled each map by its own "
            "maximum. Divide both by the larger of the two maxima, so that the colors can be compared."
        )
    nothing = answer(image, map_a * 0, map_b * 0)
    if not torch.isfinite(nothing).all():
        return "With two empty maps the picture holds NaN: the larger maximum is then 0, and dividing by it is 0/0."
    return None
