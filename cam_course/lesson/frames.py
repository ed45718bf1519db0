r"""The states of a widget as frames on a page: a still, its numbers, and a slider that needs no kernel.

The slider is built by a small inline script. Where scripts are stripped (an untrusted notebook, the repository's page)
the still and its numbers remain, and no control that does nothing. Nothing is loaded from anywhere.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

from cam_course.lesson.without_kernel import encoded

MOST = 12  # frames on a page
PIXELS = 2_500_000  # of all of them; beyond it fewer frames, since a blurred one teaches less than a missing one
LARGEST = 48_000  # bytes of all frames of one widget, before base64 makes four of three
FITS = (
    (1, 75),
    (1, 60),
    (1, 45),
    (0.75, 55),
    (0.75, 40),
    (0.6, 40),
    (0.5, 35),
    (0.4, 30),
    (0.25, 25),
)  # scale, WebP's quality

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class State:
    """One position of the slider: what is read there, the picture, and its numbers in words."""

    label: str
    picture: Image.Image
    text: str


def chosen(count: int, start: int, most: int) -> list[int]:
    """At most `most` of `count` numbers from 0, evenly spread: first, last and `start` are among them.

    Args:
        count: at least 1.
        start: the number of the state shown first.
        most: at least 3.

    >>> chosen(4, 1, 12), chosen(96, 0, 5), chosen(96, 30, 5)
    ([0, 1, 2, 3], [0, 24, 48, 71, 95], [0, 30, 48, 71, 95])
    """
    if count <= most:
        return list(range(count))
    spread = [round(i * (count - 1) / (most - 1)) for i in range(most)]
    if start not in spread:
        nearest = min(range(1, most - 1), key=lambda i: abs(spread[i] - start))
        spread[nearest] = start
    return sorted(spread)


def page(
    states: Sequence[State], start: int, *, name: str, alt: str, still: bytes | None = None, note: str = ""
) -> str:
    r"""HTML of a slider over the states; without scripts it is the still, if given, and the numbers.

    Args:
        states: in the order of the slider.
        start: the number of the state that the still shows.
        name: what the slider chooses.
        alt: what the still shows.
        still: the first picture, JPEG; without it the page's last picture above is taken.
        note: a sentence below the slider.
    """
    most = max(3, min(MOST, PIXELS // (states[start].picture.width * states[start].picture.height)))
    kept = chosen(len(states), start, most)
    box, pictures = _packed([states[i].picture for i in kept], kept.index(start))
    frames = [
        {"label": states[i].label, "text": states[i].text, "picture": one}
        for i, one in zip(kept, pictures, strict=True)
    ]
    data = {"name": name, "start": kept.index(start), "size": states[start].picture.size, "box": box, "frames": frames}
    data["alt"] = alt
    data["note"] = " ".join(filter(None, [note, _left_out(len(kept), len(states))]))
    return _written(data, states[start].text, still, alt)


def _left_out(kept: int, count: int) -> str:
    return f"This page holds {kept} of {count} positions; run the cell for all." if kept < count else ""


def _written(data: dict, text: str, still: bytes | None, alt: str) -> str:
    key = hashlib.sha256(json.dumps(data).encode()).hexdigest()[:12]
    picture = f'<img src="data:image/jpeg;base64,{encoded(still)}" alt="{html.escape(alt)}">' if still else ""
    lines = map(str.strip, Path(__file__).with_suffix(".js").read_text(encoding="utf-8").splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    lines_stay = ' style="white-space:pre-line"' if "\n" in text else ""
    return (
        f'<div class="cam-frames" data-cam-frames="cam-{key}">{picture}<p{lines_stay}>{html.escape(text)}</p></div>\n'
        f"<script>{code}({_in_script({'key': f'cam-{key}', **data})});</script>"
    )


def _in_script(data: dict) -> str:
    """JSON that cannot end the script it stands in; ≈ stays, since what follows it is masked in comparisons."""
    text = json.dumps(data, ensure_ascii=False).replace('{"label"', '\n{"label"')
    return text.translate({ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def _packed(pictures: Sequence[Image.Image], start: int) -> tuple[Box, list[str]]:
    """The part that changes, as left, upper, width, height, and it alone of each picture; empty at `start`."""
    size = pictures[start].size
    same = [one if one.size == size else ImageOps.pad(one, size, color="white") for one in pictures]
    left, upper, right, lower = _changed(same, same[start])
    parts = [one.crop((left, upper, right, lower)) for i, one in enumerate(same) if i != start]
    data = [f"data:image/webp;base64,{encoded(one)}" for one in _fitted(parts)]
    return (left, upper, right - left, lower - upper), [*data[:start], "", *data[start:]]


def _changed(pictures: Sequence[Image.Image], first: Image.Image) -> Box:
    boxes = [found for one in pictures if (found := ImageChops.difference(one, first).getbbox())]
    if not boxes:
        return (0, 0, 1, 1)  # nothing changes: the numbers alone do
    lefts, uppers, rights, lowers = zip(*boxes, strict=True)
    return min(lefts), min(uppers), max(rights), max(lowers)


def _fitted(parts: Sequence[Image.Image]) -> list[bytes]:
    """The pictures as WebP, as good as `LARGEST` allows for all of them."""
    for scale, quality in FITS:
        data = [_webp(part, scale, quality) for part in parts]
        if sum(map(len, data)) <= LARGEST:
            break
    return data


def _webp(picture: Image.Image, scale: float, quality: int) -> bytes:
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture if scale == 1 else picture.resize(size, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, format="WEBP", quality=quality, method=4)
    return buffer.getvalue()
