import pytest
import torch

from cam_course.claims import Claim, Laboratory, Part, Reading, verdict
from cam_course.claims.page import figures, linked, page, row, written

HIGH, LOW, ACROSS = Reading(0.8, 0.76, 0.84), Reading(0.4, 0.35, 0.45), Reading(0.76, 0.7, 0.8)


def part(where="", **bound):
    return Part(
        "share", lambda laboratory, name: torch.ones(3), ("a", "b"), where=where, **(bound or {"at_least": 0.75})
    )


def claim(*parts):
    return Claim("name", "Who et al. 2020, arXiv:2001.00001", "It is so.", "It is at least 0.75.", parts, "04")


@pytest.mark.parametrize(
    ("parts", "readings", "expected"),
    [
        ([part()], [[HIGH, HIGH]], "holds"),
        ([part()], [[LOW, LOW]], "does not hold here"),
        ([part()], [[HIGH, LOW]], "does not hold here (share: on 1 of 2 networks)"),
        ([part()], [[HIGH, ACROSS]], "holds (narrowly share)"),
        ([part("on A"), part("on B")], [[HIGH, HIGH], [LOW, LOW]], "holds only on A"),
        ([part("on A"), part("on B")], [[LOW, HIGH], [HIGH, HIGH]], "holds only on B (on A: on 1 of 2 networks)"),
        ([part("on A"), part("on B"), part("on C")], [[HIGH] * 2, [LOW] * 2, [HIGH] * 2], "holds only on A; on C"),
        ([part(), part("on B")], [[LOW, LOW], [HIGH, ACROSS]], "holds only on B (narrowly on B)"),
        ([part(at_most=0.5)], [[LOW, LOW]], "holds"),
        ([part(at_most=0.5)], [[HIGH, LOW]], "does not hold here (share: on 1 of 2 networks)"),
        ([part(at_most=0.44)], [[LOW, LOW]], "holds (narrowly share)"),
    ],
)
def test_the_verdict_follows_from_the_figures(parts, readings, expected):
    assert verdict(claim(*parts), readings) == expected


def test_nothing_measured_passes_no_bound():
    nan = float("nan")
    assert not part().passed(Reading(nan, nan, nan))
    assert not part(at_most=0.5).passed(Reading(nan, nan, nan))


@pytest.mark.parametrize("bounds", [{}, {"at_least": 0.1, "at_most": 0.2}])
def test_a_part_has_one_bound(bounds):
    with pytest.raises(ValueError, match="expected one bound for 'share'"):
        Part("share", lambda laboratory, name: torch.ones(3), ("a",), **bounds)


def test_a_part_reads_every_network():
    values = {"a": torch.tensor([0.0, 1.0]), "b": torch.tensor([1.0, 1.0])}
    found = Part("share", lambda laboratory, name: values[name], ("a", "b"), at_least=0.5).read(Laboratory(2))
    assert [one.mean for one in found] == [0.5, 1.0]
    assert found[1] == Reading(1.0, 1.0, 1.0)


def test_a_row_tells_claim_bound_figures_and_verdict():
    text = row(claim(part("on A|B")), [[HIGH, LOW]])
    assert text == (
        "| It is so. ([Who et al. 2020](https://arxiv.org/abs/2001.00001)) | It is at least 0.75. "
        "| share, on A\\|B: 0.80 (0.76–0.84); 0.40 (0.35–0.45) "
        "| **does not hold here (on A\\|B: on 1 of 2 networks)** | [04](04_grad_cam.ipynb) |"
    )


@pytest.mark.parametrize(("value", "text"), [(0.804, "0.80"), (-0.5, "−0.50"), (1.2e-7, "1e−07"), (0.0, "0.00")])
def test_numbers_are_written(value, text):
    assert written(value, 2) == text


def test_sources_are_linked():
    assert linked("Jiang et al. 2021, doi:10.1109/X.1") == "[Jiang et al. 2021](https://doi.org/10.1109/X.1)"


def test_a_condition_is_not_said_twice():
    assert figures(part("share"), [HIGH]) == "share: 0.80 (0.76–0.84)"


def test_a_lesson_that_does_not_exist_is_not_linked():
    assert "| 99 |" in page([Claim("x", "W, arXiv:1", "S", "T", [part()], "99")], [[[HIGH, HIGH]]], 200)
