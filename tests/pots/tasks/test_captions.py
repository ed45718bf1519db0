"""Captions as a task: what is given to the network, what a mirrored picture is called, and how captions are graded."""

import pytest
import torch

from cam_course.pots.language import LONGEST, NONE, WORDS, numbers, sentence
from cam_course.pots.recipes import Recipe
from cam_course.pots.tasks import captions

FEW = Recipe("few", "Captioner", "pair", n=6, epochs=1, size=32, task="captions", others={"random": 2})


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return captions.data(FEW, cache=tmp_path_factory.mktemp("few"))


def test_data_are_pairs_and_then_single_plants(data):
    said = [sentence(steps) for steps in data["words"].tolist()]
    assert data["image"].shape == (6, 3, 32, 32) and data["words"].shape == (6, LONGEST)
    assert [caption.count("next to") for caption in said] == [1, 1, 1, 1, 0, 0]


def test_a_mirrored_picture_is_told_from_its_other_side(data):
    which = torch.tensor([True, False, False, False, True, False])
    batch = {**data, "image": data["image"].float()}
    turned = captions.flipped(batch, which)
    left, right = sentence(data["words"][0].tolist()).split(" next to ")
    assert sentence(turned["words"][0].tolist()) == f"{right} next to {left}"
    assert torch.equal(turned["image"][0], batch["image"][0].flip(-1))
    assert torch.equal(turned["words"][1:], data["words"][1:]) and torch.equal(turned["image"][1], batch["image"][1])
    assert all(torch.equal(captions.flipped(turned, which)[key], batch[key]) for key in batch)


def test_loss_counts_the_words_and_the_end_and_nothing_after():
    class Sure(torch.nn.Module):
        """Certain of "a" at every step, of which it has eight times the odds of any other word."""

        def forward(self, images, words):
            assert words.min() >= 0
            return torch.nn.functional.one_hot(torch.ones(len(images), words.shape[1] + 1, dtype=torch.long), 14) * 3.0

    steps = [*numbers("a rudo in a blue pot"), 0]
    words = torch.tensor([steps + [NONE] * (LONGEST - len(steps))])
    total = torch.tensor(3.0).exp() + len(WORDS) - 1
    expected = total.log() - 3 * 2 / 7  # two of the seven steps are an "a"
    assert captions.loss(Sure(), {"image": torch.zeros(1, 3, 8, 8), "words": words}).item() == pytest.approx(
        expected.item()
    )


def test_grades_by_hand():
    true = ["a rudo in a blue pot next to a greg in a dark pot", "a baya in a blue pot"]
    said = ["a rudo in a dark pot next to a greg in a dark pot", "a baya in a blue pot next to a greg in a dark pot"]
    grades = captions.graded(said, true)
    assert grades == {"plant words": 1, "color words": pytest.approx(2 / 3), "blue": 0.5, "dark": 1, "sentences": 0}


def test_what_is_left_out_is_wrong():
    assert captions.graded([""], ["a baya in a blue pot"]) == {
        "plant words": 0, "color words": 0, "blue": 0, "sentences": 0,
    }  # fmt: skip
