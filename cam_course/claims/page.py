"""The page of claims as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cam_course.claims.claim import Claim, Part, Reading, verdict
from cam_course.lesson.execute import NOTEBOOKS

PAGE = NOTEBOOKS / "claims.md"
HEAD = """# What the papers claim, and what was measured

Written by `python -m cam_course.claims`; do not edit it. Each claim of the literature that a lesson touches, with what
would count as true (written down before it was measured), the figures, and the verdict that follows from them.

- **Scenes**: {n} unseen rendered scenes, whose plants and pots are known to the pixel; thresholds are chosen on others.
- **Networks**: three of each kind, which differ in their training seed: `pots` (GAP head) and `pots_flat` (three linear
  layers) look at the plants, `pots_biased` at the pots. Three figures in a row are those of the three. Of the networks
  for pixels, boxes, words and answers (lessons 11 and 11b) there is one each.
- **Figures**: the mean over the scenes, with its 95 % bootstrap interval over the scenes.
- **Verdict**: a bound is met where the mean meets it on all three networks, *narrowly* where an interval holds the
  bound. *Holds only …* names the conditions under which all bounds were met. These are small networks and rendered
  scenes: a claim that fails here may hold elsewhere.
- **Own half**: on scenes of two plants, the share of a map's energy in the half with the plant asked for; 0.5 for a map
  that knows nothing.
"""


def page(claims: Sequence[Claim], readings: Sequence[Sequence[Sequence[Reading]]], n: int) -> str:
    """The whole page.

    Args:
        claims: in the order in which they are to stand.
        readings: by claim, part and network.
        n: how many scenes each figure is over.
    """
    rows = [row(claim, found) for claim, found in zip(claims, readings, strict=True)]
    table = [
        "| the paper says | true if | measured | verdict | lesson |",
        "|---|---|---|---|---|",
        *rows,
    ]
    return HEAD.format(n=n) + "\n" + "\n".join(table) + "\n"


def row(claim: Claim, found: Sequence[Sequence[Reading]]) -> str:
    """One claim as a row of the table."""
    measured = "<br>".join(figures(part, one) for part, one in zip(claim.parts, found, strict=True))
    said = f"**{verdict(claim, found)}**" + (f". {claim.reason}" if claim.reason else "")
    cells = [f"{claim.says} ({linked(claim.source)})", claim.true_if, measured, said, lesson(claim.lesson)]
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def figures(part: Part, found: Sequence[Reading]) -> str:
    """What was measured of one part, one figure per network: ``0.92 (0.91–0.94)``."""
    digits = part.digits
    numbers = "; ".join(
        f"{written(one.mean, digits)} ({written(one.low, digits)}–{written(one.high, digits)})" for one in found
    )
    name = f"{part.figure}, {part.where}" if part.where and part.where not in part.figure else part.figure
    return f"{name}: {numbers}"


def written(value: float, digits: int) -> str:
    """A number with a minus sign that does not break; tiny ones by their power of ten."""
    tiny = value and abs(value) < 10**-digits / 2
    return (f"{value:.0e}" if tiny else f"{value:.{digits}f}").replace("-", "−")


HOSTS = {"arXiv": "https://arxiv.org/abs/", "doi": "https://doi.org/", "hub": "https://huggingface.co/"}


def linked(source: str) -> str:
    """A source with a link in place of its arXiv number, DOI or name on the Hugging Face Hub."""
    who, _, where = source.rpartition(", ")
    host, _, number = where.partition(":")
    return f"[{who}]({HOSTS[host]}{number})"


def lesson(number: str, folder: Path = NOTEBOOKS) -> str:
    """A link to a lesson by its number; the bare number where it does not exist yet."""
    found = sorted(folder.glob(f"{number}_*.ipynb"))
    return f"[{number}]({found[0].name})" if found else number
