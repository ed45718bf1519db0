import numpy as np
import pytest
import torch

from cam_course.lesson import approx, bootstrap, measured


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.4149, 2, "≈ 0.41"),
        (0.4151, 2, "≈ 0.42"),
        (12, 0, "≈ 12"),
        (-0.5, 1, "≈ -0.5"),
        (-0.0, 2, "≈ 0.00"),
        (0.004, 2, "≈ 4.0e-03"),  # 0.00 would say that there is nothing
        (0.006, 2, "≈ 0.01"),
        (torch.tensor(0.25), 2, "≈ 0.25"),
        (torch.tensor(0.25, requires_grad=True), 2, "≈ 0.25"),
        (np.float32(0.25), 1, "≈ 0.2"),
        (float("nan"), 2, "≈ nan"),
    ],
)
def test_approx_writes_the_digits_asked_for(value, digits, text):
    assert approx(value, digits) == text


def test_approx_refuses_several_values():
    with pytest.raises(TypeError, match=r"expected one number, got an array of shape \(2,\); average"):
        approx([0.1, 0.2])


@pytest.mark.parametrize(
    ("bound", "right", "wrong"),
    [
        ({"at_least": 0.5}, 0.5, 0.49),
        ({"at_most": 0.5}, 0.5, 0.51),
        ({"near": 0.5, "tolerance": 0.125}, 0.625, 0.63),
        ({"near": 0.5, "tolerance": 0.125}, 0.375, 0.37),
        ({"at_least": 0.2, "at_most": 0.5}, 0.3, 0.1),
        ({"at_least": 0.2, "at_most": 0.5}, 0.3, 0.6),
        ({"at_least": 0}, 0.0, float("nan")),
        ({"at_most": 1}, 1.0, float("nan")),
        ({"near": 0, "tolerance": 1}, 1.0, float("nan")),
    ],
)
def test_a_bound_is_asserted(bound, right, wrong, capsys):
    measured("share", right, **bound)
    with pytest.raises(AssertionError, match=r"expected share .*, got"):
        measured("share", wrong, **bound)
    assert capsys.readouterr().out.count("share ≈ ") == 2  # a failing number is printed too


def test_a_failure_names_label_value_and_bound():
    with pytest.raises(AssertionError, match=r"expected energy in pot of at most 0.2, got 0.3125"):
        measured("energy in pot", 0.3125, at_most=0.2)
    with pytest.raises(AssertionError, match=r"expected energy within 0.1 of 0.5, got 0.25"):
        measured("energy", 0.25, near=0.5, tolerance=0.1)


def test_the_spread_is_printed(capsys):
    measured("a", 0.5, spread=(0.25, 0.75), at_least=0)
    measured("b", 0.5, spread=0.125, at_least=0, digits=3)
    assert capsys.readouterr().out == "a ≈ 0.50 (0.25 to 0.75)\nb ≈ 0.500 ± 0.125\n"


@pytest.mark.parametrize("kind", [torch.tensor, np.array, list])
def test_values_per_image_get_their_mean_and_interval(kind, capsys):
    measured("hits", kind([True, True, True, False]), near=0.75, tolerance=0)
    mean, low, high = bootstrap([1, 1, 1, 0])
    assert capsys.readouterr().out == f"hits ≈ {mean:.2f} ({low:.2f} to {high:.2f})\n"


@pytest.mark.parametrize("bounds", [{}, {"near": 1.0}, {"tolerance": 0.1}, {"at_least": 0, "tolerance": 1}])
def test_a_number_without_a_complete_bound_is_refused(bounds):
    with pytest.raises(ValueError, match=r"expected (a bound|near and tolerance together), got"):
        measured("share", 1.0, **bounds)


def test_bootstrap_agrees_with_the_standard_error():
    values = torch.randn(400, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    mean, low, high = bootstrap(values, rounds=20_000)
    error = values.std().item() / 20
    assert mean == pytest.approx(values.mean().item())
    assert (high - low) / 2 == pytest.approx(1.96 * error, rel=0.1)  # the middle 95 % of a normal distribution
    assert (low + high) / 2 == pytest.approx(mean, abs=0.1 * error)


def test_bootstrap_repeats_for_a_seed_and_not_for_another():
    values = np.arange(50) ** 0.5
    assert bootstrap(values) == bootstrap(values, seed=0)
    assert bootstrap(values) != bootstrap(values, seed=1)


@pytest.mark.parametrize("values", [[], 0.5, [[0.5]]])
def test_bootstrap_refuses_what_is_not_one_value_per_image(values):
    with pytest.raises(ValueError, match="expected values of one dimension"):
        bootstrap(values)
