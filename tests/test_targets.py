import numpy as np
import pytest
import torch

from cam_course import targets

LOGITS = torch.tensor([[1.0, 5.0, 2.0], [7.0, 3.0, 4.0]])


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (targets.Class(), [5.0, 7.0]),
        (targets.Class(2), [2.0, 4.0]),
        (targets.Class([0, 2]), [1.0, 4.0]),
        (targets.Class(torch.tensor([1, 1])), [5.0, 3.0]),
        (targets.Counterfactual(2), [-2.0, -4.0]),
        (targets.Counterfactual(), [-5.0, -7.0]),
        (targets.Contrast(1, rather_than=2), [3.0, -1.0]),
        (targets.Contrast(None, rather_than=[0, 1]), [4.0, 4.0]),
    ],
)
def test_scores(target, expected):
    assert target(LOGITS).tolist() == expected


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (3, "expected a target from 0 to 2, got 3"),
        (-1, "expected a target from 0 to 2, got -1"),
        ([0, 1, 2], r"expected one target per image \(2\), got \(3,\)"),
    ],
)
def test_classes_that_are_not_there_are_refused(target, message):
    (score,) = targets.as_scores(target)
    with pytest.raises(ValueError, match=message):
        score(LOGITS)


@pytest.mark.parametrize("target", ["baya", 1.5, True, [0.5], ["baya"]])
def test_what_is_no_target_is_refused(target):
    with pytest.raises(TypeError, match="expected target as None, an int"):
        targets.as_scores(target)


@pytest.mark.parametrize("target", [1, np.int64(1), torch.tensor(1), (1, 1), np.array([1, 1]), torch.tensor([1, 1])])
def test_numbers_of_every_library_are_taken(target):
    (score,) = targets.as_scores(target)
    assert score(LOGITS).tolist() == [5.0, 3.0]


@pytest.mark.parametrize("of", [1.0, True, [True, False], torch.tensor([0.0, 1.0]), "baya", np.array([0.5, 1.0])])
def test_classes_that_are_no_integers_are_refused(of):
    with pytest.raises(TypeError, match="expected classes as integers"):
        targets.Class(of)(LOGITS)


def test_a_contrast_needs_both_sides():
    with pytest.raises(TypeError, match="expected rather_than as a class, got None"):
        targets.Contrast(1, rather_than=None)


def test_classes_may_come_from_numpy():
    assert [score(LOGITS).tolist() for score in targets.as_scores(None, np.array([0, 2]))] == [[1.0, 7.0], [2.0, 4.0]]


def test_target_and_classes_exclude_each_other():
    with pytest.raises(ValueError, match="expected target or classes, got both"):
        targets.as_scores(1, [0, 1])


@pytest.mark.parametrize(
    ("classes", "error", "message"),
    [
        (1, TypeError, r"write classes=\[\.\.\.\]"),
        ([], ValueError, "at least one class"),
        ("ab", TypeError, "as a list"),
    ],
)
def test_bad_classes_are_refused(classes, error, message):
    with pytest.raises(error, match=message):
        targets.as_scores(None, classes)


def test_a_class_of_an_output_that_is_no_table_of_logits_is_refused():
    with pytest.raises(
        ValueError, match=r"expected logits of shape \(N, classes\) to explain a class, got \(2, 3, 4\)"
    ):
        targets.Class(0)(torch.zeros(2, 3, 4))
    with pytest.raises(ValueError, match="got dict"):
        targets.Class(0)({"out": LOGITS})


def test_a_callable_must_give_one_score_per_image():
    with pytest.raises(ValueError, match=r"shape \(2,\), got \(2, 3\)"):
        targets.scores_of(lambda output: output, LOGITS, 2)
