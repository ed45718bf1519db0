import pytest
import torch
from torch import nn
from torchvision import models

from cam_course import layers
from cam_course.layers import default_layer

DEFAULTS = {
    "alexnet": ("features.11", "after its rectifier"),
    "vgg11": ("features.19", "after its rectifier"),
    "vgg11_bn": ("features.27", "after its rectifier"),
    "resnet18": ("layer4", "after its rectifier"),
    "densenet121": ("features.norm5", "before its rectifier"),
    "squeezenet1_1": ("features.12", "after its rectifier"),
    "googlenet": ("inception5b", "after its rectifier"),
    "mobilenet_v2": ("features.18", "after its rectifier"),
    "mobilenet_v3_small": ("features.12", "can be negative"),
    "efficientnet_b0": ("features.8", "can be negative"),
    "regnet_y_400mf": ("trunk_output", "after its rectifier"),
    "shufflenet_v2_x0_5": ("conv5", "after its rectifier"),
    "convnext_tiny": ("features.7", "can be negative"),
}


@pytest.mark.parametrize("family", DEFAULTS)
def test_the_default_of_each_family(family):
    torch.manual_seed(0)
    options = {"init_weights": False} if family == "googlenet" else {}
    model = getattr(models, family)(weights=None, **options)
    listed = layers(model, torch.rand(3, 64, 64))
    (default,) = [layer for layer in listed if layer.default]
    name, note = DEFAULTS[family]
    assert default.name == name
    assert note in default.note
    assert default.stride == 64 / default.shape[-1]


@pytest.mark.parametrize("family", ["vit_b_16", "swin_t"])
def test_a_transformer_is_refused_with_an_explanation(family):
    with pytest.raises(ValueError, match="by attention"):
        layers(getattr(models, family)(weights=None), torch.rand(3, 224, 224))


def test_a_network_without_maps_is_refused():
    with pytest.raises(ValueError, match="needs? a convolutional network|with none"):
        layers(nn.Sequential(nn.Flatten(), nn.Linear(12, 2)), torch.rand(3, 2, 2))


def test_what_runs_twice_is_not_offered():
    relu = nn.ReLU()
    net = nn.Sequential(nn.Conv2d(3, 4, 3), relu, nn.Conv2d(4, 4, 3), relu, nn.Flatten(), nn.Linear(64, 2))
    assert [layer.name for layer in layers(net, torch.rand(3, 8, 8))] == ["0", "2"]


def test_the_default_is_asked_for_once_and_again_after_the_network_changed():
    runs = []
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
    net.register_forward_pre_hook(lambda *_: runs.append(1))
    image = torch.rand(1, 3, 8, 8)
    assert [default_layer(net, image)[0], default_layer(net, image)[0], len(runs)] == ["1", "1", 1]
    net[1] = nn.Sequential(nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1), nn.ReLU())
    assert default_layer(net, image)[0] == "1"
    assert len(runs) == 2


def test_a_network_of_nothing_but_repetition_is_refused():
    conv = nn.Conv2d(3, 3, 3, padding=1)
    with pytest.raises(ValueError, match="which uses 0 more than once"):
        layers(nn.Sequential(conv, conv, nn.Flatten(), nn.Linear(192, 2)), torch.rand(3, 8, 8))


def test_channel_attention_keeps_places_apart_and_is_no_transformer():
    class ChannelAttention(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv1d(1, 1, 3, padding=1)

        def forward(self, x):
            return x * self.conv(x.mean((-2, -1))[:, None])[:, 0, :, None, None].sigmoid()

    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), ChannelAttention(), nn.Flatten(), nn.Linear(144, 2))
    assert [layer.name for layer in layers(net, torch.rand(3, 8, 8)) if layer.default] == ["2"]


def test_nothing_is_left_behind():
    net = models.vgg11(weights=None).train()
    layers(net, torch.rand(3, 32, 32))
    assert net.training
    assert not any(module._forward_hooks for module in net.modules())
