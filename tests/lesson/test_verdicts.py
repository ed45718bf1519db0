import numpy as np
import pytest
import torch

from cam_course.lesson.verdicts import PRAISE, compare_function, compare_value, difference, fresh

INPUTS = [(torch.tensor([[1.0, -2.0], [3.0, 4.0]]),), (torch.tensor([[-1.0, 0.5], [0.0, 2.0]]),)]


def positive_sum(x):
    return x.relu().sum(1)


FORGOT = ("no ReLU", lambda x: x.sum(1), "Negative values were added too.")
AXIS = ("axis", lambda x: x.relu().sum(0), "Add over columns.")
SHAPE = ("no sum", lambda x: x.relu(), "Add the columns up.")
CANNOT = ("raises", lambda x: x.nope, "never said")
MISTAKES = [CANNOT, FORGOT, AXIS, SHAPE]


@pytest.mark.parametrize(
    "answer",
    [
        positive_sum,
        lambda x: x.clamp(min=0).sum(1),
        lambda x: x.relu().sum(1).double().requires_grad_(),
        lambda x: x.relu().sum(1).numpy(),
        lambda x: x.relu_().sum(1).tolist(),  # writes into its input
        lambda x: x.relu().sum(1) * (1 + 5e-5),
    ],
)
def test_right_answers_are_right_in_any_form(answer):
    verdict = compare_function(answer, positive_sum, INPUTS, mistakes=MISTAKES)
    assert (verdict.status, verdict.message) == ("right", PRAISE)
    assert INPUTS[0][0][0, 1] == -2  # the hidden inputs stay as they were


@pytest.mark.parametrize(("_name", "answer", "message"), MISTAKES[1:])
def test_a_mistake_is_named(_name, answer, message):
    verdict = compare_function(answer, positive_sum, INPUTS, mistakes=MISTAKES)
    assert (verdict.status, verdict.message, verdict.generic) == ("not yet", message, False)


def test_a_mistake_is_named_only_where_it_agrees_on_every_input():
    seen = []

    def other(x):  # as FORGOT on the first input only
        seen.append(x)
        return x.sum(1) if len(seen) == 1 else x.sum(1) + 7

    verdict = compare_function(other, positive_sum, INPUTS, mistakes=MISTAKES)
    assert verdict.generic
    # By hand: the sums are -1, 7 (first input), where 1, 7 is expected.
    assert verdict.message == (
        "Its result differs from the expected one by up to 2, first at index (0,): expected 1, got -1."
    )


@pytest.mark.parametrize(
    ("got", "expected", "text"),
    [
        (torch.ones(2, 3), torch.ones(3, 2), "has shape (2, 3), expected (3, 2)"),
        (torch.ones(1, 2), torch.ones(2), "has shape (1, 2), expected (2,)"),
        ("up", torch.ones(2), "is of type str, expected a tensor or a number"),
        ("0.5", 0.5, "is of type str, expected a tensor or a number"),
        ({"a": 1}, 1.0, "is of type dict, expected a tensor or a number"),
        ([1.0, float("nan")], [1.0, 2.0], "is NaN at index (1,), expected a number: look for 0/0"),
        ([2.0, 4.0, 8.0], [1.0, 2.0, 4.0], "is 2 times the expected one: look for a sum in place of a mean"),
        ([0.5, 1.0], [1.0, 2.0], "is 0.5 times the expected one: look for a mean in place of a sum"),
        ([-1.0, -2.0], [1.0, 2.0], "is -1 times the expected one: look for the sign"),
        ([1.0, 2.5], [1.0, 2.0], "by up to 0.5, first at index (1,): expected 2, got 2.5"),
        (3.0, 2.0, "by 1: expected 2, got 3"),
        ([0.0, 1.0], [0.0, 0.0], "first at index (1,): expected 0, got 1"),
        ([float("inf"), 1.0], [1.0, 1.0], "by up to inf, first at index (0,)"),
        ((1.0,), (1.0, 2.0), "has 1 part(s), expected 2"),
        (1.0, (1.0, 2.0), "has one part(s), expected 2"),
        ((1.0, 3.0), (1.0, 2.0), "(part 2) differs"),
        ("greg", "baya", "is 'greg', expected another value"),
        (["baya", 1], ["baya", 2], "is ['baya', 1], expected another value"),
    ],
)
def test_a_difference_is_told(got, expected, text):
    assert text in difference(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ([1, 2], torch.tensor([1.0, 2.0])),
        (np.float32(2), 2),
        (True, torch.tensor(True)),
        ([1.0, float("nan")], [1.0, float("nan")]),
        (1e6 + 50, 1e6),  # within 1e-4 of the largest value
        ([1e6, 0.0], [1e6, 50.0]),
        (torch.zeros(0), torch.zeros(0)),
        (["a", "b"], ["a", "b"]),
        ([1.0, "x"], [1.0, "x"]),
        ((torch.ones(2), "word"), (np.ones(2), "word")),
        ([torch.ones(2), torch.ones(2)], torch.ones(2, 2)),
    ],
)
def test_equal_values_do_not_differ(got, expected):
    assert difference(got, expected) is None


def test_the_tolerance_is_a_share_of_the_largest_value():
    assert difference([100.0, 0.009], [100.0, 0.0]) is None
    assert difference([100.0, 0.011], [100.0, 0.0])
    assert difference([100.0, 0.011], [100.0, 0.0], tolerance=1e-3) is None


def test_values_are_judged_without_giving_them_away():
    mistakes = [("in percent", 41.0, "That is the percentage.")]
    assert compare_value(0.41, 0.41, mistakes=mistakes).status == "right"
    assert compare_value(41, 0.41, mistakes=mistakes).message == "That is the percentage."
    small, large = compare_value(0.3, 0.41, mistakes=mistakes), compare_value(torch.tensor(0.5), 0.41)
    assert (small.message, small.generic) == ("Got 0.3, which is too small.", True)
    assert large.message == "Got 0.5, which is too large."
    assert compare_value([1.0], [1.0, 2.0]).message == "Your value has shape (1,), expected (2,)."
    assert "NaN" in compare_value(float("nan"), 0.41).message


def test_copies_keep_a_layer_in_its_model_and_leave_the_graph():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2))
    inside = model(torch.ones(1, 2))
    copied, layer, tensor = fresh((model, model[0], inside))
    assert copied is not model
    assert copied[0] is layer
    assert tensor.is_leaf
    assert torch.equal(tensor, inside)


def test_a_value_in_place_of_a_function_is_refused():
    with pytest.raises(TypeError, match="expected a function, got of type int; pass its name"):
        compare_function(3, positive_sum, INPUTS)
