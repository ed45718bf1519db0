"""The page of claims says what the command would write: its words, its verdicts, and figures measured again."""

import re

import pytest

from cam_course.claims import CLAIMS, Laboratory, Reading, verdict
from cam_course.claims.page import HEAD, PAGE, lesson, linked

N = 200
AGAIN = ("cam_needs_gap", "grad_cam_discriminative", "one_of_several", "coarse")  # cheap, and each of another kind
TOLERANCE = 0.02  # other machines round otherwise
FIGURE = re.compile(r"(−?[\d.]+(?:e−\d+)?) \((−?[\d.]+(?:e−\d+)?)–(−?[\d.]+(?:e−\d+)?)\)")


def cells(claim):
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| {claim.says} (")]
    assert len(rows) == 1, f"expected one row for {claim.name}; run python -m cam_course.claims"
    return [cell.replace(r"\|", "|") for cell in re.split(r"(?<!\\) \| ", rows[0].strip("| "))]


def shown(claim):
    """The figures of a row: part, network, (mean, low, high)."""
    number = lambda text: float(text.replace("−", "-"))  # noqa: E731
    return [[Reading(*map(number, one)) for one in FIGURE.findall(line)] for line in cells(claim)[2].split("<br>")]


def test_the_page_has_its_head_and_one_row_for_each_claim():
    text = PAGE.read_text("utf-8")
    assert text.startswith(HEAD.format(n=N))
    assert sum(line.startswith("| ") for line in text.splitlines()) == len(CLAIMS) + 1


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_the_words_of_a_row_are_those_of_its_claim(claim):
    says, true_if, _, said, where = cells(claim)
    assert says == f"{claim.says} ({linked(claim.source)})"
    assert true_if == claim.true_if
    assert said.endswith(claim.reason or "**")
    assert where == lesson(claim.lesson)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_the_verdict_of_a_row_follows_from_its_figures(claim):
    found = shown(claim)
    assert [len(part.networks) for part in claim.parts] == list(map(len, found))
    assert cells(claim)[3].split("**")[1] == verdict(claim, found)


@pytest.fixture(scope="module")
def laboratory():
    return Laboratory(N)


@pytest.mark.parametrize("name", AGAIN)
def test_figures_measured_again_are_those_of_the_page(name, laboratory):
    claim = next(claim for claim in CLAIMS if claim.name == name)
    for part, saved in zip(claim.parts, shown(claim), strict=True):
        # one network of the three: the others cost as much again
        again = Reading(*part.read(laboratory, part.networks[:1])[0])
        assert again.mean == pytest.approx(saved[0].mean, abs=TOLERANCE), part.figure


def test_every_claim_has_its_own_name_and_a_lesson():
    assert len({claim.name for claim in CLAIMS}) == len(CLAIMS)
    assert all(lesson(claim.lesson) != claim.lesson for claim in CLAIMS)
