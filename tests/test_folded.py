"""The quicker copy of a network: same answers, whatever the network."""

import threading

import pytest
import torch
from torch import nn
from torchvision import models

from cam_course import capture, explain, upsample
from cam_course.folded import _hooked, folded, images_at_once
from cam_course.methods.score_cam import masks
from tests.test_masked import IMAGES, layer_output, plain


def with_norms(width=80):
    torch.manual_seed(1)
    stage = [nn.Conv2d(3, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2)]
    net = nn.Sequential(*stage, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 3))
    net[1].running_mean.uniform_(-0.2, 0.2)
    net[1].running_var.uniform_(0.5, 2)
    nn.init.uniform_(net[1].weight, 0.5, 2)
    return net.eval()


def test_the_quick_copy_equals_the_plain_computation_within_1e_5():
    net, images = with_norms(), IMAGES.float()[:1]
    expected = plain(net, images, layer_output(net, "2", images), [1])
    answer = explain(net, images, "score_cam", target=1, layer="2").raw
    assert float((answer - expected).abs().max() / expected.max()) < 1e-5


@pytest.mark.parametrize("family", ["resnet18", "densenet121", "mobilenet_v3_small", "squeezenet1_1", "googlenet"])
def test_copies_of_torchvision_networks_answer_the_same(family):
    torch.manual_seed(0)
    options = {"init_weights": False} if family == "googlenet" else {}
    model, image = getattr(models, family)(weights=None, **options).eval(), torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        quick = folded(model, image[:1])
        torch.testing.assert_close(quick(image), model(image), rtol=1e-4, atol=1e-4 * float(model(image).abs().max()))
    norms = [m for m in quick.modules() if type(m) is nn.BatchNorm2d]
    left = sum("forward" not in vars(norm) for norm in norms)
    assert left == {"densenet121": 62, "googlenet": 2}.get(family, 0), (
        "norms before a convolution, norms that do not run"
    )
    assert quick is not model


def test_the_copy_shares_what_it_does_not_change():
    net = with_norms()
    with torch.no_grad():
        quick = folded(net, IMAGES.float()[:1])
    assert quick[6].weight is net[6].weight
    assert quick[0].weight is not net[0].weight
    assert "forward" not in vars(net[1])


class Branching(nn.Module):
    """The convolution's output goes to the norm and past it: folding would change the answer."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.fc = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Linear(8, 3)
        self.norm.running_mean.fill_(0.5)

    def forward(self, x):
        features = self.conv(x)
        return self.fc((self.norm(features) + features).relu().mean((-2, -1)))


class Twice(nn.Module):
    """One norm for two convolutions: it can be folded into neither."""

    def __init__(self):
        super().__init__()
        self.one, self.two, self.norm = nn.Conv2d(3, 3, 3), nn.Conv2d(3, 3, 3), nn.BatchNorm2d(3)
        self.norm.running_mean.fill_(0.5)

    def forward(self, x):
        return self.norm(self.two(self.norm(self.one(x)).relu())).mean((-2, -1))


class Locked(Twice):
    """A network that cannot be copied."""

    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()


@pytest.mark.parametrize("network", [Branching, Twice, Locked])
def test_what_cannot_be_folded_is_run_as_it_is(network):
    torch.manual_seed(0)
    net, image = network().eval(), IMAGES.float()[:1]
    with torch.no_grad():
        quick = folded(net, image)
        torch.testing.assert_close(quick(image), net(image))
    assert (quick is net) == (network is not Twice)


def test_hooks_of_the_caller_are_neither_skipped_nor_doubled():
    net, seen = with_norms(), []
    handle = net[1].register_forward_hook(lambda _, __, output: seen.append(output))
    assert _hooked(net[1])
    with torch.no_grad():
        quick = folded(net, IMAGES.float()[:1])
        seen.clear()
        quick(IMAGES.float())
    assert len(seen) == 1
    torch.testing.assert_close(seen[0], net[1].forward(net[0](IMAGES.float())))
    handle.remove()


def test_as_many_images_at_once_as_the_cache_holds():
    net = nn.Sequential(nn.Conv2d(3, 64, 1), nn.ReLU())  # 64 · 256 · 256 · 4 bytes = 16 MiB an image
    with torch.no_grad():
        assert images_at_once(net, torch.zeros(1, 3, 256, 256)) == 2
        assert images_at_once(net, torch.zeros(1, 3, 4, 4)) == 64


def test_score_cam_through_the_copy_equals_the_plain_computation():
    torch.manual_seed(0)
    net, image = models.resnet18(weights=None).eval(), torch.rand(1, 3, 64, 64)
    shown = capture(net, image, "layer4", 1).activations["layer4"]  # (1, 512, 2, 2): 512 masked images
    with torch.no_grad():
        scores = torch.cat([net(image * mask)[:, 1] for mask in masks(upsample(shown, (64, 64)))[0]])
    live = shown[0].amax((1, 2)) > shown[0].amin((1, 2))
    weights = scores.masked_fill(~live, float("-inf")).softmax(0)
    expected = (weights[:, None, None] * shown[0]).sum(0).relu()
    answer = explain(net, image, "score_cam", target=1, layer="layer4", progress=False)
    torch.testing.assert_close(answer.raw[0], expected, rtol=1e-5, atol=1e-5 * float(expected.max()))


@pytest.mark.filterwarnings("error")
def test_folding_a_network_that_learns_warns_of_nothing():
    model = with_norms()
    with torch.enable_grad():
        assert folded(model, IMAGES.float()[:1]) is not model
