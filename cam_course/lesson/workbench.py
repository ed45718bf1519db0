"""The workbench: one network, some pictures, and the course's questions to them, two methods side by side."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ipywidgets
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn

from cam_course._checks import nearest
from cam_course.answers import METHODS
from cam_course.lesson import keeping
from cam_course.lesson.asking import Answer, Answers, fitting, logits_of, names_of, stages
from cam_course.lesson.captions import captioned
from cam_course.lesson.explorer import Explorer, Frame, choice, slider
from cam_course.lesson.measured import approx
from cam_course.lesson.redrawing import Steps
from cam_course.lesson.subjects import Pictures, Regions, Subject, as_masks, as_subjects
from cam_course.metrics import energy_inside, rank_correlation

PLACES, WIDE, GAP = 3, 296, 8  # pixels: a page of JupyterLab takes 900 of them in a row
LEAST = 600  # pixels: a smaller picture is enlarged when it is saved, by a whole number
NONE, PREDICTED = "none", "the model's answer"
STRENGTHS = {f"{percent} %": percent / 100 for percent in range(0, 101, 10)}


@dataclass(frozen=True)
class Sheet(Frame):
    """A frame that can be drawn again at full resolution."""

    subject: Subject = field(kw_only=True)
    answers: Mapping[str, Answer] = field(kw_only=True)
    strength: float = field(kw_only=True)
    name: str = field(kw_only=True)

    def full(self) -> Image.Image:
        """The panels at the photograph's own resolution, each under its method's name."""
        panels = [self.subject.picture(full=True)]
        panels += [self.subject.over(answer.map, self.strength, full=True) for answer in self.answers.values()]
        larger = max(1, math.ceil(LEAST / min(panels[0].size)))
        wide, high = (larger * side for side in panels[0].size)
        sheet = Image.new("RGB", (len(panels) * (wide + GAP) - GAP, high), "white")
        for i, panel in enumerate(panels):
            sheet.paste(panel.resize((wide, high), Image.Resampling.BICUBIC), (i * (wide + GAP), 0))
        return captioned(sheet, ["the picture", *self.answers], scale=wide / WIDE)


class Workbench(Explorer):
    """The widget; `workbench` makes it.

    Attributes:
        left_out: by method that does not explain this network, the reason.
    """

    def __init__(
        self,
        model: nn.Module,
        subjects: Mapping[str, Subject],
        masks: Mapping[str, Mapping[str, Tensor]],
        names: Sequence[str],
        controls: Mapping[str, ipywidgets.Widget],
        start: Mapping[str, Any],
        left_out: Mapping[str, str],
    ) -> None:
        """Build the widget; `workbench` says what goes in."""
        self.left_out, self._subjects, self._masks, self._names = dict(left_out), subjects, masks, names
        self._model, self._answers = model, Answers(model)
        self._link, self._high = ipywidgets.HTML(), _height(subjects.values())
        super().__init__(controls, self._work, alt="", start=dict(start), sweep="method")
        self._button = ipywidgets.Button(description="save as PNG", icon="download")
        self._button.on_click(self._offer)
        row = ipywidgets.HBox([self._button, self._link], layout=ipywidgets.Layout(flex_flow="row wrap"))
        self.children = (*self.children, row, ipywidgets.HTML(_reasons(left_out)))
        self._numbers.layout.min_height = "7.5em"  # five lines: while Score-CAM counts its channels there is one
        self._unlock_layer()

    @property
    def alt(self) -> str:
        """What the picture shows now."""
        return self._sheet.alt

    @alt.setter
    def alt(self, _text: str) -> None:
        """Every state has a text of its own."""

    def save(self, path: str | Path) -> Path:
        """Write what is shown as PNG, at the picture's full resolution, with its description and numbers inside.

        Args:
            path: of the file; or a folder, where it gets a name that says what it shows.

        Returns:
            Where the file lies.
        """
        self._redraw.settle()
        return keeping.written(self._png(), path, self._sheet.name)

    def _png(self) -> bytes:
        sheet = self._sheet
        return keeping.png(sheet.full(), sheet.alt, f"{sheet.alt}\n{sheet.numbers}")

    def _offer(self, _button: object) -> None:
        self._redraw.settle()
        try:
            self._link.value = f'<div role="status">Click to save: {keeping.link(self._png(), self._sheet.name)}</div>'
        except Exception as error:  # it would vanish in the kernel's log
            self._link.value = f'<div role="alert">{html.escape(f"{type(error).__name__}: {error}")}</div>'

    def _moved(self, change: object) -> None:
        self._link.value = ""  # it would offer the picture before
        self._unlock_layer()
        super()._moved(change)

    def _unlock_layer(self) -> None:
        self.controls["layer"].disabled = not any(_reads_layer(self.state[name]) for name in ("method", "second"))

    def _show(self, frame: Frame) -> None:
        self._sheet = frame
        super()._show(frame)

    def _work(self, image: str, class_: int, method: str, second: str, layer: str, strength: float) -> Steps[Sheet]:
        subject, answers = self._subjects[image], {}
        logits = logits_of(self._model, subject.image)
        target = int(logits.argmax()) if class_ < 0 else class_
        for name in dict.fromkeys((method, second)):
            if name != NONE:
                answers[name] = yield from self._answers.ask(image, subject.image, name, target, layer)
        who = f"{self._names[target]}, {PREDICTED}" if class_ < 0 else self._names[target]
        sure = f"logit {approx(logits[target], 1)}, probability {approx(logits.softmax(0)[target])}"
        about = f"{image}, {who}: {sure}; overlay {strength:.0%}"
        numbers = "\n".join((about, *_lines(answers, layer, self._masks[image])))
        alt = f"{image}; beside it the map of {' and that of '.join(answers)} for {self._names[target]}."
        file = keeping.file_name(image, self._names[target], *answers, *_layer_of(answers, layer))
        drawn = _drawn(subject, answers, strength, self._high)
        return Sheet(drawn, numbers, alt, subject=subject, answers=answers, strength=strength, name=file)


def workbench(
    model: nn.Module,
    images: Pictures,
    *,
    classes: Sequence[str] | None = None,
    regions: Regions | None = None,
    methods: Iterable[str] | None = None,
    layers: Sequence[str] | None = None,
    start: Mapping[str, Any] | None = None,
) -> Workbench:
    """Every question to a network at once: picture, class, one method or two side by side, layer, strength.

    Below stand the score, each map's strongest value and its share in the regions, beside that of a uniform map, and
    the rank correlation of the two maps. Score-CAM counts its channels while it works; another choice ends it.

    Args:
        model: a classifier with logits ``(N, classes)``.
        images: ``(3, H, W)`` or ``(N, 3, H, W)`` in 0…1; or by name, such tensors or photographs from `images.fit`.
        classes: the names of the classes, in order.
        regions: by name, masks whose share of the map is told: bool, ``(H, W)`` for all pictures, or one a picture.
        methods: which to offer; None for all that explain the model. Why one does not is told below.
        layers: dotted names; None for the last of each resolution.
        start: what is chosen first: ``image``, ``class_`` (a number; -1 for the model's answer), ``method``,
            ``second`` (a method or ``"none"``), ``layer``, ``strength`` (0, 0.1, … 1).

    Raises:
        ValueError: names, masks or a start that do not fit; a model that no method explains, or that is no classifier.
        TypeError: pictures of another type.
    """
    device = next((tensor.device for tensor in model.parameters()), torch.device("cpu"))
    subjects = as_subjects(images, device)
    first = next(iter(subjects.values())).image
    names = names_of(classes, len(logits_of(model, first)))
    fit, left_out = fitting(model, first, methods)
    shown, default = stages(model, first, layers)
    controls = {
        "image": choice("picture", {name: name for name in subjects}),
        "class_": choice("class", {PREDICTED: -1} | {name: number for number, name in enumerate(names)}),
        "method": choice("method", {name: name for name in fit}),
        "second": choice("beside it", {NONE: NONE} | {name: name for name in fit}),
        "layer": choice("layer", shown),
        "strength": slider("overlay", STRENGTHS),
    }
    chosen = {"method": "grad_cam" if "grad_cam" in fit else fit[0], "layer": default, "strength": 0.7}
    for name in start or {}:
        if name not in controls:
            raise ValueError(nearest(name, controls, kind="control to start"))
    return Workbench(
        model, subjects, as_masks(regions, subjects), names, controls, chosen | dict(start or {}), left_out
    )


def _reads_layer(method: str) -> bool:
    return method != NONE and METHODS[method].reads_layer


def _layer_of(answers: Iterable[str], layer: str) -> tuple[str, ...]:
    return (layer,) if any(map(_reads_layer, answers)) else ()


def _lines(answers: Mapping[str, Answer], layer: str, masks: Mapping[str, Tensor]) -> list[str]:
    lines = [_line(name, answer, layer, masks) for name, answer in answers.items()]
    if len(answers) == 2:
        one, other = (answer.map[None] for answer in answers.values())
        lines.append(f"agreement of the two: rank correlation {approx(rank_correlation(one, other)[0])}")
    notes = dict.fromkeys(note for answer in answers.values() for note in answer.notes)
    return lines + [f"note: {note}" for note in notes]


def _line(name: str, answer: Answer, layer: str, masks: Mapping[str, Tensor]) -> str:
    where = f"{name} at {layer}" if _reads_layer(name) else f"{name}, of the pixels (it reads no layer)"
    told = f"{where}: strongest value {approx(answer.map.max(), 3)}"
    shares = [
        f"{region} {approx(energy_inside(answer.map[None], mask)[0])} (uniform map {float(mask.double().mean()):.2f})"
        for region, mask in masks.items()
    ]
    return f"{told}; share of the map: {', '.join(shares)}" if shares else told


def _reasons(left_out: Mapping[str, str]) -> str:
    told = "".join(f"<li>{name}: {html.escape(why)}</li>" for name, why in left_out.items())
    return f"<details><summary>Not offered: {', '.join(left_out)}</summary><ul>{told}</ul></details>" if told else ""


def _drawn(subject: Subject, answers: Mapping[str, Answer], strength: float, high: int) -> Image.Image:
    """On the page: three places of one size, the picture in the first and its maps in the others."""
    panels = [subject.picture(), *(subject.over(answer.map, strength) for answer in answers.values())]
    sheet = Image.new("RGB", (PLACES * (WIDE + GAP) - GAP, high), "white")
    for i, panel in enumerate(panels):
        sheet.paste(ImageOps.contain(panel, (WIDE, high), Image.Resampling.BICUBIC), (i * (WIDE + GAP), 0))
    return captioned(sheet, ["the picture", *answers, *[""] * (PLACES - len(panels))])


def _height(subjects: Iterable[Subject]) -> int:
    """Of the page's places: as high as the highest of the pictures is in them."""
    return max(ImageOps.contain(subject.picture(), (WIDE, WIDE)).height for subject in subjects)
