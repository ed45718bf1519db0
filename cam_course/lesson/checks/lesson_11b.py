"""Checks of lesson 11b, captions and questions."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.lesson.checks.blends import MISTAKES, between, small
from cam_course.lesson.exercises import Verdict, compare_function, exercise, wrong
from cam_course.lesson.guarding import AnswerError


def _logits(seed: int, *shape: int) -> Tensor:
    return 3 * torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def over_the_next(output: Tensor, step: int, word: int) -> Tensor:
    """The logit of a word at a step less the largest of all other words there."""
    return output[:, step, word] - _others(output, step, word).amax(1)


def _others(output: Tensor, step: int, word: int) -> Tensor:
    keep = torch.arange(output.shape[2]) != word
    return output[:, step, keep]


def _runner_up(output: Tensor, step: int, word: int) -> Tensor:
    return output[:, step, word] - output[:, step].topk(2).values[:, 1]


def _log_p(output: Tensor, step: int, word: int) -> Tensor:
    return output[:, step].log_softmax(-1)[:, word]


def _without_gradient(answer: Callable, arguments: tuple) -> str | None:
    """What keeps a target from working inside `explain`."""
    try:
        passes = answer(*arguments).requires_grad
    except AnswerError as failure:
        if "in-place" not in str(failure.__cause__):
            raise
        return "You write into `output`, which the network made and the gradients need. Write into a copy (`clone`)."
    return None if passes else "Its result has no gradient, so no map can be made of it: compute with the tensors."


@exercise("11b.1", title="Complete the target: this word rather than the best of the others")
def check_over_the_next(answer: Callable) -> Verdict:
    """A contrast with whatever other word comes closest, picture by picture."""
    inputs = [(_logits(seed, 5, 4, 6).requires_grad_(), step, word) for seed, step, word in ((1, 2, 3), (2, 1, 0))]
    mistakes = [
        (
            "itself among the others",
            lambda y, t, w: y[:, t, w] - y[:, t].amax(1),
            "Where the word is the likeliest, yours is 0: it was compared with itself. Leave it out of the others.",
        ),
        (
            "the second in rank",
            _runner_up,
            "You subtract the second largest logit. That is the best of the others only while the word itself is the "
            "largest. What is the best of the others in a picture where the word is not?",
        ),
        (
            "the mean of the others",
            lambda y, t, w: y[:, t, w] - _others(y, t, w).mean(1),
            "You subtract the mean of the other words. The question was: rather than the one that comes closest.",
        ),
        (
            "a log-probability",
            _log_p,
            "That is the word's log-probability, which sets it against all words at once. Subtract one logit, that "
            "of its closest rival.",
        ),
        (
            "the step before",
            lambda y, t, w: over_the_next(y, t - 1, w),
            "You read the step before. Row `step` of the output already holds the scores of the word that stands "
            "at `step`; the network shifted the sentence itself.",
        ),
        (
            "the step after",
            lambda y, t, w: over_the_next(y, t + 1, w),
            "You read the step after. Row `step` of the output already holds the scores of the word that stands there.",
        ),
        (
            "probabilities",
            lambda y, t, w: over_the_next(y.softmax(-1), t, w),
            "You compare probabilities, whose gradient vanishes where the network is sure: stay with logits.",
        ),
        (
            "cut off at zero",
            lambda y, t, w: over_the_next(y, t, w).relu(),
            "Yours is never negative. Where the word is not the likeliest, its rival is ahead, and the score says by "
            "how much.",
        ),
        (
            "the wrong way round",
            lambda y, t, w: -over_the_next(y, t, w),
            "Yours is large where the rival wins. The word's own logit comes first.",
        ),
        (
            "all pictures together",
            lambda y, t, w: over_the_next(y, t, w).sum(),
            "You added up all pictures. A target gives one score per picture: reduce over words, not over pictures.",
        ),
        (
            "the rival of another picture",
            lambda y, t, w: y[:, t, w] - _others(y, t, w).max(),
            "You subtract one number from all pictures, the largest of them all. Each picture has a rival of its own.",
        ),
    ]
    if problem := _without_gradient(answer, inputs[0]):
        return wrong(problem)
    praise = "It works as a target of `explain` as it stands: a callable from the output to one score per picture."
    return compare_function(answer, over_the_next, inputs, mistakes=mistakes, praise=praise)


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
    praise = "A word with 0 stands there because of the words before it, whatever its map looks like."
    return compare_function(answer, needs_picture, inputs, mistakes=mistakes, praise=praise)


@exercise("11b.3", title="Ask a question halfway between two")
def check_between(answer: Callable) -> Verdict:
    """Blend what the network makes of the questions, before it looks."""
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    first, second = torch.tensor([3, 5, 8, 0, 0]), torch.tensor([3, 7, 2, 11, 4])
    inputs = [(small(30), images, first, second, t) for t in (0.3, 0.6, 1.0)]
    praise = "The words are vectors, so there are questions between two questions; nobody has ever asked them."
    return compare_function(answer, between, inputs, mistakes=MISTAKES, praise=praise)
