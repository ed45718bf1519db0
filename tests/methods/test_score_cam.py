import pytest
import torch

from cam_course.methods.cams import cam
from cam_course.methods.score_cam import WEIGHTS, channel_weights, masks, score_cam

LIVE = torch.tensor([True, True, True])


def test_masks_reach_from_zero_to_one_and_flat_ones_are_zero():
    maps = torch.tensor([[[1.0, 3.0]], [[-4.0, -4.0]], [[-1.0, 1.0]]])
    assert masks(maps).tolist() == [[[0.0, 1.0]], [[0.0, 0.0]], [[0.0, 1.0]]]


def test_each_weighting_by_pencil():
    scores = torch.tensor([0.0, 3.0, 0.0], dtype=torch.float64).exp().log()
    e = torch.tensor(3.0, dtype=torch.float64).exp()
    expected = torch.stack([1 / (e + 2), e / (e + 2), 1 / (e + 2)])
    torch.testing.assert_close(channel_weights(scores, LIVE), expected)
    assert channel_weights(scores, LIVE, "probability").tolist() == scores.tolist()
    increase = channel_weights(scores, LIVE, "increase", blank=torch.tensor(1.0))
    assert increase.tolist() == [-1.0, 2.0, -1.0]


def test_a_constant_cancels_in_the_softmax_and_nowhere_else():
    scores = torch.tensor([1.0, 2.0, 4.0])
    torch.testing.assert_close(channel_weights(scores + 5, LIVE), channel_weights(scores, LIVE))
    assert not torch.equal(channel_weights(scores + 5, LIVE, "increase"), channel_weights(scores, LIVE, "increase"))


@pytest.mark.parametrize("weights", WEIGHTS)
def test_flat_maps_weigh_nothing_and_take_nothing_from_the_others(weights):
    scores, live = torch.tensor([[1.0, 2.0, 50.0], [1.0, 2.0, 3.0]]), torch.tensor([[True, True, False], [False] * 3])
    found = channel_weights(scores, live, weights, blank=torch.zeros(2))
    torch.testing.assert_close(found[0, :2], channel_weights(scores[0, :2], live[0, :2], weights))
    assert found[0, 2] == 0
    assert found[1].tolist() == [0.0, 0.0, 0.0]


def test_the_map_is_that_of_cam_with_other_weights():
    activations, weights = torch.randn(2, 5, 3, 4), torch.randn(2, 5)
    torch.testing.assert_close(score_cam(activations, weights), cam(activations, weights))


def test_an_unknown_weighting_is_refused():
    with pytest.raises(ValueError, match="did you mean 'probability'"):
        channel_weights(torch.zeros(3), LIVE, "probabilities")
