"""A claim, the bound that it has to pass, and the verdict that follows from what was measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from cam_course.claims.laboratory import Laboratory
from cam_course.lesson.measured import bootstrap


class Reading(NamedTuple):
    """One measure on one network: mean over pictures, and its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Part:
    """One measure of a claim, under one condition, on several networks that differ in their training seed.

    Attributes:
        figure: what the number is, in words.
        measure: from the laboratory and a network's name to one value per picture, ``(N,)``.
        networks: their names.
        at_least: the claim holds here where the mean is at least this.
        at_most: … where it is at most this.
        where: the condition, so that "holds only …" can be completed with it; empty where there is none.
        digits: decimals printed.
    """

    figure: str
    measure: Callable[[Laboratory, str], Tensor]
    networks: Sequence[str]
    at_least: float | None = None
    at_most: float | None = None
    where: str = ""
    digits: int = 2

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            both = f"{self.at_least} and {self.at_most}"
            raise ValueError(f"expected one bound for {self.figure!r}, got {both}; give one")

    def read(self, laboratory: Laboratory, networks: Sequence[str] | None = None) -> list[Reading]:
        """Measures on each of its networks, or on those named."""
        names = self.networks if networks is None else networks
        return [Reading(*bootstrap(self.measure(laboratory, name))) for name in names]

    def passed(self, reading: Reading) -> bool:
        """Whether the mean, as it is printed, meets the bound; NaN does not."""
        mean = round(reading.mean, self.digits)
        return mean >= self._bound if self.at_most is None else mean <= self._bound

    @property
    def _bound(self) -> float:
        return self.at_least if self.at_most is None else self.at_most  # type: ignore[return-value]

    def narrow(self, reading: Reading) -> bool:
        """Whether the bound lies inside the interval, so that other scenes might have decided otherwise."""
        low, high = (round(end, self.digits) for end in reading[1:])
        return low < self._bound < high


@dataclass(frozen=True)
class Claim:
    """What a source says, and how it is put to the test.

    Attributes:
        name: a key, unique.
        source: authors and year, with arXiv number or DOI.
        says: the claim, in our words.
        true_if: what would count as true, written down before it was measured.
        parts: the measures; the claim holds where all of them pass on all their networks.
        lesson: the lesson that measures it, as its notebook is numbered.
        reason: why it came out as it did, as far as the lesson tests it.
    """

    name: str
    source: str
    says: str
    true_if: str
    parts: Sequence[Part]
    lesson: str
    reason: str = ""

    def read(self, laboratory: Laboratory) -> list[list[Reading]]:
        """Measures every part."""
        return [part.read(laboratory) for part in self.parts]


def verdict(claim: Claim, readings: Sequence[Sequence[Reading]]) -> str:
    """What the readings make of a claim.

    Args:
        claim: the claim.
        readings: for each of its parts, one reading per network.

    Returns:
        ``holds``, ``does not hold here``, or ``holds only`` with the conditions under which it does; then in brackets
        where it does so on some networks only, and where narrowly: a bound inside an interval.
    """
    both = list(zip(claim.parts, readings, strict=True))
    share = [sum(map(part.passed, found)) / len(found) for part, found in both]
    held = [part.where for part, passed in zip(claim.parts, share, strict=True) if passed == 1 and part.where]
    only = f"holds only {'; '.join(held)}" if held else "does not hold here"
    said = "holds" if min(share) == 1 else only
    notes = [
        f"{part.where or part.figure}: on {round(passed * len(found))} of {len(found)} networks"
        for (part, found), passed in zip(both, share, strict=True)
        if 0 < passed < 1
    ]
    notes += [f"narrowly {part.where or part.figure}" for part, found in both if any(map(part.narrow, found))]
    return f"{said} ({'; '.join(notes)})" if notes else said
