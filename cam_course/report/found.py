"""What a report holds: each map with its numbers, and what these numbers can and cannot tell."""

from __future__ import annotations

from dataclasses import dataclass

import torch  # noqa: F401 - the examples use it
from torch import Tensor

UNMOVED = 0.02  # of areas and probabilities: less is not seen in two decimals of a curve of twenty steps


@dataclass(frozen=True)
class Finding:
    """One map and its numbers.

    Attributes:
        name: of the method, or of what stands beside it.
        heatmap: ``(h, w)`` over what the network sees, raw, on the CPU.
        layers: that were read.
        cells: height and width of the map before it was enlarged.
        passes: images that went through the network for it.
        runner_up: rank correlation with the same method's map for the second class, -1…1: near 1 or -1, the map is
            about the picture and not about the class. None where there is no second class.
        anew: mean size of the rank correlation with the same method's maps once all weights are drawn anew, 0…1;
            None where it was not measured.
        deletion: area under the curve, 0…1; None where it was not measured.
        insertion: likewise.
        notes: what the methods warned of.
    """

    name: str
    heatmap: Tensor
    layers: tuple[str, ...] = ()
    cells: tuple[int, int] | None = None
    passes: int = 0
    runner_up: float | None = None
    anew: float | None = None
    deletion: float | None = None
    insertion: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def peak(self) -> tuple[float, float] | None:
        """Where the map is highest: the pixel's center, row and column; the first of equals, None for a flat map.

        >>> Finding("cam", torch.tensor([[0.0, 0.0], [0.0, 3.0]])).peak
        (1.5, 1.5)
        """
        if self.flat:
            return None
        row, column = divmod(int(self.heatmap.argmax()), self.heatmap.shape[1])
        return row + 0.5, column + 0.5

    @property
    def flat(self) -> bool:
        """Whether the map says nothing about places."""
        return bool(self.heatmap.max() == self.heatmap.min())

    @property
    def above_half(self) -> float:
        """Which share of what the network sees lies above half of the map's maximum, 0…1.

        >>> Finding("cam", torch.tensor([[0.0, 2.0], [1.0, 4.0]])).above_half
        0.25
        """
        return float((self.heatmap > self.heatmap.max() / 2).double().mean())


@dataclass(frozen=True)
class Findings:
    """All of a report.

    Attributes:
        top: (number of the class, probability, score before softmax), the highest first; no probability where the
            network gives one number alone.
        target: the class that is explained, and the one with which its maps are compared, None where there is none.
        answers: of the methods that could be asked.
        beside: maps that know nothing of the network.
        missing: by method, why it could not be asked.
        correlation: ``(M, M)``, of the ranks of all maps, answers first.
        chance: pixels in a random order; None where deletion and insertion were left out.
        ends: probability of the class for the picture as it is, and for the picture blurred all over; None likewise.
        steps: of deletion and insertion, 0 where they were left out.
        draws: how often all weights were drawn anew.
        kept: why some methods could not be asked about weights drawn anew.
    """

    top: tuple[tuple[int, float | None, float], ...]
    target: tuple[int, int | None]
    answers: tuple[Finding, ...]
    beside: tuple[Finding, ...]
    missing: dict[str, str]
    correlation: Tensor
    chance: Finding | None = None
    ends: tuple[float, float] | None = None
    steps: int = 0
    draws: int = 0
    kept: str = ""

    @property
    def blur_takes_nothing(self) -> bool:
        """Whether the picture blurred all over has the class as sure as the picture itself."""
        return self.ends is not None and self.ends[1] > self.ends[0] - UNMOVED

    @property
    def blind(self) -> tuple[str, ...]:
        """Which of deletion and insertion cannot rank the maps of this picture.

        Both, where the blur takes nothing away; otherwise each whose areas are all the same, random order included.
        """
        return tuple(one for one in ("deletion", "insertion") if self.blur_takes_nothing or self._spread(one) < UNMOVED)

    def _spread(self, measure: str) -> float:
        maps = [*self.answers, *self.beside, *([self.chance] if self.chance else [])]
        areas = [area for one in maps if (area := getattr(one, measure)) is not None]
        return max(areas) - min(areas) if areas else float("inf")
