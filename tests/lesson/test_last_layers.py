import pytest
import torch

from cam_course import weights
from cam_course.lesson.last_layers import fitted, gathered, pooled


def test_pooled_features_and_the_last_layer_give_the_logits():
    net, images = weights.load("pots"), torch.rand(3, 3, 128, 128)
    with torch.no_grad():
        torch.testing.assert_close(net.fc(pooled(net, images)), net(images))


def test_what_a_line_can_tell_apart_is_told_apart_whatever_the_scales():
    draw = torch.Generator().manual_seed(0)
    features = torch.randn(90, 5, generator=draw) * torch.tensor([1.0, 100.0, 0.01, 1.0, 0.0]) + 3
    labels = (features[:, 2] > 3).long() + (features[:, 1] > 3).long()
    separable = (features[:, 2] > 3).long()
    assert (fitted(features, separable, classes=2)(features).argmax(1) == separable).all()
    assert (fitted(features, labels, classes=3)(features).argmax(1) == labels).double().mean() > 0.8


def test_decay_makes_the_weights_smaller():
    features, labels = torch.randn(60, 4), torch.arange(60) % 3
    free, held = (fitted(features, labels, classes=3, decay=decay).weight.norm() for decay in (0, 1))
    assert held < free


def test_parts_are_joined_in_order_and_in_half_precision():
    whole = torch.rand(10, 3, 4)
    found = gathered(iter(whole.split(4)), 10)
    assert found.dtype == torch.half
    torch.testing.assert_close(found.float(), whole, rtol=2**-11, atol=2**-24)


@pytest.mark.parametrize("count", [9, 11])
def test_parts_too_few_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match=f"expected parts of {count} in all, got 10"):
        gathered(torch.rand(10, 2).split(4), count)
