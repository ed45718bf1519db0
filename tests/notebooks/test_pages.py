"""The overview, the glossary and the cheat sheet agree with the lessons and the package."""

import re

import pytest

from .page_rules import (
    PAGES,
    Entry,
    broken_links,
    entries,
    math_that_github_spoils,
    minutes_of,
    problems_of_figures,
    problems_of_glossary,
    problems_of_order,
    problems_of_sources,
    problems_of_sums,
    unlinked_lessons,
    uses,
)

# --- the pages


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("rule", [broken_links, unlinked_lessons, math_that_github_spoils], ids=lambda r: r.__name__)
def test_a_page_keeps_the_rule(name, rule):
    assert list(rule(PAGES[name])) == []


def test_the_glossary_is_in_order_and_its_words_are_those_of_the_lessons():
    assert len(entries(PAGES["glossary"])) > 80
    assert list(problems_of_glossary(PAGES["glossary"])) == []


@pytest.mark.parametrize(
    "rule", [problems_of_order, problems_of_sums, problems_of_sources], ids=lambda rule: rule.__name__
)
def test_the_overview_agrees_with_the_lessons(rule):
    assert list(rule(PAGES["README"])) == []


def test_figures_of_the_cheat_sheet_were_printed():
    assert list(problems_of_figures(PAGES["cheat_sheet"])) == []


# --- the rules find what they look for


@pytest.mark.parametrize(
    ("name", "rule", "old", "new"),
    [
        ("README", broken_links, "](04_grad_cam.ipynb)", "](04_grad_kam.ipynb)"),
        ("README", broken_links, "](glossary.md)", "](glossary.md#nonsense)"),
        ("glossary", broken_links, "[04]: 04_grad_cam.ipynb", "[04]: 05_grad_cam.ipynb"),
        ("glossary", unlinked_lessons, "[04]: 04_grad_cam.ipynb", ""),
        ("cheat_sheet", unlinked_lessons, "**CAM** [03]", "**CAM** [33]"),
        ("cheat_sheet", math_that_github_spoils, r"\lVert I \rVert^2", r"\| I \|^2"),
        ("cheat_sheet", math_that_github_spoils, r"$L^c = \mathrm{ReLU}(", r"$L^c = \operatorname{ReLU}("),
        ("cheat_sheet", math_that_github_spoils, r"\sum_m e^{S^c_m}", r"{\sum}_m e^{S^c_m}"),
        ("cheat_sheet", math_that_github_spoils, r"$M_{ij}", r"map$M_{ij}"),
        ("cheat_sheet", math_that_github_spoils, "feature map $k$ of", "the $k$th map of"),
        ("cheat_sheet", problems_of_figures, "≈ 0.523", "≈ 0.599"),
        ("cheat_sheet", problems_of_figures, "(2.24)", "(2.25)"),
        ("glossary", problems_of_glossary, "## activation\n", "## zebra\n"),
        ("glossary", problems_of_glossary, "## activation\n", "## accuracy\n"),
        ("glossary", problems_of_glossary, "## pointing game\n\n*pointing_game, hits*", "## pointing gala\n\n*gala*"),
        ("glossary", problems_of_glossary, "(h, w) · [02]", "(h, w)"),
        ("glossary", problems_of_glossary, "It forgets where.", "It forgets. It does. All of it."),
        ("README", problems_of_order, "| 00 | convolution", "| 04 | convolution"),
        ("README", problems_of_sources, "| 08.2 |", "| 08.7 |"),
    ],
)
def test_a_spoiled_page_is_found_out(name, rule, old, new):
    assert old in PAGES[name]
    assert list(rule(PAGES[name].replace(old, new, 1))) != []


def test_minutes_are_read_in_both_spellings():
    assert minutes_of("# 06\n\n*About an hour with the three exercises. You need: …*") == 60
    assert minutes_of("# 03\n\n*About 75 minutes; the part …*") == 75


def test_a_word_is_not_found_inside_another():
    entry = Entry("rim", (), "03", "…")
    assert uses("near the rim, as far", entry)
    assert not uses("a primer", entry)


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        (problems_of_order, r"(\| )\d+( \| 00 \| convolution)", r"\g<1>7\2"),
        (problems_of_order, r"\| 12 \| \[Your own images\]\(\S+\)", "| 12 | Your own images"),
        (problems_of_sums, r"(\| One evening \| [\d, ]+ \| )\d+", r"\g<1>7"),
        (problems_of_sums, r"(\| 00, 01 \| \d+ \| 02 \| )\d+", r"\g<1>7"),
    ],
)
def test_a_wrong_number_of_the_overview_is_found_out(rule, old, new):
    spoiled, count = re.subn(old, new, PAGES["README"], count=1)
    assert count == 1
    assert list(rule(spoiled)) != []
