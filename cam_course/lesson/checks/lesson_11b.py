"""Checks of lesson 11b, captions and questions."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.lesson.checks import blends, rivals
from cam_course.lesson.checks.blends import between, small, unfit
from cam_course.lesson.checks.rivals import FAR_BELOW, over_the_next, without_gradient, wrong_gradient
from cam_course.lesson.exercises import Verdict, compare_function, exercise, wrong


def _logits(seed: int, *shape: int) -> Tensor:
    return 3 * torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@exercise("11b.1", title="Complete the target: this word rather than the best of the others")
def check_over_the_next(answer: Callable) -> Verdict:
    """A contrast with whatever other word comes closest, picture by picture."""
    inputs = [(_logits(seed, 5, 4, 6).requires_grad_(), step, word) for seed, step, word in ((1, 2, 3), (2, 1, 0))]
    inputs.append(((_logits(3, 5, 4, 6) - FAR_BELOW).requires_grad_(), 2, 4))
    if problem := without_gradient(answer, inputs[0]):
        return wrong(problem)
    praise = "It works as a target of `explain` as it stands: a callable from the output to one score per picture."
    verdict = compare_function(answer, over_the_next, inputs, mistakes=rivals.MISTAKES, praise=praise)
    problem = wrong_gradient(answer, inputs[0]) if verdict.status == "right" else None
    return wrong(problem) if problem else verdict


def needs_picture(own: Tensor, others: Tensor, words: Tensor) -> Tensor:
    """Log-probability of each word with its own picture, less the mean of those with other pictures."""
    return _of(own.log_softmax(-1), words) - _of(others.log_softmax(-1), words).mean(0)


def _of(table: Tensor, words: Tensor) -> Tensor:
    """Entry of each step's word: (..., steps, words) -> (..., steps)."""
    return table[..., torch.arange(len(words)), words]


@exercise("11b.2", title="Measure how much each word needs its picture")
def check_needs_picture(answer: Callable) -> Verdict:
    """The experiment of the exchanged picture, in log-probabilities."""
    words = torch.tensor([3, 0, 2, 3])
    inputs = [(_logits(seed, 4, 5), _logits(seed + 1, 6, 4, 5), words) for seed in (10, 20)]
    mistakes = [
        (
            "logits",
            lambda own, others, w: _of(own, w) - _of(others, w).mean(0),
            "You compared logits. A logit may fall while those of all other words fall as far, and nothing changes: "
            "turn each step's logits into log-probabilities first.",
        ),
        (
            "probabilities",
            lambda own, others, w: _of(own.softmax(-1), w) - _of(others.softmax(-1), w).mean(0),
            "You compared probabilities. The exercise asks for log-probabilities: from 0.01 to 0.0001 is a lot.",
        ),
        (
            "the logarithm of the mean",
            lambda own, others, w: _of(own.log_softmax(-1), w) - _of(others.softmax(-1), w).mean(0).log(),
            "You took the mean of probabilities, then its logarithm. Here each other picture has one vote: logarithm "
            "first, mean second.",
        ),
        (
            "logarithm to the base 10",
            lambda own, others, w: needs_picture(own, others, w) / math.log(10),
            "Your logarithm has the base 10; the natural one was asked for.",
        ),
        (
            "softmax over the pictures",
            lambda own, others, w: _of(own.log_softmax(-1), w) - _of(others.log_softmax(0), w).mean(0),
            "The softmax of the other pictures runs over the pictures. At each step the *words* compete: it runs over "
            "the last axis, in both tensors.",
        ),
        (
            "softmax over the steps of the others",
            lambda own, others, w: _of(own.log_softmax(-1), w) - _of(others.log_softmax(1), w).mean(0),
            "The softmax of the other pictures runs over the steps: in `others` axis 1 is not the words. They are the "
            "last axis, in both tensors.",
        ),
        (
            "the mean of the others' logits",
            lambda own, others, w: _of(own.log_softmax(-1), w) - _of(others.mean(0).log_softmax(-1), w),
            "You took the mean of the other pictures' logits, then the log-probability: one picture that nobody "
            "showed. Log-probabilities first, mean second.",
        ),
        (
            "softmax over the steps",
            lambda own, others, w: _of(own.log_softmax(-2), w) - _of(others.log_softmax(-2), w).mean(0),
            "Your softmax runs over the steps. At each step the *words* compete: it runs over the last axis.",
        ),
        (
            "the sign",
            lambda own, others, w: -needs_picture(own, others, w),
            "Yours is negative where the word needs its picture. Own picture first, then less the others.",
        ),
        (
            "added up over the others",
            lambda own, others, w: _of(own.log_softmax(-1), w) - _of(others.log_softmax(-1), w).sum(0),
            "You added up over the other pictures, so that more of them mean more need. Take their mean.",
        ),
        (
            "the likeliest word",
            lambda own, others, w: own.log_softmax(-1).amax(-1) - others.log_softmax(-1).amax(-1).mean(0),
            "You compared how sure the network is of whatever it would say. The question is about the word that "
            "stands in the sentence: look it up with `words`.",
        ),
    ]
    praise = (
        "A word with 0 is said as surely with all *these* other pictures; against others it might not be. Look at "
        "“next”: in what must a picture differ for it to fall?"
    )
    return compare_function(answer, needs_picture, inputs, mistakes=mistakes, praise=praise)


@exercise("11b.3", title="Ask a question halfway between two")
def check_between(answer: Callable) -> Verdict:
    """Blend what the network makes of the questions, before it looks."""
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    first, second = torch.tensor([3, 5, 8, 0, 0]), torch.tensor([3, 7, 2, 11, 4])
    inputs = [(small(30), images.requires_grad_(), first, second, t) for t in (0.3, 0.6, 1.0)]
    if problem := unfit(answer, inputs[0]):
        return wrong(problem)
    praise = "The words are vectors, so there are questions between two questions; nobody has ever asked them."
    return compare_function(answer, between, inputs, mistakes=blends.MISTAKES, praise=praise)
