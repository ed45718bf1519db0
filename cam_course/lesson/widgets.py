"""The lessons' widgets: controls, one picture, one line of numbers, and a still for pages without a kernel."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets
from PIL import Image
from torch import Tensor, nn

from cam_course.explain import explain
from cam_course.heatmap import overlay
from cam_course.layers import layers as list_layers
from cam_course.lesson.figures import jpeg, rgb, side_by_side, tint
from cam_course.lesson.measured import approx
from cam_course.lesson.without_kernel import Speaking
from cam_course.metrics import energy_inside
from cam_course.pots import Scenes

_STYLE = {"description_width": "initial"}


@dataclass(frozen=True)
class Frame:
    """What one state of an explorer shows: a picture, and its numbers in words."""

    picture: Image.Image
    numbers: str


class Explorer(Speaking):
    """One or two controls, a picture that follows them, and the picture's numbers as text.

    On a page without a kernel it is a still picture with its alternative text and numbers.

    Attributes:
        controls: the widgets, by name.
    """

    def __init__(
        self, controls: Mapping[str, ipywidgets.Widget], draw: Callable[..., Frame], *, alt: str, start: dict | None
    ) -> None:
        self.controls = dict(controls)
        self._draw, self.alt = draw, alt
        self._picture = ipywidgets.Image(
            format="jpeg", layout=ipywidgets.Layout(max_width="100%", object_fit="contain")
        )
        self._numbers = ipywidgets.HTML().add_class("cam-numbers")
        for name, value in (start or {}).items():
            self.controls[name].value = value
        for control in self.controls.values():
            control.layout.margin = "2px 28px 2px 2px"  # or the next description touches it
        bar = ipywidgets.HBox(list(self.controls.values()), layout=ipywidgets.Layout(flex_flow="row wrap"))
        super().__init__([bar, self._picture, self._numbers])
        self.add_class("cam-explorer")
        for control in self.controls.values():
            control.observe(self._redraw, names="value")
        self._show(self._draw(**self.state))  # a mistake in the lesson itself must stop its cell

    @property
    def state(self) -> dict[str, Any]:
        """The value of each control, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def sweep(self, name: str) -> list[tuple[str, Frame]]:
        """Every state of one control, the others as they are: its label and what it shows. The widget stays as it is.

        Raises:
            ValueError: there is no such control.
        """
        if name not in self.controls:
            raise ValueError(f"expected a control out of {list(self.controls)}, got {name!r}; see .controls")
        return [
            (label, self._draw(**{**self.state, name: value})) for label, value in _states(self.controls[name]).items()
        ]

    def _redraw(self, _change: object) -> None:
        try:
            self._show(self._draw(**self.state))
        except Exception as error:  # it would vanish in the kernel's log: say it where the reader looks
            message = f"{type(error).__name__}: {error}"
            self._numbers.value = f'<div role="alert" style="color:#b00020">{html.escape(message)}</div>'

    def _show(self, frame: Frame) -> None:
        self._picture.value = jpeg(frame.picture)
        self._text = frame.numbers
        self._numbers.value = f'<div role="status" style="line-height:1.5">{html.escape(frame.numbers)}</div>'

    @property
    def still(self) -> bytes:
        """The picture as it is now, JPEG."""
        return self._picture.value

    @property
    def text(self) -> str:
        """What is said where the widget cannot be shown: its controls, its picture, its numbers."""
        names = " and ".join(control.description for control in self.controls.values())
        return f"[Explorer of {names}. Shown: {self.alt}]\n{self._text}"


