import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cam_course.lesson.execute import NOTEBOOKS, number_of, read
from cam_course.lesson.slides.parts import topics

STUB = "04.1: not solved yet. Do it. `f` returns None; write its\nmissing line, run its cell, then\nthis one.\n"


def text(source, kind="slide"):
    return new_markdown_cell(source, metadata={"slideshow": {"slide_type": kind}})


def code(source, *said, kind="fragment"):
    outputs = [new_output("stream", text=one) for one in said]
    return new_code_cell(source, outputs=outputs, metadata={"slideshow": {"slide_type": kind}})


def outline(*cells):
    """Topics as (title, [kind and what the part does: b(egins), f(ragment)])."""
    found = topics(new_notebook(cells=list(cells)))
    marks = [[p.kind[0] + "b" * p.begins + "f" * p.fragment for p in topic.parts] for topic in found]
    return [(topic.title, parts) for topic, parts in zip(found, marks, strict=True)]


def words(*cells):
    found = topics(new_notebook(cells=list(cells)))
    return " ".join(re.sub(r"<[^>]*>", "", part.html) for topic in found for part in topic.parts)


def test_a_heading_opens_a_topic_and_code_and_output_come_one_after_the_other():
    cells = text("# One\n\nhello\n\n## Two\n\nthere"), code("x = 1", "1\n")
    assert outline(*cells) == [("One", ["tb"]), ("Two", ["tb", "cf", "of"])]


def test_a_deeper_heading_or_one_in_code_opens_none():
    assert outline(text("## One\n\n### small\n\n```\n## not one\n```")) == [("One", ["tb"])]


def test_a_text_without_heading_reads_the_output_before_it_on_the_same_slide():
    cells = text("## One"), code("x = 1", "1\n"), text("It holds.\n\n## Two")
    assert outline(*cells) == [("One", ["tb", "cf", "of", "tf"]), ("Two", ["tb"])]
    cells = text("## One"), code("x = 1"), text("It holds.")
    assert outline(*cells) == [("One", ["tb", "cf", "tb"])]  # nothing to read: a slide of its own


def test_cells_to_skip_and_notes_are_left_out():
    assert outline(text("## One"), code("secret", "s", kind="skip"), text("psst", "notes")) == [("One", ["tb"])]


def test_a_check_stands_below_its_stub_without_what_it_said_and_without_its_solution():
    stub = code("def f():\n    return None  # your line here")
    check = code('check("04.1", f)\n# show_solution("04.1")  # take away the first # to see one', STUB)
    assert outline(text("## Exercise"), stub, check) == [("Exercise", ["tb", "cf"])]
    said = words(text("## Exercise"), stub, check)
    assert "check(" in said
    assert "show_solution" not in said
    assert "not solved" not in said


def test_what_a_cell_shows_beside_its_check_is_shown():
    check = code('check("04.3", f)\nfig', STUB + "a control ≈ 0.80\n")
    check.outputs.append(new_output("display_data", data={"image/jpeg": "QUJD", "text/plain": "[Gray.]"}))
    assert outline(text("## Exercise"), check) == [("Exercise", ["tb", "cf", "of", "of"])]
    said = words(text("## Exercise"), check)
    assert "not solved" not in said and "write its" not in said
    assert "a control ≈ 0.80" in said


def test_a_slider_stands_below_the_still_that_it_moves_in_place_of_its_words():
    still = new_output("display_data", data={"image/jpeg": "QUJD", "text/plain": "[Still.]\nat 3: 0.5"})
    frames = new_output("display_data", data={"text/html": "<div data-cam-frames='k'><p>at 3: 0.5</p></div>"})
    other = new_output("display_data", data={"text/html": "<b>a card</b>"})
    cell = new_code_cell("explore()", outputs=[still, frames, other])
    code_part, moved, card = topics(new_notebook(cells=[cell]))[0].parts
    assert (code_part.kind, moved.html.count("<img"), moved.html.count("at 3")) == ("code", 1, 1)
    assert "data-cam-frames" in moved.html
    assert "a card" in card.html


def test_words_for_a_tool_are_left_out():
    assert words(code("f = lambda x: x  # noqa: E731")) == "f = lambda x: x"


def test_the_quiz_stands_behind_the_text_that_reads_what_came_before():
    quiz = code('quizzes("04")', "04.q1 Why?\n", kind="slide")
    cells = text("## Fails"), code("x", "1\n"), quiz, text("So it goes.\n\n## In five lines")
    assert outline(*cells) == [
        ("Fails", ["tb", "cf", "of", "tf"]),
        ("Questions", ["obf"]),
        ("In five lines", ["tb"]),
    ]
    assert outline(text("## Three questions"), quiz) == [("Three questions", ["tb", "obf"])]


LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=number_of)
def test_a_deck_shows_every_picture_and_hides_every_solution(path):
    notebook = read(path)
    html = "".join(part.html for topic in topics(notebook) for part in topic.parts)
    pictures = [
        output.metadata[kind]["alt"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        for kind in ("image/png", "image/jpeg")
        if kind in output.get("data", {}) and "text/html" not in output.data
    ]
    assert html.count("<img") >= len(pictures) > 2
    assert "show_solution" not in html
    assert "not solved yet. " not in html
    assert not re.search(r"<details[^>]*\bopen\b", html)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert html.count("<details") == sum(source.count("<details") for source in sources)
    assert not re.search(r'(src|srcset|poster)="(?!data:)', html)
    assert [topic.title for topic in topics(notebook)].count("Questions") <= 1
