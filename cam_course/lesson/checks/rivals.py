"""What readers get wrong when they set a word against its closest rival (11b.1), in value and in gradient."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.lesson.exercises import Mistake
from cam_course.lesson.guarding import AnswerError

FAR_BELOW = 20_000  # so low are all logits of one hidden input that no usual stand-in for "never" is below them
CUT = "Where did you cut a tensor off from its past (`detach`, `no_grad`, `item`)?"


def over_the_next(output: Tensor, step: int, word: int) -> Tensor:
    """The logit of a word at a step less the largest of all other words there."""
    return output[:, step, word] - _others(output, step, word).amax(1)


def _others(output: Tensor, step: int, word: int) -> Tensor:
    keep = torch.arange(output.shape[2]) != word
    return output[:, step][..., keep]


def _runner_up(output: Tensor, step: int, word: int) -> Tensor:
    return output[:, step, word] - output[:, step].topk(2).values[:, 1]


def _log_p(output: Tensor, step: int, word: int) -> Tensor:
    return output[:, step].log_softmax(-1)[:, word]


def without_gradient(answer: Callable, arguments: tuple) -> str | None:
    """What keeps a target from working inside `explain`."""
    try:
        passes = answer(*arguments).requires_grad
    except AnswerError as failure:
        if "in-place" not in str(failure.__cause__):
            raise
        return "You write into `output`, which the network made and the gradients need. Write into a copy (`clone`)."
    return None if passes else "Its result has no gradient, so no map can be made of it: compute with the tensors."


def wrong_gradient(answer: Callable, arguments: tuple) -> str | None:
    """What is wrong with a gradient that should be 1 at the word, -1 at its rival and 0 elsewhere."""
    given, step, word = arguments
    output = given.detach().clone().requires_grad_()
    output.__deepcopy__ = lambda memo: output  # the guard hands answers copies; this one must be the tensor itself
    wanted = torch.autograd.grad(over_the_next(output, step, word).sum(), output)[0]
    try:
        found = torch.autograd.grad(answer(output, step, word).sum(), output)[0]
    except RuntimeError:
        return "The number is right, but autograd finds a tensor overwritten that it needs: build the others anew."
    if torch.allclose(found, wanted):
        return None
    part = "word" if torch.allclose(found[:, step, word], wanted[:, step, word]) else "rival"
    return f"The number is right, its gradient is not: the map would explain the {part} alone. {CUT}"


MISTAKES: list[Mistake] = [
    *(
        (
            f"{filler} in the word's column",
            lambda y, t, w, filler=filler: y[:, t, w] - _others(y, t, w).amax(1).clamp(min=filler),
            f"Somewhere {filler} beats all other words: you wrote it into the word's own column, and logits may be "
            "of any size. What can never be the largest?",
        )
        for filler in (0, -100, -1000, -10000)
    ),
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
        "all others together",
        lambda y, t, w: y[:, t, w] - _others(y, t, w).logsumexp(1),
        "You subtract the `logsumexp` of the others, so that each of them counts a little. Asked for was the "
        "closest rival alone.",
    ),
    (
        "a rival from any step",
        lambda y, t, w: y[:, t, w] - _others(y, slice(None), w).amax((1, 2)),
        "Your rival comes from any step of the sentence. Only the words at `step` compete with this one.",
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
