"""From findings to the page: text and numbers go through a template that escapes every one of them."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

import jinja2
from torch import nn

from cam_course.images import Fitted
from cam_course.report import pictures, words
from cam_course.report.findings import Finding, Findings
from cam_course.report.networks import Subject
from cam_course.report.photograph import Photograph, plain

MOST_BYTES = 3_000_000  # of a page: it can be sent by mail
_TEXT = 200_000  # of these at most for all that is no picture
_PACKAGES = ("cam_course", "torch", "torchvision", "numpy", "pillow")

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


def page(photo: Photograph, fitted: Fitted, subject: Subject, found: Findings) -> str:
    """The whole page.

    Args:
        photo: the picture.
        fitted: the picture as the network takes it.
        subject: the network.
        found: what it said.

    Returns:
        HTML that loads nothing and runs nothing, of at most `MOST_BYTES` in UTF-8.
    """
    small = pictures.reduced(fitted)
    drawn = (*found.answers, *found.beside[:-1])  # a random order is no picture
    each = (MOST_BYTES - _TEXT) * 3 // 4 // (len(drawn) + 1)  # base64 makes four bytes of three
    category = _Names(subject.categories)
    maps = [_map(finding, photo, fitted, small, category(found.target[0]), each) for finding in drawn]
    return _TEMPLATES.get_template("page.html.jinja").render(
        photo=photo,
        shown=pictures.photograph(small, each),
        box=fitted.box,
        subject=subject,
        found=found,
        maps=maps[: len(found.answers)],
        beside=maps[len(found.answers) :],
        matrix=found.correlation.tolist(),
        category=category,
        used=_used(subject, found),
        seen=" × ".join(map(str, reversed(fitted.image.shape[-2:]))),
        date=datetime.now(timezone.utc).date().isoformat(),
        words=words,
    )


class _Names:
    """The name of a class, or its number where it has none."""

    def __init__(self, categories: tuple[str, ...]) -> None:
        self._categories = categories

    def __call__(self, index: int) -> str:
        return plain(self._categories[index]) if self._categories else f"class {index}"


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


def _used(subject: Subject, found: Findings) -> dict[str, str]:
    model: nn.Module = subject.model
    layers = dict.fromkeys(layer for finding in found.answers for layer in finding.layers)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    versions = [*(f"{name} {_version(name)}" for name in _PACKAGES), f"Python {platform.python_version()}"]
    return {
        "network": f"{plain(subject.name)}: {type(model).__name__}, {parameters:,} parameters",
        "weights": subject.origin,
        "layer": ", ".join(map(plain, layers)) or "none: pixels only",
        "device": str(next((parameter.device for parameter in model.parameters()), "cpu")),
        "versions": ", ".join(versions),
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "from its repository"
