"""Finetuning for CAM: the head is what CAM needs, the rest is the network's own, and training learns."""

import copy

import pytest
import torch
from torch import nn
from torchvision import models

from cam_course import explain, finetune, heatmap


@pytest.fixture(scope="module")
def vgg():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return models.vgg11(weights=None, init_weights=False).eval()


@pytest.fixture(scope="module")
def resnet():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return models.resnet18(weights=None).eval()


@pytest.fixture(scope="module")
def picture():
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))


def standard(images):
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return (images - mean.view(3, 1, 1)) / std.view(3, 1, 1)


def test_the_maps_of_vgg_are_those_before_its_last_pooling(vgg, picture):
    net = finetune.with_gap(vgg, 4).eval()
    with torch.inference_mode():
        maps = net.stages(net.normalize(picture))
        own = vgg.features[:-1](standard(picture))
        expected = own.mean((2, 3)) @ net.fc.weight.T + net.fc.bias
        assert maps.shape == (2, 512, 4, 4)  # 64 / 16
        assert torch.allclose(maps, own, atol=1e-6)
        assert torch.allclose(net(picture), expected, atol=1e-6)


def test_the_maps_of_resnet_are_those_that_it_pools(resnet, picture):
    net = finetune.with_gap(resnet, 4).eval()
    net.fc.weight.data, net.fc.bias.data = resnet.fc.weight.data[:4], resnet.fc.bias.data[:4]
    with torch.inference_mode():
        assert torch.allclose(net(picture), resnet(standard(picture))[:, :4], atol=1e-5)


@pytest.mark.parametrize("which", ["vgg", "resnet"])
def test_cam_is_defined_on_what_comes_out(which, picture, request):
    net = finetune.with_gap(request.getfixturevalue(which), 4).eval()
    answer = explain(net, picture, "cam", target=[1, 2], relu=False)
    with torch.no_grad():
        maps = net.stages(net.normalize(picture))
        by_hand = torch.einsum("nk,nkhw->nhw", net.fc.weight[[1, 2]], maps)
    assert torch.allclose(answer.raw, by_hand, atol=1e-5)
    assert torch.allclose(answer.maps, heatmap.upsample(by_hand, (64, 64)), atol=1e-5)


def test_the_paper_adds_a_convolution_to_vgg(vgg):
    net = finetune.with_gap(vgg, 4, units=1024)
    conv, relu = net.stages[-2:]
    assert (conv.in_channels, conv.out_channels, conv.kernel_size, conv.padding) == (512, 1024, (3, 3), (1, 1))
    assert isinstance(relu, nn.ReLU) and net.fc.in_features == 1024


def test_the_network_stays_as_it_is(resnet):
    before = copy.deepcopy(resnet.state_dict())
    net = finetune.with_gap(resnet, 4)
    finetune.train(net, torch.zeros(4, 3, 32, 32, dtype=torch.uint8), torch.arange(4), epochs=1)
    assert all(torch.equal(value, before[key]) for key, value in resnet.state_dict().items())
    assert not resnet.training


@pytest.mark.parametrize("build", [models.densenet121, models.vit_b_16], ids=["densenet", "transformer"])
def test_another_layout_is_refused(build):
    with torch.device("meta"):
        network = build(weights=None)
    with pytest.raises(ValueError, match=r"expected a network like VGG .* or ResNet .*, got .*; give its"):
        finetune.with_gap(network, 4)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("net", 4), TypeError, "expected a torch.nn.Module as model, got str"),
        ((nn.Flatten(), 0), ValueError, "expected classes of at least 1, got 0"),
        ((nn.Flatten(), 2.5), TypeError, "expected classes as an int, got 2.5"),
    ],
)
def test_what_is_no_network_and_no_number_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        finetune.with_gap(*arguments)


def stripes(n=48):
    """Pictures of noise, with a stripe at the top in class 0, on the left in class 1."""
    images = torch.randint(0, 60, (n, 3, 16, 16), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    labels = torch.arange(n) % 2
    images[labels == 0, 0, 3:5] = 255
    images[labels == 1, 0, :, 7:9] = 255  # in the middle: flips leave it there
    return images, labels


def tiny():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        stages = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU())
        return finetune.GapNetwork(stages, 8, 2, mean=(0.5,) * 3, std=(0.25,) * 3)


