import pytest
import torch

from cam_course.lesson.stricter import told_apart, yours


def test_a_map_that_hears_no_question_has_one_half_wherever_its_light_is():
    lit = torch.zeros(2, 4, 6)
    lit[:, :, :2] = 1  # all of it on the left
    assert told_apart(lit, lit).tolist() == pytest.approx([0.5, 0.5])


def test_a_map_that_answers_both_questions_has_one_and_a_turned_one_zero():
    left = torch.zeros(1, 4, 6)
    left[:, :, 1] = 3
    assert told_apart(left, left.flip(-1)).tolist() == pytest.approx([1.0])
    assert told_apart(left.flip(-1), left).tolist() == pytest.approx([0.0])


def test_a_right_answer_speaks_only_for_an_answer_that_is_none():
    heatmap, mask = torch.tensor([[3.0, 2.0], [1.0, 0.0]]), torch.tensor([[True, False], [True, False]])
    assert float(yours("09.1", lambda heatmap, mask: None, heatmap, mask)) == 0.5
    assert float(yours("09.1", lambda heatmap, mask: 3.0, heatmap, mask)) == 3
