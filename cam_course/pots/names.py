"""The words of the picture world: plants, pot colors, regimes, splits, and which pot is whose."""

from collections.abc import Sequence
from difflib import get_close_matches

KINDS = ("rudo", "baya", "greg", "yuki")
COLORS = ("blue", "terracotta", "yellow", "dark")
# a new one goes to the end: the seeds depend on the position
REGIMES = ("random", "biased", "swapped", "multi", "uneven", "pair", "mixed", "distinct")
SPLITS = ("train", "val", "test")


def usual_color(kind: int) -> int:
    """The color of the pot in which a kind always stands in the biased pictures.

    >>> KINDS[0], COLORS[usual_color(0)]
    ('rudo', 'blue')
    """
    return kind


def usual_owner(color: int) -> int:
    """The kind that always stands in a pot of this color in the biased pictures; inverse of `usual_color`."""
    return color


def nearest(word: object, choices: Sequence[str]) -> str:
    """A remedy for a misspelt word: the nearest choice if there is one, else all of them.

    >>> nearest("swaped", REGIMES)
    "did you mean 'swapped'?"
    >>> nearest("x", SPLITS)
    "choose from 'train', 'val', 'test'"
    """
    close = get_close_matches(str(word), choices, n=1)
    return f"did you mean {close[0]!r}?" if close else "choose from " + ", ".join(map(repr, choices))


def one_of(argument: str, word: object, choices: Sequence[str]) -> int:
    """The position of a word among its choices.

    Raises:
        ValueError: the word is none of them; the nearest is offered.
    """
    if word not in choices:
        raise ValueError(f"expected {argument} to be a known name, got {word!r}; {nearest(word, choices)}")
    return list(choices).index(str(word))