def explorer(
    draw: Callable[..., Frame], *, alt: str, start: dict[str, Any] | None = None, **controls: ipywidgets.Widget
) -> Explorer:
    """An explorer: `draw` is called with the controls' values, by name, and gives a `Frame`.

    Args:
        draw: from the controls' values to what is shown.
        alt: what the picture of the first state shows, for those who do not see it.
        start: values to begin with, by control.
        **controls: one or two of `choice` and `slider`.

    Raises:
        ValueError: no control, or more than two.
    """
    if not 1 <= len(controls) <= 2:
        raise ValueError(f"expected one or two controls, got {len(controls)}; a reader turns one knob at a time")
    return Explorer(controls, draw, alt=alt, start=start)


def class_and_layer(
    model: nn.Module,
    image: Tensor,
    regions: Mapping[str, Tensor],
    *,
    classes: Sequence[str],
    layers: Sequence[str],
    start: dict[str, Any],
    alt: str,
    method: str = "grad_cam",
) -> Explorer:
    """Chooses the class that is explained and the layer that is read; shows the image, the map, and where it lies.

    Args:
        model: a classifier.
        image: ``(3, H, W)`` in 0…1, on the model's device.
        regions: by name, masks ``(H, W)`` whose share of the map is told.
        classes: the names of the classes, in order.
        layers: dotted names of layers, in order.
        start: the first ``class_`` (its number) and ``layer`` (its name).
        alt: what the first state shows, for those who do not see it.
        method: any method that reads a layer.
    """
    shapes = {layer.name: layer.shape for layer in list_layers(model, image)}

    def draw(class_: int, layer: str) -> Frame:
        answer = explain(model, image, method, target=class_, layer=layer)
        shares = ", ".join(
            f"{name} {approx(float(energy_inside(answer.maps, mask)[0]))}" for name, mask in regions.items()
        )
        _, high, wide = shapes[layer]
        logit = approx(float(answer.logits[0, class_]), 1)
        peak = approx(float(answer.maps.max()), 3)
        about = f"{classes[class_]} at {layer} ({high}×{wide}): logit {logit}, strongest value {peak}"
        text = f"{about}; share of the map: {shares}"
        return Frame(side_by_side([rgb(image), overlay(image, answer.maps[0], strength=0.75)]), text)

    options = {f"{name}  {shapes[name][1]}×{shapes[name][2]}": name for name in layers}
    return explorer(
        draw,
        alt=alt,
        start=start,
        class_=choice("class", {name: i for i, name in enumerate(classes)}),
        layer=slider("layer", options),
    )


def shelves(scenes: Mapping[str, Scenes], *, alt: str) -> Explorer:
    """Chooses a regime and a picture of it; shows the picture, and beside it its masks filled in.

    Args:
        scenes: by name, data sets of one length.
        alt: what the first picture shows, for those who do not see it.
    """

    def draw(regime: str, number: int) -> Frame:
        item = scenes[regime][number]
        masks = tint(item["image"], item["plants"], item["pots"])
        share = float(item["plants"].any(0).double().mean())
        text = f"{regime}, picture {number}: {item['caption']}; plants cover {approx(share)} of it"
        return Frame(side_by_side([rgb(item["image"]), rgb(masks)]), text)

    count = min(len(one) for one in scenes.values())
    return explorer(
        draw,
        alt=alt,
        regime=choice("regime", {name: name for name in scenes}),
        number=slider("picture", {str(i): i for i in range(count)}),
    )


def choice(description: str, options: Mapping[str, Any]) -> ipywidgets.Dropdown:
    """A list to choose from: from what is read to its value."""
    return ipywidgets.Dropdown(options=list(options.items()), description=description, style=_STYLE)


def slider(description: str, options: Mapping[str, Any]) -> ipywidgets.SelectionSlider:
    """A slider over values that have an order, from what is read to its value; it acts when it is released."""
    return ipywidgets.SelectionSlider(
        options=list(options.items()),
        description=description,
        continuous_update=False,
        style=_STYLE,
        layout=ipywidgets.Layout(width="30em", max_width="100%"),  # the default cuts the readout off
    )


def _states(control: ipywidgets.Widget) -> dict[str, Any]:
    return dict(control.options)
