"""The networks: architecture, keys, and the arithmetic that can be checked by hand."""

import pytest
import torch
from torch import nn

from cam_course.pots.nets import CNN, MEAN, STD, CNNWithGAP, Normalize, PotNet, PotNetFlat

CONVOLUTIONS_WITH_POOLING = ["conv_layers.0", "conv_layers.3", "conv_layers.6"]
CONVOLUTIONS = ["conv_layers.0", "conv_layers.2", "conv_layers.4"]


def with_bias(modules):
    return [f"{module}.{part}" for module in modules for part in ("weight", "bias")]


def test_cnn_has_the_published_keys_and_shapes():
    state = CNN(num_classes=4).state_dict()
    assert list(state) == with_bias([*CONVOLUTIONS_WITH_POOLING, "fc_layers.1", "fc_layers.3"])
    assert state["conv_layers.6.weight"].shape == (64, 32, 3, 3)
    assert state["fc_layers.1.weight"].shape == (500, 64 * 32 * 32) and state["fc_layers.3.weight"].shape == (4, 500)


def test_cnn_with_gap_has_the_published_keys_and_shapes():
    state = CNNWithGAP(num_classes=3).state_dict()
    assert list(state) == with_bias([*CONVOLUTIONS, "fc.1"])
    assert state["conv_layers.4.weight"].shape == (64, 32, 3, 3) and state["fc.1.weight"].shape == (3, 64)


def test_the_hooks_of_the_public_tutorial_meet_the_modules_it_means():
    assert [type(m) for m in CNN(input_dim=8).conv_layers[-3:]] == [nn.Conv2d, nn.ReLU, nn.MaxPool2d]
    assert [type(m) for m in CNNWithGAP().conv_layers[-2:]] == [nn.Conv2d, nn.ReLU]


def test_normalize_by_hand():
    image = torch.tensor([0.57, 0.77, 0.29]).view(1, 3, 1, 1)
    assert Normalize()(image).flatten().tolist() == pytest.approx([0, 1, -1], abs=1e-6)
    assert (MEAN, STD) == ((0.57, 0.57, 0.53), (0.22, 0.20, 0.24))


def test_normalize_is_the_first_module_and_travels_with_the_state():
    for net in (PotNet(), PotNetFlat()):
        assert next(net.children()) is net.normalize
        assert list(net.state_dict())[:2] == ["normalize.mean", "normalize.std"]


def test_pot_net_ends_in_a_rectifier_on_16_by_16_maps():
    net = PotNet().eval()
    maps = net.stages(net.normalize(torch.rand(1, 3, 128, 128)))
    assert maps.shape == (1, 96, 16, 16) and maps.min() == 0
    assert isinstance(net.stages[-1][-1], nn.ReLU)
    assert [isinstance(stage[-1], nn.MaxPool2d) for stage in net.stages] == [True, True, True, False]


def test_pot_net_scores_are_the_linear_layer_of_the_mean_map():
    net = PotNet(classes=3, widths=(4, 5)).eval()
    images = torch.rand(2, 3, 32, 32)
    means = net.stages(net.normalize(images)).mean((2, 3))
    assert torch.allclose(net(images), means @ net.fc.weight.T + net.fc.bias, atol=1e-6)


def test_no_rectifier_works_in_place():
    nets = [PotNet(), PotNetFlat(), CNN(input_dim=8), CNNWithGAP()]
    rectifiers = [m for net in nets for m in net.modules() if isinstance(m, nn.ReLU)]
    assert len(rectifiers) == 4 + 6 + 4 + 3 and not any(m.inplace for m in rectifiers)


def test_flat_net_has_three_linear_layers_and_fits_into_two_megabytes():
    net = PotNetFlat()
    assert [type(m) for m in net.fc] == [nn.Linear, nn.ReLU, nn.Linear, nn.ReLU, nn.Linear]
    assert net.fc[0].in_features == 64 * 8 * 8
    assert sum(value.nbytes for value in net.state_dict().values()) < 2_000_000


@pytest.mark.parametrize("net", [PotNetFlat(), CNN(input_dim=128)])
def test_nets_that_flatten_refuse_another_size(net):
    with pytest.raises(ValueError, match="expected images of 128×128 pixels, got 64×96; resize them"):
        net(torch.rand(1, 3, 64, 96))


def test_every_stage_but_the_last_pools_also_where_widths_repeat():
    net = PotNet(widths=(3, 3))
    assert net.stages(torch.zeros(1, 3, 8, 8)).shape == (1, 3, 4, 4)
