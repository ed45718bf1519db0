"""The explorer: one or two controls, one picture, one line of numbers, and a still for pages without a kernel."""

from __future__ import annotations

import html
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets
from IPython.display import HTML
from PIL import Image, ImageOps

from cam_course.lesson import frames
from cam_course.lesson.figures import jpeg
from cam_course.lesson.naming import mark
from cam_course.lesson.redrawing import Redraw, Steps, finished
from cam_course.lesson.without_kernel import Speaking

_STYLE = {"description_width": "initial"}


@dataclass(frozen=True)
class Frame:
    """What one state of an explorer shows: a picture, its numbers in words, and what it shows, where that is known."""

    picture: Image.Image
    numbers: str
    alt: str = ""


class Explorer(Speaking):
    """One or two controls, a picture that follows them, and the picture's numbers as text.

    On a page without a kernel it is a still picture with its alternative text and numbers.

    Attributes:
        controls: the widgets, by name.
        swept: the name of the control that moves on a saved page without a kernel.
    """

    def __init__(
        self,
        controls: Mapping[str, ipywidgets.Widget],
        draw: Callable[..., Frame | Steps[Frame]],
        *,
        alt: str,
        start: dict | None,
        sweep: str | None = None,
    ) -> None:
        self.controls = dict(controls)
        self.swept = _swept(controls, sweep)
        self._steps, self.alt = draw, alt
        self._picture = ipywidgets.Image(format="jpeg", layout=ipywidgets.Layout(max_width="100%", height="auto"))
        # two lines stay free for the numbers: what stands below must not jump when they take a second one
        self._numbers = ipywidgets.HTML(layout=ipywidgets.Layout(min_height="3.2em")).add_class("cam-numbers")
        for name, value in (start or {}).items():
            self.controls[name].value = value
        for control in self.controls.values():
            control.layout.margin = "2px 28px 2px 2px"  # or the next description touches it
        bar = ipywidgets.HBox(list(self.controls.values()), layout=ipywidgets.Layout(flex_flow="row wrap"))
        super().__init__([bar, self._picture, self._numbers])
        self.add_class("cam-explorer")
        self._redraw = Redraw(self._redrawn)
        for control in self.controls.values():
            control.observe(self._moved, names="value")
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

    def page(self, name: str | None = None) -> HTML:
        """A still, its numbers and a slider over the states of one control: HTML that needs no kernel.

        Args:
            name: of the control; by default `swept`.
        """
        name = name or self.swept
        return HTML(frames.page(still=self.still, **self._pages(name)))

    def frames(self) -> tuple[str, str]:
        """The slider alone, for the saved page, where the still stands above it; and what it is in words."""
        page = self._pages(self.swept)
        words = f"[Slider over {page['name']}: it moves without a kernel where scripts run]"
        return frames.page(**page), words

    def _pages(self, name: str) -> dict[str, Any]:
        with warnings.catch_warnings():  # about states that nobody has asked for yet
            warnings.simplefilter("ignore")
            states = [frames.State(label, frame.picture, frame.numbers) for label, frame in self.sweep(name)]
        start = self.controls[name].index
        fixed = [f"{c.description} stays at {c.label}" for n, c in self.controls.items() if n != name]
        note = f"Here {', '.join(fixed)}; run the cell to change {'it, too' if len(fixed) == 1 else 'them'}."
        name = self.controls[name].description
        return {"states": states, "start": start, "name": name, "alt": self.alt, "note": note if fixed else ""}

    def _draw(self, **state: Any) -> Frame:
        """What a state shows, in one go."""
        return finished(self._steps(**state))

    def _moved(self, _change: object) -> None:
        self._redraw.ask()

    def _redrawn(self) -> Iterator[None]:
        try:
            drawn = self._steps(**self.state)
            while not isinstance(drawn, Frame):
                try:
                    self._say("status", next(drawn))
                except StopIteration as end:
                    drawn = end.value
                else:
                    yield
            self._show(drawn)
        except Exception as error:  # it would vanish in the kernel's log: say it where the reader looks
            self._say("alert", f"{type(error).__name__}: {error}\nThe picture is still the one before.")

    def _show(self, frame: Frame) -> None:
        before = self._picture.value
        if not before:
            self._room = frame.picture.size
        self._picture.value = self._encoded(frame.picture)
        # the text that came with the widget is that of its first picture; of another one the numbers are what is known
        self._shown = frame.alt or (frame.numbers if before else self.alt)
        self._text = frame.numbers
        self._say("status", frame.numbers)

    def _encoded(self, picture: Image.Image) -> bytes:
        """As JPEG, in the room of the first picture: what stands below must not jump."""
        return jpeg(picture if picture.size == self._room else ImageOps.pad(picture, self._room, color="white"))

    def _say(self, role: str, words: str) -> None:
        """Text below the picture, which screen readers speak when it changes."""
        style = "line-height:1.5;white-space:pre-line" + (";color:#b00020" if role == "alert" else "")
        sliders = sum(isinstance(control, ipywidgets.SelectionSlider) for control in self.controls.values())
        said = f'<div role="{role}" style="{style}">{html.escape(words)}</div>'
        self._numbers.value = mark(self._shown, sliders=sliders) + said

    @property
    def still(self) -> bytes:
        """The picture as it is now, JPEG."""
        self._redraw.settle()
        return self._picture.value

    @property
    def text(self) -> str:
        """What is said where the widget cannot be shown: its controls, its picture, its numbers."""
        self._redraw.settle()
        names = " and ".join(control.description for control in self.controls.values())
        return f"[Explorer of {names}. Shown: {self.alt}]\n{self._text}"


def explorer(
    draw: Callable[..., Frame | Steps[Frame]],
    *,
    alt: str,
    start: dict[str, Any] | None = None,
    sweep: str | None = None,
    **controls: ipywidgets.Widget,
) -> Explorer:
    """An explorer: `draw` is called with the controls' values, by name, and gives a `Frame`.

    Args:
        draw: from the controls' values to what is shown; what takes long may be a generator, which yields a word on
            how far it is and returns the frame: the page stays alive meanwhile, and a new choice ends it.
        alt: what the picture of the first state shows, for those who do not see it.
        start: values to begin with, by control.
        sweep: the control that also moves on a saved page without a kernel; by default the slider.
        **controls: one or two of `choice` and `slider`.

    Raises:
        ValueError: no control, or more than two, or none by the name to sweep.
    """
    if not 1 <= len(controls) <= 2:
        raise ValueError(f"expected one or two controls, got {len(controls)}; a reader turns one knob at a time")
    return Explorer(controls, draw, alt=alt, start=start, sweep=sweep)


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


def _swept(controls: Mapping[str, ipywidgets.Widget], sweep: str | None) -> str:
    if sweep is not None and sweep not in controls:
        raise ValueError(f"expected sweep= to be one of {list(controls)}, got {sweep!r}; name a control")
    sliders = [name for name, control in controls.items() if isinstance(control, ipywidgets.SelectionSlider)]
    return sweep or next(iter([*sliders, *controls]))
