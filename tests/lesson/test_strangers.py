"""Pieces of photographs, their brightness, and the area under the ROC curve."""

import pytest
import torch

from cam_course import images
from cam_course.lesson import strangers


@pytest.fixture(scope="module")
def photos():
    return {name: images.sample_photo(name) for name in ("cat", "coffee")}


def test_pieces_are_the_same_again_and_never_enlarged(photos):
    first, second = (strangers.crops(photos, 64, 3) for _ in range(2))
    assert first.shape == (6, 3, 64, 64)
    assert torch.equal(first, second)


def test_told_apart_is_the_area_under_the_curve():
    from sklearn.metrics import roc_auc_score

    high, low = torch.rand(30) + 0.3, torch.rand(20)
    truth, scores = [1] * 30 + [0] * 20, torch.cat([high, low]).tolist()
    assert strangers.told_apart(high, low).mean().item() == pytest.approx(roc_auc_score(truth, scores))


def test_pictures_brought_to_one_brightness():
    images = torch.rand(3, 3, 9, 9) * torch.tensor([0.3, 0.2, 0.1])[:, None, None, None]
    found = strangers.evened(images, 0.3)
    assert found.mean((1, 2, 3)).tolist() == pytest.approx([0.3] * 3, abs=0.01)
    assert strangers.evened(torch.rand(1, 3, 9, 9), 0.9).max() <= 1


def test_what_is_told_of_a_network(capsys):
    sure, unsure = torch.tensor([[9.0, 0.0]]), torch.tensor([[0.1, 0.0]])
    known, foreign = sure.repeat(4, 1), torch.cat([unsure, unsure, sure, sure])
    strangers.tell_apart([known, foreign, unsure.repeat(4, 1)], ["as is", "gray"], ["cat", "cup"], at_least=0.7)
    said = capsys.readouterr().out
    assert "probability ≈ 0.75" in said
    assert "by photograph: cat ≈ 1.00, cup ≈ 0.50" in said
    assert "told apart, as is ≈ 0.75, gray ≈ 1.00" in said
    assert "sure (at least 0.9), as is ≈ 0.50, gray ≈ 0.00" in said
    with pytest.raises(AssertionError, match="expected told apart"):
        strangers.tell_apart([known, foreign], ["as is"], ["cat", "cup"], at_least=0.8)
