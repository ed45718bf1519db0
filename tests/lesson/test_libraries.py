import sys

import pytest
import torch

from cam_course import weights
from cam_course.lesson import libraries
from cam_course.pots import Scenes


@pytest.fixture(scope="module")
def asked():
    scene = Scenes("pair", "test", n=200)[17]
    return weights.load("pots"), scene["image"], scene["kinds"][0]


def test_without_the_libraries_the_saved_table_is_printed(asked, monkeypatch, capsys):
    for name in ("captum", "captum.attr", "pytorch_grad_cam", "torchcam", "torchcam.methods"):
        monkeypatch.setitem(sys.modules, name, None)
    model, image, target = asked
    found = libraries.answers(model, "stages.3", image, target)
    libraries.report(found, {}, {})
    said = capsys.readouterr().out.splitlines()
    assert found == {}
    assert [line.split(" is not")[0] for line in said[:3]] == ["captum", "grad-cam", "torchcam"]
    assert len(said) == 3 + 1 + len(libraries.SAVED)
    assert all(line.endswith("saved") for line in said[4:])


def test_the_saved_numbers_are_those_of_the_installed_libraries(asked):
    for name in ("captum", "pytorch_grad_cam", "torchcam"):
        pytest.importorskip(name)
    model, image, target = asked
    found = libraries.answers(model, "stages.3", image, target)
    same = libraries.ours(model, image, target, "stages.3", "stages.3.1")
    assert set(found) == set(same) == set(libraries.SAVED)
    gaps = {row: float((found[row] - same[row]).abs().max()) for row in found}
    assert gaps == pytest.approx({row: saved for row, (saved, _) in libraries.SAVED.items()}, abs=2e-3)


def test_a_difference_that_the_line_does_not_explain_is_an_error(capsys):
    row, other = "captum Grad-CAM", torch.zeros(2, 2)
    libraries.report({row: other}, {row: other + 0.5}, {row: other})
    assert "≈ 0.500" in capsys.readouterr().out
    with pytest.raises(AssertionError, match="captum Grad-CAM to differ by rounding only"):
        libraries.report({row: other}, {row: other + 0.5}, {row: other + 0.1})


def test_the_three_ways_to_enlarge():
    cells = torch.tensor([[0.0, 1.0]])
    assert libraries.nearest(cells, (1, 4)).tolist() == [[0, 0, 1, 1]]
    corners = libraries.corner_to_corner(cells.expand(2, 2)[None], (2, 4))[0, 0]
    assert corners.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert libraries.unit(torch.tensor([[[2.0, 4.0]]])).tolist() == [[[0.0, pytest.approx(1.0)]]]
