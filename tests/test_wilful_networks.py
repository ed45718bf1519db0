"""Networks that do what a capture does not expect: right answers or a clear refusal, never a silent wrong one."""

import threading
from collections import namedtuple

import pytest
import torch
from torch import nn
from torchvision import models

from cam_course import capture, targets
from cam_course.capture import capture_image
from tests.small_nets import gap_net
from tests.test_capture import images


class WritesIntoItsInput(nn.Sequential):
    def forward(self, x):
        return super().forward(x.sub_(0.5))


def test_the_image_stays_although_the_network_writes_into_it():
    net, x = WritesIntoItsInput(*gap_net()), images()
    kept, expected = x.clone(), net(x.clone())
    for layer in (None, "4"):
        torch.testing.assert_close(capture(net, x, layer, target=0).logits, expected)
        assert torch.equal(x, kept)


class TwoWays(nn.Module):
    """Its last stage depends on a switch, which changes neither its modules nor the image's shape."""

    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).double()
        self.b = nn.Sequential(nn.Conv2d(4, 4, 3), nn.ReLU()).double()
        self.fc, self.deep = nn.Linear(4, 2).double(), False

    def forward(self, x):
        x = self.a(x)
        return self.fc((self.b(x) if self.deep else x).mean((-2, -1)))


def test_the_default_layer_follows_a_network_that_takes_another_way():
    net, found = TwoWays(), []
    for net.deep in (False, False, True, True, False):
        found += capture(net, images(), target=0).activations
    assert [name[0] for name in found] == ["a", "a", "b", "b", "a"]


class SharedMemory(nn.Module):
    """The layer's output is a tensor that is changed in place afterwards, under another name."""

    def __init__(self, view):
        super().__init__()
        self.conv, self.layer, self.fc = nn.Conv2d(3, 4, 3).double(), nn.Identity(), nn.Linear(4, 2).double()
        self.view = view

    def forward(self, x):
        y = self.conv(x)
        z = self.layer(y[:, :4] if self.view else y)
        y.relu_()
        return self.fc((z + y).mean((-2, -1)))


@pytest.mark.parametrize("view", [False, True])
def test_a_layer_that_is_changed_behind_its_back_is_refused(view):
    with pytest.raises(ValueError, match="expected a layer with memory of its own, got 'layer'"):
        capture(SharedMemory(view), images(), "layer", target=0)


def test_the_model_is_no_layer_of_itself():
    net = gap_net()
    with pytest.raises(ValueError, match="got the model itself"):
        capture(net, images(), net, target=0)


def test_two_models_on_one_trunk_are_explained_at_once():
    trunk = gap_net()[:5]
    nets = [nn.Sequential(trunk, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3).double()) for _ in range(2)]
    problems = []

    def work(net):
        try:
            for _ in range(20):
                capture(net, images(), "0.4", target=0)
        except ValueError as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(net,)) for net in nets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_target_computed_in_inference_mode_is_taken():
    net = gap_net()
    with torch.inference_mode():
        predicted = net(images()).argmax(1)
    for kind in (targets.Class, targets.Counterfactual):
        shown = capture(net, images(), "4", target=kind(predicted))
        assert shown.targets.dtype == torch.int64


def test_named_tuples_come_out_as_they_are():
    output = namedtuple("output", "logits features")

    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = gap_net()

        def forward(self, x):
            return output(self.net(x), x)

    shown = capture(Named(), images(), "net.4", target=lambda out: out.logits[:, 0])
    assert type(shown.logits) is output
    assert not shown.logits.logits.requires_grad


def test_a_rule_does_not_reach_into_the_target():
    net, x = gap_net(), images()
    seen = []

    def target(logits):
        y = torch.tensor([1.0, -1.0], requires_grad=True)
        seen.append(torch.autograd.grad(-(y * 1).relu().sum(), y)[0].tolist())
        return logits[:, 0]

    capture_image(net, x, target, rule="guided_backprop")
    assert seen == [[-1.0, 0.0]]


def test_checkpointing_is_refused_with_the_remedy():
    model = models.densenet121(weights=None, memory_efficient=True).double()
    with pytest.raises(ValueError, match="memory_efficient=False"):
        capture_image(model, images(size=32), target=0, rule="guided_backprop")
