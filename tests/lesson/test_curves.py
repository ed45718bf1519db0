import pytest
import torch

from cam_course.lesson import curves, figures


def test_predictions_are_drawn_beside_the_line_on_which_they_are_true():
    _, (ax,) = figures.row(1)
    curves.against(ax, torch.tensor([1.0, 3.0]), torch.tensor([1.0, 2.0]), "two", labels=("predicted", "true"))
    (line,) = ax.get_lines()
    assert line.get_xydata().tolist() == [[0.0, 0.0], [3.0, 3.0]]
    assert ax.collections[0].get_offsets().tolist() == [[1.0, 1.0], [3.0, 2.0]]
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("two", "predicted", "true")


def test_lines_have_their_names_and_the_sizes_as_ticks():
    _, (ax,) = figures.row(1)
    curves.lines(ax, (0.25, 1, 4), {"a": [1, 2, 3], "b": torch.tensor([0.0, 1.0, 5.0])}, labels=("size", "share"))
    assert [line.get_label() for line in ax.get_lines()] == ["a", "b"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0.25", "1", "4"]
    assert ax.get_ylim()[0] == 0


def test_more_lines_than_can_be_told_apart_are_refused():
    _, (ax,) = figures.row(1)
    with pytest.raises(ValueError, match="expected up to 3 lines, got 4"):
        curves.lines(ax, (1, 2), {name: [1, 2] for name in "abcd"}, labels=("", ""))
