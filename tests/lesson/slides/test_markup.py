import re

import pytest
from nbformat.v4 import new_output

from cam_course.lesson.slides import markup

DECKS = {"05_guided_grad_cam"}


def test_a_link_to_a_lesson_leads_to_its_deck_one_to_the_web_stays_others_are_words():
    links = "[five](05_guided_grad_cam.ipynb) [six](06_x.ipynb) [word](glossary.md#stage) [paper](https://a.org/1)"
    page = markup.text(links, DECKS)
    assert {link.get_text(): link["href"] for link in page("a")} == {
        "five": "05_guided_grad_cam.html",
        "paper": "https://a.org/1",
    }
    assert page.get_text().split() == ["five", "six", "word", "paper"]


@pytest.mark.parametrize(
    "source",
    [
        "[![Binder](https://a.org/badge.svg)](https://a.org/start) words",
        '<img src="//a.org/x.png"> words',
        '<img src="data:image/png;base64,AA" srcset="https://a.org/x.png 2x"> words',
        '<script src="https://a.org/x.js"></script> words',
        '<iframe src="https://a.org"></iframe><link href="https://a.org/x.css"> words',
        "![a plot](plot.png) words",
    ],
)
def test_nothing_is_fetched(source):
    page = markup.text(source, DECKS)
    assert page.get_text().strip() == "words"
    assert "a.org" not in str(page)
    assert "plot.png" not in str(page)


def test_mathematics_reaches_mathjax_as_it_was_written():
    page = markup.text("so $a_i < b_{ij}$ and\n\n$$\\sum_k x_k$$", DECKS)
    assert page.get_text().split("\n")[0] == "so $a_i < b_{ij}$ and"
    assert "$$\\sum_k x_k$$" in page.get_text()


def test_a_line_of_code_is_a_block_that_knows_its_indent():
    html = markup.code('def f():\n    """One\n    two."""\n\n    return 1 < 2')
    indents = re.findall(r'class="line" style="--in: (\d+)ch"', html)
    assert indents == ["4", "8", "8", "4", "8"]  # each four more than in the source: where a long line goes on
    assert "&lt;" in html


def shown(data, **metadata):
    return markup.output(new_output("display_data", data=data, metadata=metadata))


def test_a_page_goes_before_a_picture_and_a_picture_before_words():
    picture = {"image/jpeg": "QUJD\n", "text/plain": "[Figure: a map.]"}
    html = shown(picture, **{"image/jpeg": {"alt": 'a "map"'}})
    assert html == ('<figure class="picture"><img alt="a &quot;map&quot;" src="data:image/jpeg;base64,QUJD"></figure>')
    html = shown({**picture, "text/html": "<input type='range'><script>let a = 1 < 2;</script>"})
    assert "<script>let a = 1 < 2;</script>" in html
    assert "QUJD" not in html
    assert "(3,)" in shown({"text/plain": "(3,)"})
    view = "application/vnd.jupyter.widget-view+json"
    assert shown({view: {}, **picture}).startswith("<figure")


def test_the_numbers_beside_a_picture_are_shown_without_the_line_that_stands_for_it():
    html = shown({"image/jpeg": "QUJD", "text/plain": "[Explorer. Shown: [one] of\ntwo.]\nbaya: ≈ 0.91"})
    assert re.sub(r"<[^>]*>", "", html) == "baya: ≈ 0.91"


def test_an_output_that_holds_only_blanks_shows_nothing():
    assert markup.output(new_output("stream", text="\n\n")) == ""
    assert "loss &lt; 1" in markup.output(new_output("stream", text="\x1b[31mloss < 1\x1b[0m\n"))
    failed = new_output("error", ename="ValueError", evalue="too <small>", traceback=[])
    assert "ValueError: too &lt;small&gt;" in markup.output(failed)


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_color_of_code_can_be_read_from_afar():
    assert (1.05 / (luminance("#777777") + 0.05)) == pytest.approx(4.48, abs=0.005)  # as WCAG's examples have it
    rules = re.findall(r"^\.lines \.\w+ \{ color: (#[0-9a-fA-F]{6})", markup.colors(), re.MULTILINE)
    assert len(rules) > 20
    behind = luminance("#f5f7f9")
    assert min((behind + 0.05) / (luminance(color) + 0.05) for color in rules) >= 4.5
