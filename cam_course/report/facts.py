"""What this page knows about the points of the check list: each in a sentence, with the page's own numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cam_course.images import Fitted
from cam_course.report.found import Finding, Findings
from cam_course.report.words import number, share, title

Names = Callable[[int], str]
_STRETCH = 1.01  # below it, no eye sees that a picture was squeezed


def facts(fitted: Fitted, found: Findings, category: Names) -> dict[str, str]:
    """By the name of a point of `words.CHECKS`, what was measured here; points of which nothing was are left out.

    Args:
        fitted: the picture as the network took it.
        found: what the network said.
        category: from a class's number to its name.
    """
    known = {
        "The question": _question(found, category),
        "The space": f"its numbers lie between {number(float(fitted.image.min()))} and "
        f"{number(float(fitted.image.max()))}",
        "The crop": _crop(fitted),
        "The layer": _layer(fitted, found),
        "The rest": _rest(found),
        "The class": _sizes(found, "runner_up", "rank correlation with the map of the second class, sign left out: "),
        "The weights": _sizes(found, "anew", f"mean size of the rank correlation, {found.draws} draws: ")
        or "not measured here",
    }
    return {name: text for name, text in known.items() if text}


def _question(found: Findings, category: Names) -> str:
    first, chance, score = found.top[0]
    sure = f"score {number(score)}" if chance is None else share(chance)
    other = "" if first == found.target[0] else f"; the maps explain {category(found.target[0])}, not the first answer"
    return f"{category(first)}, {sure}{other}"


def _crop(fitted: Fitted) -> str:
    (left, top, right, bottom), (width, height) = fitted.box, fitted.picture.size
    rows, columns = fitted.geometry.rows.scale, fitted.geometry.columns.scale
    ratio = max(rows, columns) / min(rows, columns)
    squeezed = f", squeezed {number(ratio)} to 1" if ratio > _STRETCH else ", not squeezed"
    return f"it sees {share((right - left) * (bottom - top) / (width * height))} of the photograph{squeezed}"


def _layer(fitted: Fitted, found: Findings) -> str:
    cells = {one.cells for one in found.answers if one.cells and one.layers}
    if not cells:
        return ""
    rows, columns = min(cells)
    wide, high = (
        axis.scale * axis.size / of for axis, of in ((fitted.geometry.columns, columns), (fitted.geometry.rows, rows))
    )
    return f"{rows} × {columns} cells, each {wide:.0f} × {high:.0f} pixels of the photograph"


def _rest(found: Findings) -> str:
    answers = [i for i, one in enumerate(found.answers) if not one.flat]
    each = []
    for column, beside in enumerate(found.beside, start=len(found.answers)):
        if answers and not beside.flat:
            values = [float(found.correlation[row, column]) for row in answers]
            each.append(f"{title(beside.name).lower()} {_between(values)}")
    return f"rank correlation with {', with '.join(each)}" if each else ""


def _sizes(found: Findings, attribute: str, before: str) -> str:
    known: Sequence[Finding] = [one for one in found.answers if getattr(one, attribute) is not None and not one.flat]
    if not known:
        return ""
    known = sorted(known, key=lambda one: abs(getattr(one, attribute)))
    ends = dict.fromkeys((known[0], known[-1]))
    return before + " to ".join(f"{number(abs(getattr(one, attribute)))} ({title(one.name)})" for one in ends)


def _between(values: Sequence[float]) -> str:
    low, high = number(min(values)), number(max(values))
    return low if low == high else f"{low} to {high}"