def test_training_learns_and_leaves_eval_mode_and_the_random_numbers():
    net, state = tiny(), torch.get_rng_state()
    losses = finetune.train(net, *stripes(), epochs=8, batch=8, rate=0.02)
    assert torch.equal(torch.get_rng_state(), state)
    assert not net.training
    assert losses[0] == pytest.approx(0.693, abs=0.3)  # ln 2: it begins by guessing
    assert losses[-1] < 0.2 and len(losses) == 8
    images, labels = stripes()
    assert (net(images / 255).argmax(1) == labels).all()


def test_the_same_seed_gives_the_same_network_and_another_does_not():
    same, again, other = tiny(), tiny(), tiny()
    for net, seed in ((same, 1), (again, 1), (other, 2)):
        finetune.train(net, *stripes(16), epochs=1, batch=4, seed=seed)
    assert torch.equal(same.fc.weight, again.fc.weight)
    assert not torch.equal(same.fc.weight, other.fc.weight)


@pytest.mark.parametrize(
    ("images", "labels", "error", "message"),
    [
        (torch.zeros(2, 3, 8, 8), torch.zeros(2), TypeError, "expected images as uint8, got torch.float32; convert"),
        (torch.zeros(2, 3, 8, 8).byte(), torch.zeros(3), ValueError, r"got \(2, 3, 8, 8\) and \(3,\); give one label"),
        (torch.zeros(0, 3, 8, 8).byte(), torch.zeros(0), ValueError, r"got \(0, 3, 8, 8\) and \(0,\)"),
        (torch.zeros(3, 8, 8).byte(), torch.zeros(3), ValueError, r"got \(3, 8, 8\) and \(3,\)"),
    ],
)
def test_pictures_without_labels_are_refused(images, labels, error, message):
    with pytest.raises(error, match=message):
        finetune.train(tiny(), images, labels)


@pytest.mark.parametrize(("progress", "shown"), [(True, True), (None, False), (False, False)])
def test_a_bar_is_shown_when_asked_for_and_unasked_only_where_it_takes_long(capsys, progress, shown):
    finetune.train(tiny(), *stripes(8), epochs=1, progress=progress)
    assert ("finetune" in capsys.readouterr().err) is shown


def test_a_bar_appears_unasked_where_training_takes_long(capsys, monkeypatch):
    monkeypatch.setattr(finetune, "PATIENCE", 1e-9)
    finetune.train(tiny(), *stripes(48), epochs=10, batch=1)
    assert "finetune" in capsys.readouterr().err


def test_a_text_does_not_say_whether_a_bar_is_shown():
    with pytest.raises(TypeError, match="expected progress as True or False, got 'no'"):
        finetune.train(tiny(), *stripes(8), progress="no")


class Watching(nn.Module):
    """Keeps how often each picture came as it is: bright on its left."""

    def __init__(self):
        super().__init__()
        self.bias, self.left = nn.Parameter(torch.zeros(2)), []

    def forward(self, images):
        self.left += (images[..., 0] > images[..., -1]).all((1, 2)).tolist()
        return self.bias.expand(len(images), 2)


def test_each_epoch_shows_every_picture_once_and_about_half_of_them_mirrored():
    net, images = Watching(), torch.zeros(100, 3, 4, 4, dtype=torch.uint8)
    images[..., :2] = 255
    finetune.train(net, images, torch.zeros(100, dtype=torch.int64), epochs=4)
    assert len(net.left) == 400
    assert sum(net.left) == pytest.approx(200, abs=40)  # four standard deviations
    assert (images[..., :2] == 255).all()  # the reader's own stay as they are


@pytest.mark.parametrize("count", ["epochs", "batch"])
def test_a_training_of_nothing_is_refused(count):
    with pytest.raises(ValueError, match=f"expected {count} of at least 1, got 0"):
        finetune.train(tiny(), *stripes(8), **{count: 0})


def test_the_command_runs_offline(monkeypatch, capsys):
    monkeypatch.setattr(finetune, "labeled", lambda regime, split, n, size: (stripes(8)[0], stripes(8)[1]))
    finetune.main(["resnet18", "--n", "8", "--size", "16", "--epochs", "1"])
    assert capsys.readouterr().out.startswith("resnet18: ")


def test_the_command_names_what_is_wrong(capsys):
    with pytest.raises(SystemExit):
        finetune.main(["resnet_18"])
    assert "expected name to be a known name, got 'resnet_18'; did you mean 'resnet18'?" in capsys.readouterr().err
