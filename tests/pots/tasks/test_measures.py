"""The measures of torchmetrics, on cases that can be followed with a pencil."""

import builtins

import pytest
import torch

from cam_course.pots.tasks import measures


def test_average_precision_by_hand():
    there = [{"boxes": torch.tensor([[0.0, 0, 10, 10]]), "labels": torch.tensor([0])}] * 2
    right = {"boxes": torch.tensor([[0.0, 0, 10, 6.2]]), "labels": torch.tensor([0]), "scores": torch.tensor([0.9])}
    empty = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.long), "scores": torch.zeros(0)}
    found = measures.average_precision([right, empty], there)
    # one of two found, with an overlap of 0.62: precision 1 up to recall 0.5, so at 51 of COCO's 101 recalls
    assert found["AP50"] == pytest.approx(51 / 101) and found["AP75"] == 0
    assert found["AP"] == pytest.approx(0.3 * 51 / 101)  # at 0.50, 0.55 and 0.60 of ten overlaps


def test_overlaps_by_hand():
    said, true = torch.tensor([[[0, 0, 1, 1]]]), torch.tensor([[[0, 1, 1, 1]]])
    assert measures.overlaps(said, true, 2) == pytest.approx([1 / 2, 2 / 3])


def test_a_missing_library_is_named_with_the_remedy(monkeypatch):
    real = builtins.__import__

    def without(name, *others):
        if name == "pycocotools":
            raise ImportError("No module named 'pycocotools'")
        return real(name, *others)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"expected torchmetrics and pycocotools, got: .*; install .* -e \.\[test\]"):
        measures.overlaps(torch.zeros(1, 1, 1), torch.zeros(1, 1, 1), 2)
