"""From the topics of a lesson to one HTML file, which holds reveal.js, MathJax, the pictures, and no way out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import jinja2
from nbformat import NotebookNode

from cam_course.lesson.execute import number_of
from cam_course.lesson.slides import markup
from cam_course.lesson.slides.parts import topics

HERE = Path(__file__).parent
WIDTH, HEIGHT = 1280, 720  # pixels of a slide; the browser enlarges it to the screen
SMALLEST = 18  # pixels of the smallest type on such a slide: one fortieth of its height

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def deck(notebook: NotebookNode, path: Path, libraries: Mapping[str, str], decks: Collection[str] = ()) -> str:
    """The deck of one lesson.

    Args:
        notebook: with saved outputs; nothing is run.
        path: of the notebook; its number stands on each slide.
        libraries: the files of `packages.contents`.
        decks: stems of the notebooks that become decks, for the links between these.

    Returns:
        HTML of one file. It tells the browser to load nothing else.
    """
    found = topics(notebook, decks)
    return _TEMPLATES.get_template("deck.html.jinja").render(
        title=found[0].title if found else path.stem,
        number=number_of(path),
        topics=found,
        libraries=libraries,
        styles=[markup.colors(), (HERE / "deck.css").read_text(encoding="utf-8")],
        script=(HERE / "deck.js").read_text(encoding="utf-8"),
        settings={"width": WIDTH, "height": HEIGHT, "smallest": SMALLEST},
    )
