"""The captioning network: what it says does not depend on what it has not read, and every word looks for itself."""

import pytest
import torch

from cam_course.pots.captioner import Captioner
from cam_course.pots.language import LONGEST, WORDS, numbers


@pytest.fixture
def net():
    torch.manual_seed(3)
    return Captioner(widths=(4, 4, 4, 6), hidden=8).eval()


IMAGES = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def test_told_is_the_network_with_the_sentence_given(net):
    sentence = "a rudo in a blue pot"
    one = net.told(sentence)
    assert torch.equal(one(IMAGES), net(IMAGES, torch.tensor([numbers(sentence)] * 3)))
    assert one(IMAGES).shape == (3, 7, len(WORDS)) and one.caption == sentence and not one.training
    with pytest.raises(ValueError, match="got 'blu'; did you mean 'blue'?"):
        net.told("a rudo in a blu pot")


def test_a_step_depends_on_the_words_before_it_alone(net):
    one, two = net.told("a rudo in a blue pot")(IMAGES), net.told("a rudo in a dark pot")(IMAGES)
    assert torch.allclose(one[:, :5], two[:, :5], atol=1e-6) and not torch.allclose(one[:, 5], two[:, 5], atol=1e-6)


def test_captions_are_the_likeliest_word_by_word(net):
    for caption, image in zip(net.caption(IMAGES), IMAGES, strict=True):
        words = numbers(caption)
        ahead = net(image[None], torch.tensor([words], dtype=torch.long))[0].argmax(-1).tolist()
        assert ahead[: len(words)] == words and (len(words) == LONGEST or ahead[-1] == 0)


def test_a_word_is_made_of_what_the_places_hold_in_the_shares_in_which_they_are_looked_at(net):
    sentence = "a greg in a dark pot"
    looks, seen = net.looks(IMAGES, sentence), net.encode(IMAGES)
    assert looks.shape == (3, 7, 4, 4) and torch.allclose(looks.sum((2, 3)), torch.ones(3, 7))
    read, _ = net.read(net.embed(torch.tensor([[0, *numbers(sentence)]] * 3)))
    looked = looks.flatten(2) @ net.value(seen)
    assert torch.allclose(net.say(torch.cat([read, looked], -1)), net.told(sentence)(IMAGES), atol=1e-5)


def test_a_word_sees_the_picture_through_weights_that_sum_to_one(net):
    seen = net.encode(IMAGES)
    assert seen.shape == (3, 16, 8)  # 4×4 places; six channels, and two that say where
    flat = seen[:, :1].expand(-1, 16, -1)  # where all places hold the same, weighting them changes nothing
    words = torch.tensor([numbers("a greg")] * 3)
    assert torch.allclose(net.decode(flat, words), net.decode(flat[:, :1], words), atol=1e-6)
