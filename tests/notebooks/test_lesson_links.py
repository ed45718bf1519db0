"""Lessons lead to the glossary and the cheat sheet, and every link between pages arrives."""

import re

import pytest

from cam_course.lesson.execute import read

from .page_rules import INLINE, LESSONS, PAGES, anchors, broken_links

FEWEST, MOST = 3, 9  # words of a lesson that it links to the glossary


def text_of(number):
    return "\n\n".join(cell.source for cell in read(LESSONS[number]).cells if cell.cell_type == "markdown")


def glossary_words(text):
    return [target.partition("#")[2] for target in INLINE.findall(text) if target.startswith("glossary.md#")]


def problems_of_words(text):
    """Central words are linked once each, where they come first; one line leads to both pages."""
    words = glossary_words(text)
    if not FEWEST <= len(words) <= MOST:
        yield f"expected {FEWEST} to {MOST} words linked to the glossary, got {len(words)}"
    yield from (f"linked twice: {word}" for word in sorted(set(words)) if words.count(word) > 1)
    for page in ("glossary.md", "cheat_sheet.md"):
        if INLINE.findall(text).count(page) != 1:
            yield f"expected one link to {page}"


def problems_of_next(number, text):
    """A lesson ends with a link to the next one."""
    following = next((other for other in sorted(LESSONS) if other > number), None)
    if following and f"**Next:** [{following}," not in text:
        yield f"no link to lesson {following}"
    if following and LESSONS[following].name not in INLINE.findall(text):
        yield f"{LESSONS[following].name} is not linked"


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_links_words_pages_and_the_next_lesson(number):
    text = text_of(number)
    assert [*problems_of_words(text), *problems_of_next(number, text), *broken_links(text)] == []


@pytest.mark.parametrize(
    ("pattern", "new"),
    [
        (r"glossary\.md#raw", "glossary.md#row"),
        (r"glossary\.md#raw", "glossary.md#stage"),
        (r"glossary\.md#[^)]+", "README.md"),
        (r"\[glossary\]\(glossary\.md\)", "glossary"),
        (r"\(cheat_sheet\.md\)", "(cheat_shed.md)"),
        (r"\(05_guided_grad_cam\.ipynb\)", "(05_guided.ipynb)"),
        (r"\*\*Next:\*\* \[05,", "**Next:** [06,"),
    ],
)
def test_a_spoiled_lesson_is_found_out(pattern, new):
    spoiled, count = re.subn(pattern, new, text_of("04"))
    assert count > 0
    assert [*problems_of_words(spoiled), *problems_of_next("04", spoiled), *broken_links(spoiled)] != []


def test_headings_that_look_alike_get_names_of_their_own():
    assert {"grad-cam", "grad-cam-1", "score-cam"} <= anchors(PAGES["glossary"])
    assert anchors("# One\n\n## One!\n\n## One?") == {"one", "one-1", "one-2"}
