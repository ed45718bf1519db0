import pytest
import torch

from cam_course.lesson.each import measured_each

VALUES = {"a": torch.tensor(0.2), "b": 0.6}


def test_all_are_printed_on_one_line(capsys):
    measured_each("share", VALUES, at_least=0.1, at_most=0.7, mean_at_most=0.41)
    assert capsys.readouterr().out == "share: a ≈ 0.20, b ≈ 0.60\n"


@pytest.mark.parametrize(
    ("bound", "message"),
    [
        ({"at_least": 0.3}, "at least 0.3 for each, got 0.2 for a"),
        ({"at_most": 0.5}, "at most 0.5 for each, got 0.6 for b"),
        ({"mean_at_most": 0.3}, "at most 0.3 on average, got 0.4"),
    ],
)
def test_a_broken_bound_is_told(bound, message):
    with pytest.raises(AssertionError, match=message):
        measured_each("share", VALUES, **bound)


def test_nan_breaks_every_bound():
    for bound in ("at_least", "at_most", "mean_at_most"):
        with pytest.raises(AssertionError, match="nan"):
            measured_each("share", {"a": float("nan")}, **{bound: 0})


def test_no_bound_is_refused():
    with pytest.raises(ValueError, match="expected a bound, got none"):
        measured_each("share", VALUES)
