import torch

from cam_course import weights
from cam_course.lesson.last_layers import fitted, pooled


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
