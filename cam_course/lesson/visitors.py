"""Photographs as guests of a network: what it says of them, its map on the photograph, and a button for yours."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from html import escape

import ipywidgets
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import Image
from torch import Tensor, nn

from cam_course.explain import explain
from cam_course.images import Fitted, SamplePhoto, fit
from cam_course.lesson.captions import captioned
from cam_course.lesson.explorer import Explorer, Frame, choice, explorer, slider
from cam_course.lesson.figures import PLANT, POT, jpeg
from cam_course.lesson.measured import approx
from cam_course.lesson.naming import mark
from cam_course.lesson.upload import upload
from cam_course.lesson.without_kernel import Speaking
from cam_course.metrics import energy_inside

MOST = 5  # answers that are told
LEAST = 0.01  # a probability below it is told as that
TOGETHER = 8  # pictures that go through a network at once
HIGH = 330  # pixels of a panel: a photograph's own resolution is for the file, not for the page
_COLORS = (PLANT, POT, "#ffd500", "#ffffff")


def top(logits: Tensor, names: Sequence[str], most: int = MOST) -> list[tuple[str, float]]:
    """The names with the highest probabilities, the highest first.

    >>> top(torch.tensor([0.0, 2.0, 0.0]).log_softmax(0), ["cat", "cup", "rocket"], 1)[0][0]
    'cup'
    """
    found = logits.detach().softmax(-1).topk(min(most, len(names)))
    return [(names[i], float(p)) for p, i in zip(found.values, found.indices.tolist(), strict=True)]


def inside(photo: SamplePhoto, name: str) -> Tensor:
    """A hand-drawn box as a mask ``(1, H, W)`` bool of the photograph's size."""
    left, upper, right, lower = photo.boxes[name]
    mask = torch.zeros(1, photo.picture.height, photo.picture.width, dtype=torch.bool)
    mask[:, upper:lower, left:right] = True
    return mask


def seen(fitted: Fitted) -> Tensor:
    """The part of a photograph that the network sees, as a mask ``(1, H, W)`` bool."""
    return fitted.back(torch.ones(1, 1, 1)).bool()


def boxed(ax: Axes, photo: SamplePhoto, title: str) -> Axes:
    """A photograph with its hand-drawn boxes, each with its name."""
    ax.imshow(photo.picture)
    for (name, (left, upper, right, lower)), color in zip(photo.boxes.items(), _COLORS, strict=False):
        ax.add_patch(Rectangle((left, upper), right - left, lower - upper, fill=False, edgecolor=color, linewidth=3))
        label = {"color": "black", "backgroundcolor": color, "fontsize": 11, "va": "bottom"}
        ax.text(left, max(upper, 30), name, **label)  # above the box, so that it hides nothing in it
    ax.set_axis_off()
    ax.set_title("\n".join(textwrap.wrap(title, 28)), fontsize=14)
    return ax


def look(network: nn.Module, picture: Image.Image, to: object, names: Sequence[str], rank: int = 0) -> Frame:
    """What a network says of a picture, and the map of one of its answers on the picture.

    Args:
        network: a classifier.
        picture: upright, RGB.
        to: a side or a transform, as of `images.fit`.
        names: of the classes.
        rank: which answer is explained: 0 is the first.
    """
    fitted = fit(picture, to)
    image, logits = _asked(network, fitted)
    said = top(logits, names)
    number = int(logits.argsort(descending=True)[rank])
    heat = explain(network, image, "grad_cam", target=number).maps[0]
    drawn = fitted.overlay(heat.cpu(), strength=0.75)
    words = f"map of: {said[rank][0]}"
    told = ", ".join(f"{name} {_chance(p)}" for name, p in said)
    return Frame(captioned(_panels(picture, drawn), ["the photograph", words]), f"It says: {told}")


