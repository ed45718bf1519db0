"""The networks that answer: how a question gets into the picture, and that the late one never does."""

import pytest
import torch

from cam_course.pots.answerer import PADDED, Answerer, Film, LateAnswerer
from cam_course.pots.language import ANSWERS, QUESTIONS

IMAGES = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
BOTH = pytest.mark.parametrize("architecture", [Answerer, LateAnswerer])


def network(architecture):
    torch.manual_seed(1)
    return architecture(widths=(4, 4, 4, 6), hidden=8).eval()


@BOTH
def test_questions_asked_together_are_answered_as_one_by_one(architecture):
    net = network(architecture)
    together = net(IMAGES, PADDED.expand(2, -1, -1))
    assert together.shape == (2, 13, len(ANSWERS))
    for at, question in enumerate(QUESTIONS):
        assert torch.allclose(net.asked(question)(IMAGES), together[:, at], atol=1e-5)


@BOTH
def test_asking_refuses_what_it_was_not_taught(architecture):
    with pytest.raises(ValueError, match="expected a question of the course, got 'who are you'"):
        network(architecture).asked("who are you")


def test_film_by_hand():
    film = Film(1, 1).eval()
    film.look[0].weight.data.fill_(1), film.look[0].bias.data.zero_()
    film.convolve[0].weight.data.copy_(torch.tensor([[[[0.0, 0, 0], [0, 2, 0], [0, 0, 0]]]]))
    film.modulate.weight.data.copy_(torch.tensor([[1.0], [0]])), film.modulate.bias.data.copy_(torch.tensor([0.0, -3]))
    maps = torch.tensor([[[[1.0, 4]]]])
    remain = film(maps, torch.tensor([[0.0], [-1.0], [1.0]]))  # scales by 1, 0, 2; shifts by -3
    expected = [[[[1.0, 4 + 8 - 3]]], [[[1.0, 4]]], [[[1 + 4 - 3, 4 + 16 - 3]]]]
    assert torch.allclose(remain, torch.tensor(expected), atol=1e-3)  # batch norm divides by the root of 1 + 1e-5


def test_the_order_of_words_and_the_padding_say_nothing():
    net = network(Answerer)
    mixed = PADDED[:, torch.randperm(PADDED.shape[1], generator=torch.Generator().manual_seed(0))]
    assert torch.allclose(net(IMAGES, mixed.expand(2, -1, -1)), net(IMAGES, PADDED.expand(2, -1, -1)), atol=1e-6)
    assert net.words(torch.tensor([0])).eq(0).all()


def test_moving_what_is_seen_changes_nothing_for_the_late_network():
    net = network(LateAnswerer)
    maps, question = torch.rand(1, 6, 4, 4), torch.rand(1, 8)
    assert torch.allclose(net.answer(maps, question), net.answer(maps.flip(-1).roll(1, 2), question), atol=1e-6)
