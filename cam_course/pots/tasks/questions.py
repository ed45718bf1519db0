"""Answering questions about pictures of one to four plants."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from ..answerer import PADDED
from ..language import ANSWERS, NONE, SORT_OF, SORTS, answers, balanced
from ..names import COLORS, KINDS
from ..places import CACHE
from ..recipes import Recipe
from ..rendered import several
from .mirroring import mirrored

CLASSES = ANSWERS
TESTED_ON = ("pair", "distinct", "mixed")


def data(recipe: Recipe, *, workers: int = 0, cache: Path = CACHE) -> dict[str, Tensor]:
    """Training pictures and the answers to all questions about them, so thinned out that no question tells its answer.

    Args:
        recipe: what to train.
        workers: processes that render.
        cache: folder of the pictures.

    Returns:
        ``image`` (n, 3, size, size) uint8; ``answers`` (n, questions) int64, `NONE` where a question is not asked.
    """
    images, scenes = several(recipe.counts(), "train", recipe.size, workers=workers, cache=cache)
    return {"image": images, "answers": balanced(torch.tensor([answers(*scene) for scene in scenes]))}


def flipped(batch: dict[str, Tensor], which: Tensor) -> dict[str, Tensor]:
    """The batch with the pictures ``which`` (N,) bool mirrored; no question asks for a side."""
    return {**batch, "image": mirrored(batch["image"], which)}


def loss(net: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of the answers to a question of each sort, drawn anew each time from those asked."""
    drawn = draw(batch["answers"])
    scores = net(batch["image"], PADDED.to(drawn.device)[drawn])  # (N, sorts, answers)
    true = batch["answers"].gather(1, drawn)
    return nn.functional.cross_entropy(scores.flatten(0, 1), true.flatten(), ignore_index=NONE)


def draw(table: Tensor) -> Tensor:
    """One question of each sort for each scene, ``(N, sorts)`` int64; any, where none of the sort is asked.

    Args:
        table: ``(N, questions)`` int64, the answers.
    """
    chances = (table != NONE) + 1e-6
    of = torch.tensor([SORTS.index(sort) for sort in SORT_OF], device=table.device)
    return torch.cat([torch.multinomial(chances * (of == sort), 1) for sort in range(len(SORTS))], 1)


def figures(net: nn.Module, *, size: int, n: int, workers: int = 0, cache: Path = CACHE) -> dict[str, float]:
    """Shares of right answers to each sort of question, on n unseen scenes of each regime of `TESTED_ON`.

    Beside them what is reached without looking: by whoever knows the questions alone, and, for plants and colors, by
    naming any one of those in the picture.
    """
    images, scenes = several(dict.fromkeys(TESTED_ON, n), "test", size, workers=workers, cache=cache)
    table = balanced(torch.tensor([answers(*scene) for scene in scenes]))
    return {
        **by_sort((replies(net, images) == table).float(), table),
        **{f"{sort}: question alone": share for sort, share in by_sort(_alone(table), table).items()},
        **{f"{sort}: naming any": by_sort(_any(scenes, table), table)[sort] for sort in SORTS[:2]},
    }


@torch.no_grad()
def replies(net: nn.Module, images: Tensor, *, batch: int = 50) -> Tensor:
    """The likeliest answers to all questions about pictures ``(N, 3, H, W)`` uint8: ``(N, questions)`` int64."""
    device = next(net.parameters()).device
    rows = PADDED.to(device)
    parts = (part.to(device).float() / 255 for part in images.split(batch))
    return torch.cat([net(part, rows.expand(len(part), -1, -1)).argmax(-1).cpu() for part in parts])


def by_sort(right: Tensor, table: Tensor) -> dict[str, float]:
    """The mean over the questions asked, of each sort.

    Args:
        right: ``(N, questions)`` float, how right each reply is.
        table: ``(N, questions)`` int64, the answers, `NONE` where not asked.
    """
    asked = table != NONE
    shares = {}
    for sort in SORTS:
        columns = torch.tensor([at == sort for at in SORT_OF])
        shares[sort] = right[:, columns][asked[:, columns]].double().mean().item()
    return shares


def _alone(table: Tensor) -> Tensor:
    """How right the most frequent answer to each question is: no network that sees questions alone does better."""
    most = torch.stack([column[column != NONE].mode().values for column in table.unbind(1)])
    return (table == most).float()


def _any(scenes: Sequence[tuple[Sequence[int], Sequence[int]]], table: Tensor) -> Tensor:
    """How right it is, on average, to name any plant of the picture, or the color of any pot."""
    right = torch.zeros(table.shape)
    for row, (kinds, colors) in enumerate(scenes):
        named = [kinds] * len(COLORS) + [[len(KINDS) + color for color in colors]] * len(KINDS)
        for at, names in enumerate(named):
            right[row, at] = names.count(int(table[row, at])) / len(names)
    return right
