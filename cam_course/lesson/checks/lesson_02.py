"""Checks of lesson 02, deconvnet and guided backpropagation."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cam_course.explain import Explanation, explain
from cam_course.lesson.checks import leftovers
from cam_course.lesson.exercises import Verdict, compare_function, exercise, right, wrong
from cam_course.lesson.posters import problem_of_poster
from cam_course.targets import Counterfactual

Rule = Callable[[Tensor, Tensor], Tensor]  # from what entered a rectifier and the gradient from above


def _drawn(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _plain(x: Tensor, g: Tensor) -> Tensor:
    return (x > 0) * g


def _guided(x: Tensor, g: Tensor) -> Tensor:
    return (x > 0) * g.relu()


def _open(x: Tensor, g: Tensor) -> Tensor:
    return g


def _deconvnet(x: Tensor, g: Tensor) -> Tensor:
    return g.relu()


def _backward(W1: Tensor, W2: Tensor, w: Tensor, x: Tensor, *, upper: Rule = _guided, lower: Rule = _guided) -> Tensor:
    """Backpropagation through both rectifiers, each with its rule."""
    a = W1 @ x
    b = W2 @ a.relu()
    return W1.T @ lower(a, W2.T @ upper(b, w))


@exercise("02.1", title="Go down through two rectifiers by hand")
def check_backward_by_hand(answer: Callable) -> Verdict:
    """The rule acts at every rectifier, between the matrices, and never on the finished picture."""
    mistakes = [
        (
            "plain gradient",
            lambda *layers: _backward(*layers, upper=_plain, lower=_plain),
            "This is the plain gradient: negative numbers from above pass. Which factor does the guided rule add?",
        ),
        (
            "deconvnet",
            lambda *layers: _backward(*layers, upper=_deconvnet, lower=_deconvnet),
            "This is the deconvnet: you forgot what the forward pass did. Where a rectifier cut its input, nothing "
            "may go down.",
        ),
        (
            "rule at the upper one only",
            lambda *layers: _backward(*layers, lower=_plain),
            "The rule acts at the second rectifier only. After W2.T there are negative numbers again: what must "
            "happen to them at the first rectifier?",
        ),
        (
            "rule at the lower one only",
            lambda *layers: _backward(*layers, upper=_plain),
            "The rule acts at the first rectifier only. The gradient meets the second one before it, and w has "
            "negative entries: what must happen to them there?",
        ),
        (
            "nothing at the first rectifier",
            lambda *layers: _backward(*layers, lower=_open),
            "You went through the first rectifier as if it were not there. Every rectifier on the way down acts.",
        ),
        (
            "the first one's mask forgotten",
            lambda *layers: _backward(*layers, lower=_deconvnet),
            "At the first rectifier you cut the negative part, but forgot what the picture closed there.",
        ),
        (
            "the second one's mask forgotten",
            lambda *layers: _backward(*layers, upper=_deconvnet),
            "At the second rectifier you cut the negative part, but forgot what the picture closed there.",
        ),
        (
            "magnitudes",
            lambda *layers: _backward(*layers).abs(),
            "You took the magnitude at the end. The result is signed: keep the minus.",
        ),
        (
            "rectified at the end",
            lambda *layers: _backward(*layers).relu(),
            "You cut the finished picture too. The rule belongs to rectifiers, and below W1 there is none: the result "
            "is signed.",
        ),
        (
            "a rectified gradient",
            lambda *layers: _backward(*layers, upper=_plain, lower=_plain).relu(),
            "This is the plain gradient with its negative part cut off once it was finished. The rule has to act on "
            "the way down, at each rectifier.",
        ),
        (
            "rectified weights",
            _backward_with_positive_weights,
            "You rectified the weights. The rule cuts the gradient that arrives, the sum over all weights, and not its "
            "terms.",
        ),
        (
            "activations in place of the mask",
            lambda *layers: _backward(*layers, upper=_times, lower=_times),
            "You multiplied by the activation. A rectifier's derivative is 1 or 0: it asks whether its input was "
            "positive, not how large it was.",
        ),
    ]
    inputs = [tuple(_drawn(10 * seed + i, *shape) for i, shape in enumerate(_SHAPES)) for seed in (1, 2, 3)]
    praise = "Rule, matrix, rule, matrix: the negative part goes at every rectifier, and the result is still signed."
    return compare_function(answer, _backward, inputs, mistakes=mistakes, praise=praise)


_SHAPES = (9, 6), (8, 9), (8,), (6,)  # W1, W2, w, x


def _times(x: Tensor, g: Tensor) -> Tensor:
    return x.relu() * g.relu()


def _backward_with_positive_weights(W1: Tensor, W2: Tensor, w: Tensor, x: Tensor) -> Tensor:
    a = W1 @ x
    b = W2 @ a.relu()
    return W1.T.relu() @ ((a > 0) * (W2.T.relu() @ ((b > 0) * w.relu())))


def _network(seed: int) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        trunk = nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3, padding=1), nn.ReLU()
        return nn.Sequential(*trunk, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3)).double()


def _asked(seed: int) -> tuple[nn.Module, Tensor, Tensor]:
    return _network(seed), _drawn(seed, 4, 3, 8, 8).abs(), torch.tensor([0, 1, 2, 1])


def _for(model: nn.Module, images: Tensor, target: object, method: str = "guided_backprop") -> Tensor:
    return explain(model, images, method, target=target).attribution


def speaks_against(model: nn.Module, images: Tensor, classes: Tensor) -> Tensor:
    """Guided backpropagation of the negated logit."""
    return _for(model, images, Counterfactual(classes))


def _others(model: nn.Module, images: Tensor, classes: Tensor) -> Tensor:
    return _for(model, images, lambda logits: logits.sum(1) - logits.gather(1, classes[:, None])[:, 0])


_PART = (
    "You took the negative part of the finished picture. In it, a sign means brighter or darker, not for or against "
    "the class."
)
_ITS_CLASS = "Each image is asked about a class of its own: `classes[n]` for image n."


def _kind(answer: Callable) -> str | None:
    """What a comparison of numbers would not put into words: another kind of result."""
    model, images, classes = _asked(3)
    got = answer(model, images.clone(), classes.clone())
    if isinstance(got, Explanation):
        return "This is all that `explain` returns. Which part of it is signed, with its colors?"
    if isinstance(got, Tensor) and got.shape == (4, 8, 8):
        return "Sign and colors are lost: the attribution (N, 3, H, W) is asked for, not the maps (N, H, W)."
    return None


@exercise("02.2", title="Show what speaks against a class")
def check_speaks_against(answer: Callable) -> Verdict:
    """The sign is turned at the score; what was cut on the way down cannot be had back from the picture."""
    mistakes = [
        (
            "what speaks for it",
            lambda model, images, classes: _for(model, images, classes),
            "This is what speaks for the class. Where in the chain is the right place for a minus sign?",
        ),
        (
            "minus the finished picture",
            lambda model, images, classes: -_for(model, images, classes),
            "You turned the sign of the finished picture: its strokes lie where they lay. What speaks against the "
            "class was cut at the first rectifier on the way down, so the minus must come before it.",
        ),
        (
            "the negative part of the picture",
            lambda model, images, classes: (-_for(model, images, classes)).relu(),
            _PART,
        ),
        (
            "the negative part, with its sign",
            lambda model, images, classes: _for(model, images, classes).clamp(max=0),
            f"{_PART} That it stays negative does not help.",
        ),
        (
            "the deconvnet",
            lambda model, images, classes: _for(model, images, Counterfactual(classes), "deconvnet"),
            "This is the deconvnet of −y: what the picture closed must stay closed.",
        ),
        (
            "one class for all",
            lambda model, images, classes: _for(model, images, Counterfactual(int(classes[0]))),
            f"You asked about the first image's class throughout. {_ITS_CLASS}",
        ),
        (
            "the predicted class",
            lambda model, images, classes: _for(model, images, Counterfactual(model(images).argmax(1))),
            f"You asked about the predicted class. {_ITS_CLASS}",
        ),
        (
            "the plain gradient",
            lambda model, images, classes: _for(model, images, Counterfactual(classes), "saliency"),
            "This is the plain gradient of −y, which is minus the gradient of y. It needs the guided rule.",
        ),
        (
            "turned twice",
            lambda model, images, classes: -speaks_against(model, images, classes),
            "Right strokes, opposite sign: the picture of −y itself is asked for, with no second minus.",
        ),
        (
            "for the other classes",
            _others,
            "This is what speaks for the sum of all other classes. Evidence for a rose is not evidence against a "
            "tulip, unless the network says so: ask about the logit of the class alone.",
        ),
    ]
    praise = "The minus comes before the first rectifier; afterward it would be too late."
    problem = _kind(answer)
    if problem:
        return wrong(problem)
    verdict = compare_function(answer, speaks_against, [_asked(3), _asked(4)], mistakes=mistakes, praise=praise)
    return leftovers.unless_left(verdict, answer, *_asked(5))


@exercise("02.3", title="Make a poster: the picture and two explanations on gray")
def check_poster(answer: Callable) -> Verdict:
    """A picture is judged by what it must show, so that every way of making it may be right."""
    problem = problem_of_poster(answer)
    praise = "One gray, one scale, three panels: a friend can now judge for herself."
    return wrong(problem) if problem else right(praise)