def photographs(
    network: nn.Module, photos: Mapping[str, SamplePhoto], to: object, names: Sequence[str], *, alt: str, start: dict
) -> Explorer:
    """Chooses a photograph and one of the network's answers; shows the map on the photograph, and where it lies.

    Args:
        network: a classifier.
        photos: by name.
        to: as of `look`.
        names: of the classes.
        alt: what the first state shows.
        start: the first ``photo`` and ``answer``.
    """

    def draw(photo: str, answer: int) -> Frame:
        one = photos[photo]
        frame, fitted = look(network, one.picture, to, names, answer), fit(one.picture, to)
        shares = ", ".join(_share(network, fitted, inside(one, box), box, answer) for box in one.boxes)
        return Frame(frame.picture, f"{frame.numbers}. Energy in the box (what a flat map has): {shares}")

    ranks = {str(rank + 1): rank for rank in range(min(MOST, len(names)))}
    picks = {"photo": choice("photograph", {name: name for name in photos}), "answer": slider("answer no.", ranks)}
    return explorer(draw, alt=alt, start=start, **picks)


class Yours(Speaking):
    """A button for a picture, and what a network says of it; a sample stands there until one is chosen."""

    def __init__(self, draw: Callable[[Image.Image], Frame], sample: Image.Image, *, alt: str) -> None:
        self.alt, self._draw = alt, draw
        self._picture = ipywidgets.Image(
            format="jpeg", layout=ipywidgets.Layout(max_width="100%", object_fit="contain")
        )
        self._numbers, self._text = ipywidgets.HTML().add_class("cam-numbers"), ""
        super().__init__([upload(self.show), self._picture, self._numbers])
        self.add_class("cam-picture")
        self.show(sample)

    def show(self, picture: Image.Image) -> None:
        """Draw another picture."""
        frame = self._draw(picture)
        self._picture.value = jpeg(frame.picture)
        shown = frame.numbers if self._text else self.alt  # of a picture of the reader's this is all that is known
        self._text = frame.numbers
        self._numbers.value = f'{mark(shown)}<div role="status" style="line-height:1.5">{escape(frame.numbers)}</div>'

    @property
    def still(self) -> bytes:
        """The picture as it is now, JPEG."""
        return self._picture.value

    @property
    def text(self) -> str:
        """What is said where the widget cannot be shown."""
        return f"[A button to choose a picture. Shown: {self.alt}]\n{self._text}"


@torch.no_grad()
def outputs(network: nn.Module, images: Tensor) -> Tensor:
    """What a network gives for many pictures, a few at a time, on the CPU: four times as fast as all at once.

    Args:
        network: any network, or a part of one.
        images: ``(N, 3, H, W)``, on any device.

    Returns:
        ``(N, ...)``, in float.
    """
    place = next(network.parameters()).device
    return torch.cat([network(some.to(place)).float().cpu() for some in images.split(TOGETHER)])


def _asked(network: nn.Module, fitted: Fitted) -> tuple[Tensor, Tensor]:
    image = fitted.image.to(next(network.parameters()).device)
    with torch.no_grad():
        return image, network(image[None])[0].float()


def _chance(probability: float) -> str:
    return approx(probability) if probability >= LEAST else f"below {LEAST}"


def _share(network: nn.Module, fitted: Fitted, mask: Tensor, name: str, rank: int) -> str:
    image, logits = _asked(network, fitted)
    number, visible = int(logits.argsort(descending=True)[rank]), seen(fitted)
    heat = explain(network, image, "grad_cam", target=number).maps.cpu()
    flat = float((mask & visible).double().sum() / visible.sum())
    return f"{name} {approx(energy_inside(fitted.back(heat), mask)[0])} ({flat:.2f})"


def _panels(*pictures: Image.Image) -> Image.Image:
    wide = max(1, round(pictures[0].width * HIGH / pictures[0].height))
    sheet = Image.new("RGB", (len(pictures) * (wide + 8) - 8, HIGH), "white")
    for i, picture in enumerate(pictures):
        sheet.paste(picture.resize((wide, HIGH), Image.Resampling.LANCZOS), (i * (wide + 8), 0))
    return sheet
