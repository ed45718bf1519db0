"""From a notebook to the topics of a deck: what is shown, in which order, and what begins a slide."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode

from cam_course.lesson.slides import markup

HIDDEN = ("skip", "notes")  # kinds of cells that a deck leaves out
BEGIN = ("slide", "subslide")
SOLUTION = re.compile(r"^#\s*show_solution\(.*\n?", re.MULTILINE)
NOQA = re.compile(r"  # noqa\b[^\n]*")  # talks to a tool, not to a reader
SLIDER = "data-cam-frames="  # the mark of frames that need no kernel
QUIZ = re.compile(r'quizzes\("[^"]*"\)')  # says less than its output
CHECK = re.compile(r"^check\(", re.MULTILINE)
UNSOLVED = re.compile(  # what a check says of a stub; what the same cell shows besides it is for everybody
    r"^\S+: not solved yet\..*?run\s+its\s+cell,\s+then\s+this\s+one\.\n?", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Part:
    """Something that stands on one slide if it can.

    Attributes:
        kind: "text", "code" or "output".
        html: what is shown.
        begins: it begins a slide.
        fragment: on a slide that shows something before it, it comes at a press of a key.
        is_check: it is the call that checks an exercise, and nothing else.
    """

    kind: str
    html: str
    begins: bool = False
    fragment: bool = False
    is_check: bool = False


@dataclass
class Topic:
    """What stands under one heading.

    Attributes:
        title: the heading as text, repeated on the slides that go on with it.
        parts: in their order.
    """

    title: str
    parts: list[Part] = field(default_factory=list)


def topics(notebook: NotebookNode, decks: Collection[str] = ()) -> list[Topic]:
    """The topics of a lesson.

    Args:
        notebook: with saved outputs; nothing is run.
        decks: stems of the notebooks that become decks.

    Returns:
        A topic for each heading of the first and second order, without cells that a deck leaves out, without empty
        ones, and without what says nothing where no kernel is: a check's words on a stub, and how to see a solution.
    """
    found, quizzes = [Topic("")], []
    for cell in notebook.cells:
        if (kind := cell.metadata.get("slideshow", {}).get("slide_type", "-")) in HIDDEN:
            continue
        if QUIZ.fullmatch(cell.source.strip()) and len(found[-1].parts) > 1:
            # what follows without a heading still reads what stands before the questions
            quizzes.append(Topic("Questions", [part for _, part in _parts(cell, kind, decks)]))
            continue
        for title, part in _parts(cell, kind, decks):
            if title is not None:
                found += [*quizzes, Topic(title)]
                quizzes = []
            _add(part, found[-1], opens=title is not None)
    return [topic for topic in [*found, *quizzes] if topic.parts]


def _add(part: Part, topic: Topic, *, opens: bool) -> None:
    """Put a part behind those of its topic, or together with the one that it belongs to."""
    before = topic.parts[-1] if topic.parts and not opens else None
    if before and part.kind == "text" and before.kind == "output":
        # a text without heading says how to read the output: on the same slide, where there is room
        part = replace(part, begins=False, fragment=True)
    elif before and part.kind == before.kind == "code" and part.is_check:
        part = replace(before, html=before.html + part.html)  # below the stub that it checks
        topic.parts.pop()
    topic.parts.append(part)


def _parts(cell: NotebookNode, kind: str, decks: Collection[str]) -> Iterator[tuple[str | None, Part]]:
    """Each part of a cell, with the title of the topic that it opens, if it opens one."""
    begins, fragment = kind in BEGIN, kind == "fragment"
    if cell.cell_type == "markdown":
        for title, html in _chapters(markup.text(cell.source, decks)):
            yield title, Part("text", html, begins or title is not None, fragment and title is None)
            begins = True
    elif cell.cell_type == "code":
        source = NOQA.sub("", SOLUTION.sub("", cell.source)).strip("\n")
        if source and not QUIZ.fullmatch(source):
            yield (
                None,
                Part("code", markup.code(source), begins, fragment, bool(CHECK.match(source)) and "\n" not in source),
            )
            begins = False
        for html in _shown([_besides(output) for output in cell.outputs]):
            yield None, Part("output", html, begins, fragment=True)
            begins = False


def _besides(output: NotebookNode) -> NotebookNode:
    """An output without what a check says of a stub."""
    if output.output_type != "stream":
        return output
    return NotebookNode({**output, "text": UNSOLVED.sub("", output.text)})


def _shown(outputs: Sequence[NotebookNode]) -> list[str]:
    """The outputs of a cell; a slider that moves the still before it stands below that, in place of its words."""
    shown: list[str] = []
    for html in filter(None, map(markup.output, outputs)):
        if shown and SLIDER in html and shown[-1].startswith("<figure"):
            html = shown.pop().partition("</figure>")[0] + "</figure>" + html
        shown.append(html)
    return shown


def _chapters(page: object) -> Iterator[tuple[str | None, str]]:
    """Cut a page at its headings of the first and second order: (title or None, HTML)."""
    title, held = None, []
    for node in list(page.children):
        if getattr(node, "name", None) in ("h1", "h2"):
            if "".join(held).strip():
                yield title, "".join(held)
            title, held = node.get_text(), []
        held.append(str(node))
    if "".join(held).strip():
        yield title, "".join(held)
