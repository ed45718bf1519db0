"""Describing a picture of one plant or two, from left to right, in a sentence."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from ..language import NONE, WORDS, described, told
from ..names import COLORS
from ..places import CACHE
from ..recipes import Recipe
from ..rendered import several
from .mirroring import mirrored

CLASSES = WORDS
TESTED_ON = ("pair", "random")  # two plants, and one
PLANT, COLOR, APART = 1, 4, 8  # where the first plant's word and color stand, and how far on those of the second do


def data(recipe: Recipe, *, workers: int = 0, cache: Path = CACHE) -> dict[str, Tensor]:
    """Training pictures, their captions, and those of the pictures mirrored, which name the plants in reverse.

    Args:
        recipe: what to train.
        workers: processes that render.
        cache: folder of the pictures.

    Returns:
        ``image`` (n, 3, size, size) uint8; ``words`` and ``mirrored`` (n, `LONGEST`) int64, as of `told`.
    """
    images, scenes = several(recipe.counts(), "train", recipe.size, workers=workers, cache=cache)
    words = torch.tensor([told(kinds, colors) for kinds, colors in scenes])
    mirrored = torch.tensor([told(kinds[::-1], colors[::-1]) for kinds, colors in scenes])
    return {"image": images, "words": words, "mirrored": mirrored}


def flipped(batch: dict[str, Tensor], which: Tensor) -> dict[str, Tensor]:
    """The batch with the pictures ``which`` (N,) bool mirrored; what was left is right, and is named second."""
    words, turned, other = batch["words"], batch["mirrored"], which[:, None]
    return {
        "image": mirrored(batch["image"], which),
        "words": torch.where(other, turned, words),
        "mirrored": torch.where(other, words, turned),
    }


def loss(net: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of every next word, the true beginning of the sentence being given."""
    words = batch["words"]
    scores = net(batch["image"], words[:, :-1].clamp(min=0))
    return nn.functional.cross_entropy(scores.flatten(0, 1), words.flatten(), ignore_index=NONE)


def figures(net: nn.Module, *, size: int, n: int, workers: int = 0, cache: Path = CACHE) -> dict[str, float]:
    """Shares of words, and of whole sentences, that are right when the network speaks freely, on n unseen scenes each.

    The color words are also told apart by color: one of four can be said whenever no other is seen.
    """
    images, scenes = several(dict.fromkeys(TESTED_ON, n), "test", size, workers=workers, cache=cache)
    device = next(net.parameters()).device
    said = [line for part in images.split(50) for line in net.caption(part.to(device).float() / 255)]
    return graded(said, [described(*scene) for scene in scenes])


def graded(said: Sequence[str], true: Sequence[str]) -> dict[str, float]:
    """How right captions are: of the plant words, of the color words, of those of each color, and of the sentences.

    >>> graded(["a rudo in a blue pot"], ["a rudo in a dark pot next to a baya in a blue pot"])["plant words"]
    0.5
    """
    both = list(zip(said, true, strict=True))
    both = list(zip(said, true, strict=True))
    plants, colors = ([pair for one in both for pair in _at(first, *one)] for first in (PLANT, COLOR))
    shares = {
        "plant words": _share(plants),
        "color words": _share(colors),
        **{color: _share([pair for pair in colors if pair[1] == color]) for color in COLORS},
        "sentences": _share(both),
    }
    return {what: share for what, share in shares.items() if share is not None}


def _at(first: int, said: str, true: str) -> list[tuple[str, str]]:
    """What was said, and what is true, of each plant of a sentence, at a place of its part."""
    words, wanted = said.split(), true.split()
    return [(words[i] if i < len(words) else "", wanted[i]) for i in range(first, len(wanted), APART)]


def _share(pairs: list[tuple[str, str]]) -> float | None:
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else None
