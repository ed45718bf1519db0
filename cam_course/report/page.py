"""From findings to the page: text and numbers go through a template that escapes every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import jinja2

from cam_course.images import Fitted
from cam_course.report import pictures, words
from cam_course.report.facts import facts
from cam_course.report.found import Finding, Findings
from cam_course.report.networks import Subject
from cam_course.report.photograph import Photograph, plain
from cam_course.report.used import used

MOST_BYTES = 3_000_000  # of a page: it can be sent by mail
_TEXT = 200_000  # of these at most for all that is no picture

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Map:
    """One map as the page shows it."""

    finding: Finding
    title: str
    meaning: str
    shown: pictures.Shown
    where: str
    alt: str


def page(photo: Photograph, fitted: Fitted, subject: Subject, found: Findings, *, command: str = "") -> str:
    """The whole page.

    Args:
        photo: the picture.
        fitted: the picture as the network takes it.
        subject: the network.
        found: what it said.
        command: the line of a terminal that asked for the page; empty where none did.

    Returns:
        HTML that loads nothing and runs nothing, of at most `MOST_BYTES` in UTF-8.
    """
    small = pictures.reduced(fitted)
    drawn = (*found.answers, *found.beside)
    each = (MOST_BYTES - _TEXT) * 3 // 4 // (len(drawn) + 1)  # base64 makes four bytes of three
    category = _Names(subject.categories, alone=found.target[1] is None)
    known = facts(fitted, found, category)
    maps = [_map(finding, photo, fitted, small, category(found.target[0]), each) for finding in drawn]
    return _TEMPLATES.get_template("page.html.jinja").render(
        photo=photo,
        shown=pictures.photograph(small, each),
        box=fitted.box,
        subject=subject,
        found=found,
        maps=maps[: len(found.answers)],
        beside=maps[len(found.answers) :],
        matrix=_matrix(found),
        category=category,
        command=command,
        used=used(fitted, subject, found, command),
        checks=[(name, text, known.get(name)) for name, text in words.CHECKS],
        seen=" × ".join(map(str, reversed(fitted.image.shape[-2:]))),
        date=datetime.now(timezone.utc).date().isoformat(),
        words=words,
    )


def _matrix(found: Findings) -> list[list[float | None]]:
    """The correlations, None where one of the two maps is flat."""
    flat = [one.flat for one in (*found.answers, *found.beside)]
    return [
        [None if flat[row] or flat[column] else value for column, value in enumerate(values)]
        for row, values in enumerate(found.correlation.tolist())
    ]


class _Names:
    """The name of a class, or its number where it has none."""

    def __init__(self, categories: tuple[str, ...], *, alone: bool) -> None:
        self._categories, self._alone = categories, alone

    def __call__(self, index: int) -> str:
        if self._categories:
            return plain(self._categories[index])
        return "its one number" if self._alone else f"class {index}"


def _map(finding: Finding, photo: Photograph, fitted: Fitted, small: Fitted, category: str, most_bytes: int) -> Map:
    name, picture = words.title(finding.name), photo.picture
    where = "nowhere: it is the same everywhere"
    if finding.peak:
        x, y = at(fitted, finding.peak)
        where = f"{words.place(x, y, *picture.size)} ({x:.0f}, {y:.0f})"
    of = f"{name} for {category}" if finding.layers or finding.passes else name
    alt = f"{of}, laid over the photograph in gray. Highest: {where}."
    if finding.peak:
        alt += f" {words.share(finding.above_half)} of what the network sees lies above half of the maximum."
    shown = pictures.overlay(small, finding.heatmap, most_bytes)
    return Map(finding, name, words.meaning(finding.name), shown, where, alt)


def at(fitted: Fitted, peak: tuple[float, float]) -> tuple[float, float]:
    """A point (row, column) of what the network sees as (x, y) of the photograph, in pixels from its upper left."""
    rows, columns = fitted.geometry.rows, fitted.geometry.columns
    return columns.offset + columns.scale * peak[1], rows.offset + rows.scale * peak[0]
