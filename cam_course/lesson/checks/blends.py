"""What readers get wrong when they ask a question between two questions (11b.3), and a small network for it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cam_course.lesson.exercises import Mistake
from cam_course.lesson.guarding import AnswerError
from cam_course.pots.answerer import Answerer


def small(seed: int) -> nn.Module:
    """A network that answers, with random weights; its embedding of the empty word is zero, as in every such one."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Answerer(widths=(4, 6, 8, 8), hidden=8).double().eval()
    return net.requires_grad_(False)


def between(net: nn.Module, images: Tensor, first: Tensor, second: Tensor, t: float) -> Tensor:
    """Scores for a question on the way from one to another."""
    asked = (1 - t) * net.words(first).sum(0) + t * net.words(second).sum(0)
    return _answered(net, images, asked)


def _answered(net: nn.Module, images: Tensor, asked: Tensor, *, normalized: bool = True) -> Tensor:
    maps = net.stages(net.normalize(images) if normalized else images)
    return net.answer(maps, asked.expand(len(images), -1))


def _blended_scores(net: nn.Module, images: Tensor, first: Tensor, second: Tensor, t: float) -> Tensor:
    one, other = (_answered(net, images, net.words(words).sum(0)) for words in (first, second))
    return (1 - t) * one + t * other


def _blended_numbers(net: nn.Module, images: Tensor, first: Tensor, second: Tensor, t: float) -> Tensor:
    words = ((1 - t) * first + t * second).round().long()
    return _answered(net, images, net.words(words).sum(0))


def _mean_of_words(net: nn.Module, images: Tensor, first: Tensor, second: Tensor, t: float) -> Tensor:
    return _answered(net, images, (1 - t) * net.words(first).mean(0) + t * net.words(second).mean(0))


def _unnormalized(net: nn.Module, images: Tensor, first: Tensor, second: Tensor, t: float) -> Tensor:
    asked = (1 - t) * net.words(first).sum(0) + t * net.words(second).sum(0)
    return _answered(net, images, asked, normalized=False)


def _both(net: nn.Module, images: Tensor, first: Tensor, second: Tensor, t: float) -> Tensor:
    return _answered(net, images, net.words(first).sum(0) + t * net.words(second).sum(0))


def unfit(answer: Callable, arguments: tuple) -> str | None:
    """What keeps an answer from being explained, or from running at all: one question for several pictures."""
    try:
        result = answer(*arguments)
    except AnswerError as failure:
        if isinstance(failure.__cause__, (ZeroDivisionError, IndexError)) or "unpack" in str(failure.__cause__):
            return "`net.answer` needs one question *per picture*: repeat the vector, `(N, hidden)`, as the hint does."
        raise
    if isinstance(result, Tensor) and not result.requires_grad:
        return (
            "Its scores have no gradient, so no map can be made of them. Take away `no_grad` or `detach`: between the "
            "pictures and the scores nothing may be cut off."
        )
    return None


MISTAKES: list[Mistake] = [
    (
        "blended the answers",
        _blended_scores,
        "You asked both questions and blended the *scores*. Then no third question was ever asked: blend what "
        "stands for the questions, and let the network look once.",
    ),
    (
        "blended the words' numbers",
        _blended_numbers,
        "You blended the numbers of the words. Numbers are names: word 5 is not between words 3 and 7. Look the "
        "words up in `net.words` first.",
    ),
    (
        "the wrong way round",
        lambda net, x, one, other, t: between(net, x, other, one, t),
        "At t = 0 yours asks the second question. It should be the first there.",
    ),
    (
        "a switch",
        lambda net, x, one, other, t: between(net, x, one, other, float(t >= 0.5)),
        "Yours asks either the first question or the second, and nothing between them.",
    ),
    (
        "the mean of the words",
        _mean_of_words,
        "You took the mean over the words. This network was trained on their *sum*.",
    ),
    (
        "pictures not normalized",
        _unnormalized,
        "The pictures went into the stages as they are. In the network `net.normalize` stands before them.",
    ),
    (
        "the first question stays",
        _both,
        "Your first question keeps its full weight while the second one comes in. It should fade: 1 − t.",
    ),
    (
        "probabilities",
        lambda net, x, one, other, t: between(net, x, one, other, t).softmax(-1),
        "You returned probabilities. Return the scores before softmax, as the network does.",
    ),
]
