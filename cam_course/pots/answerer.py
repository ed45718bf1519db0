"""The networks that answer a question about a picture: one lets the question into the picture, the other does not."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .language import ANSWERS, ASKED_WITH, QUESTIONS, asked
from .nets import Normalize
from .trunk import trunk

_LENGTH = max(len(asked(question)) for question in QUESTIONS)


def padded(question: str) -> list[int]:
    """The numbers of a question's words, filled up with 0, the question mark's, to the length of the longest.

    Raises:
        ValueError: it is none of `QUESTIONS`; the nearest is offered.
    """
    words = asked(question)
    return words + [0] * (_LENGTH - len(words))


PADDED = torch.tensor([padded(question) for question in QUESTIONS])  # (questions, words)


class Film(nn.Module):
    """A residual block whose channels the question scales and shifts: feature-wise linear modulation.

    References:
        Perez et al., FiLM: Visual Reasoning with a General Conditioning Layer, arXiv:1709.07871.
    """

    def __init__(self, width: int, question: int) -> None:
        super().__init__()
        self.look = nn.Sequential(nn.Conv2d(width, width, 1), nn.ReLU())
        self.convolve = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width, affine=False)
        )
        self.modulate = nn.Linear(question, 2 * width)
        self.relu = nn.ReLU()

    def forward(self, maps: Tensor, question: Tensor) -> Tensor:
        """Maps ``(N Q, K, h, w)``, in which what each question is about can stand out.

        Args:
            maps: ``(N, K, h, w)``.
            question: ``(N Q, hidden)``, Q of each picture; the convolutions, which no question changes, run once.
        """
        seen = self.look(maps)
        each = len(question) // len(maps)
        found, seen = (part.repeat_interleave(each, 0) for part in (self.convolve(seen), seen))
        scale, shift = self.modulate(question)[..., None, None].chunk(2, 1)
        return seen + self.relu((1 + scale) * found + shift)


class _Answerer(nn.Module):
    """What both networks share: the trunk, the question as the sum of its words, and how they are asked."""

    def __init__(self, widths: Sequence[int], hidden: int) -> None:
        super().__init__()
        self.normalize, self.stages = Normalize(), trunk(widths)
        self.words = nn.Embedding(len(ASKED_WITH), hidden, padding_idx=0)
        self.gap = nn.AdaptiveAvgPool2d(1)

    def forward(self, images: Tensor, questions: Tensor) -> Tensor:
        """Scores ``(N, Q, answers)`` before softmax.

        Args:
            images: ``(N, 3, H, W)`` in 0…1.
            questions: ``(N, Q, words)`` int64, rows as of `padded`; several share one look at the picture.
        """
        maps = self.stages(self.normalize(images))
        read = self.words(questions.flatten(0, 1)).sum(1)  # (N Q, hidden)
        return self.answer(maps, read).unflatten(0, questions.shape[:2])

    def answer(self, maps: Tensor, question: Tensor) -> Tensor:
        """Scores ``(N Q, answers)`` of maps ``(N, K, h, w)`` and questions ``(N Q, hidden)``, Q of each picture."""
        raise NotImplementedError

    def asked(self, question: str) -> "Asked":
        """A module that takes images alone and gives the scores ``(N, answers)`` of the answers to this question.

        Raises:
            ValueError: it is none of the course's questions; the nearest is offered.
        """
        return Asked(self, question)


class Answerer(_Answerer):
    r"""Answers by what remains of the picture's maps after the question has modulated them, twice.

    Args:
        widths: channels of each stage.
        hidden: width of a question.

    >>> net = Answerer().eval()
    >>> scores = net.asked("how many plants?")(torch.rand(2, 3, 128, 128))
    >>> scores.shape, len(ANSWERS)
    (torch.Size([2, 14]), 14)
    """

    def __init__(self, widths: Sequence[int] = (16, 32, 64, 64), hidden: int = 64) -> None:
        super().__init__(widths, hidden)
        self.films = nn.ModuleList(Film(widths[-1], hidden) for _ in range(2))
        self.fc = nn.Linear(widths[-1], len(ANSWERS))

    def answer(self, maps: Tensor, question: Tensor) -> Tensor:
        """Scores ``(N Q, answers)`` of maps ``(N, K, h, w)`` and questions ``(N Q, hidden)``, Q of each picture."""
        for film in self.films:
            maps = film(maps, question)
        return self.fc(self.gap(maps).flatten(1))


class LateAnswerer(_Answerer):
    r"""Answers by the picture's pooled maps and the question side by side: the question comes too late to look.

    Args:
        widths: channels of each stage.
        hidden: width of a question, and of the layer that sees both.
    """

    def __init__(self, widths: Sequence[int] = (16, 32, 64, 64), hidden: int = 64) -> None:
        super().__init__(widths, hidden)
        self.fc = nn.Sequential(nn.Linear(widths[-1] + hidden, hidden), nn.ReLU(), nn.Linear(hidden, len(ANSWERS)))

    def answer(self, maps: Tensor, question: Tensor) -> Tensor:
        """Scores ``(N Q, answers)`` of maps ``(N, K, h, w)`` and questions ``(N Q, hidden)``, Q of each picture."""
        pooled = self.gap(maps).flatten(1)
        return self.fc(torch.cat([pooled.repeat_interleave(len(question) // len(maps), 0), question], 1))


class Asked(nn.Module):
    """A network and a question: it takes images alone."""

    def __init__(self, net: _Answerer, question: str) -> None:
        super().__init__()
        self.net, self.question = net, question
        self.register_buffer("words", torch.tensor(padded(question), device=next(net.parameters()).device))
        self.train(net.training)

    def forward(self, images: Tensor) -> Tensor:
        """Scores ``(N, answers)`` before softmax, of images ``(N, 3, H, W)`` in 0…1."""
        return self.net(images, self.words.expand(len(images), 1, -1))[:, 0]
