import sys

import pytest

from cam_course.lesson.peers import PACKAGES, peer


def test_a_library_that_is_not_there_gives_a_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "captum", None)
    assert peer("captum") is None
    assert "captum is not installed" in capsys.readouterr().out


def test_a_library_that_is_there_gives_its_module(capsys):
    assert peer("sklearn.metrics").accuracy_score([1, 0], [1, 1]) == 0.5
    assert capsys.readouterr().out == ""


def test_other_libraries_are_refused():
    with pytest.raises(ValueError, match="expected a library out of"):
        peer("os.path")
    assert set(PACKAGES) == {"captum", "pytorch_grad_cam", "torchcam", "sklearn"}
