"""What is said and asked about a picture: the words, the sentences' numbers, the questions and their answers."""

from collections.abc import Sequence

import torch
from torch import Tensor

from .layout import Placement, caption
from .names import COLORS, KINDS, nearest

END = 0  # the number of the sentence's end; the decoder is given it before the first word, too
NONE = -100  # no word, and no answer: the number that torch's cross entropy leaves out
WORDS = ("<end>", "a", "in", "pot", "next", "to", *KINDS, *COLORS)
LONGEST = 15  # steps of a caption of two plants: fourteen words and the end

SORTS = ("what", "color", "is there", "how many")
QUESTIONS = (
    *(f"what is in the {color} pot?" for color in COLORS),
    *(f"what color is the pot of the {kind}?" for kind in KINDS),
    *(f"is there a {kind}?" for kind in KINDS),
    "how many plants?",
)
SORT_OF = (*("what",) * len(COLORS), *("color",) * len(KINDS), *("is there",) * len(KINDS), "how many")
ANSWERS = (*KINDS, *COLORS, "yes", "no", "one", "two", "three", "four")
ASKED_WITH = ("?", *dict.fromkeys(word for question in QUESTIONS for word in question[:-1].split()))


def numbers(sentence: str) -> list[int]:
    """The numbers of a caption's words.

    Raises:
        ValueError: a word that is none of `WORDS`; the nearest is offered.

    >>> numbers("a baya in a blue pot"), WORDS[7]
    ([1, 7, 2, 1, 10, 3], 'baya')
    """
    return [_number(word, WORDS) for word in sentence.split()]


def sentence(steps: Sequence[int]) -> str:
    """The words of some numbers, up to the first end.

    >>> sentence([1, 7, END, 4])
    'a baya'
    """
    end = steps.index(END) if END in steps else len(steps)
    return " ".join(WORDS[step] for step in steps[:end])


def asked(question: str) -> list[int]:
    """The numbers of a question's words, among `ASKED_WITH`; case, and the question mark, may be left out.

    Raises:
        ValueError: it is none of `QUESTIONS`; the nearest is offered.

    >>> [ASKED_WITH[n] for n in asked("How many plants")]
    ['how', 'many', 'plants']
    """
    plain = question.lower().strip().rstrip("?").rstrip() + "?"
    if plain not in QUESTIONS:
        raise ValueError(f"expected a question of the course, got {question!r}; {nearest(plain, QUESTIONS)}")
    return [_number(word, ASKED_WITH) for word in plain[:-1].split()]


def _number(word: str, words: Sequence[str]) -> int:
    if word not in words:
        raise ValueError(f"expected a word that the network knows, got {word!r}; {nearest(word, words)}")
    return words.index(word)


def described(kinds: Sequence[int], colors: Sequence[int]) -> str:
    """The caption of plants and their pots, from left to right, each an index into `KINDS` and `COLORS`."""
    return caption(tuple(Placement(*plant, 0, 0, 0) for plant in zip(kinds, colors, strict=True)))


def told(kinds: Sequence[int], colors: Sequence[int]) -> list[int]:
    """The numbers of the caption's words and of the end, filled up with `NONE` to `LONGEST`.

    >>> told([1], [0])[:8]  # a baya in a blue pot
    [1, 7, 2, 1, 10, 3, 0, -100]
    """
    steps = [*numbers(described(kinds, colors)), END]
    return steps + [NONE] * (LONGEST - len(steps))


def answers(kinds: Sequence[int], colors: Sequence[int]) -> list[int]:
    """The true answer to each of `QUESTIONS`, a number into `ANSWERS`, or `NONE` where the question is not asked.

    Plants and pots are asked for where there are several plants, but one alone of that kind or in a pot of that color.

    Args:
        kinds: of the plants, indices into `KINDS`.
        colors: of their pots, indices into `COLORS`.

    >>> pair = answers([1, 3], [0, 2])  # a baya in a blue pot, a yuki in a yellow one
    >>> [ANSWERS[n] if n != NONE else "-" for n in pair]
    ['baya', '-', 'yuki', '-', '-', 'blue', '-', 'yellow', 'no', 'yes', 'no', 'yes', 'two']
    """
    return [
        *(_of_the_only(color, colors, kinds, 0) for color in range(len(COLORS))),
        *(_of_the_only(kind, kinds, colors, len(KINDS)) for kind in range(len(KINDS))),
        *(ANSWERS.index("yes" if kind in kinds else "no") for kind in range(len(KINDS))),
        ANSWERS.index("one") + len(kinds) - 1,
    ]


def _of_the_only(asked_for: int, among: Sequence[int], wanted: Sequence[int], first: int) -> int:
    only = len(among) > 1 and among.count(asked_for) == 1
    return first + wanted[among.index(asked_for)] if only else NONE


def balanced(table: Tensor) -> Tensor:
    """Answers of many scenes, so thinned out that no question alone tells its answer: each is as frequent as any other.

    Args:
        table: ``(n, questions)`` int64, as of `answers`; the first scenes keep theirs.

    Returns:
        The same with some answers replaced by `NONE`.

    >>> balanced(torch.tensor([[8], [8], [9], [8]])).flatten().tolist()
    [8, -100, 9, -100]
    """
    kept = torch.full_like(table, NONE)
    for at, column in enumerate(table.unbind(1)):
        places = [(column == answer).nonzero()[:, 0] for answer in column[column != NONE].unique()]
        fewest = min((len(where) for where in places), default=0)
        for where in places:
            kept[where[:fewest], at] = column[where[:fewest]]
    return kept
