import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torchvision import models

from cam_course import capture, targets
from tests.small_nets import gap_net


def images(n=2, size=8, channels=3, seed=0):
    return torch.rand(n, channels, size, size, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def plain(model, x, layer, score):
    """Activations and gradients by plain autograd: every parameter in the graph, nothing in place, one backward."""
    model = copy.deepcopy(model).eval()
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    kept = []

    def keep(_, __, output):
        kept.append(output)
        return output.clone()  # DenseNet's last rectifier is a function that works in place

    model.get_submodule(layer).register_forward_hook(keep)
    y = score(model(x))
    return kept[0].detach(), torch.autograd.grad(y.sum(), kept[0])[0]


FAMILIES = {
    "vgg11": "features.19",
    "vgg11_bn": "features.27",
    "resnet18": "layer4",
    "densenet121": "features.norm5",
    "squeezenet1_1": "features.12",
    "mobilenet_v3_small": "features.12",
    "shufflenet_v2_x0_5": "conv5",
}


@pytest.mark.parametrize("family", FAMILIES)
def test_activations_and_gradients_equal_plain_autograd(family):
    torch.manual_seed(0)
    model = getattr(models, family)(weights=None).double().eval()
    x, layer = images(size=64), FAMILIES[family]
    shown = capture(model, x, target=3)
    activations, gradients = plain(model, x, layer, lambda logits: logits[:, 3])
    assert list(shown.activations) == [layer]
    torch.testing.assert_close(shown.activations[layer], activations, rtol=1e-6, atol=0)
    torch.testing.assert_close(shown.gradients[layer], gradients, rtol=1e-6, atol=1e-12 * gradients.abs().max())
    torch.testing.assert_close(shown.logits, model(x))


@pytest.mark.parametrize("layer", ["0", "1", "3", "4"])
def test_a_layer_before_an_in_place_rectifier_is_kept_as_it_was(layer):
    net, x = gap_net(), images()
    activations, gradients = plain(net, x, layer, lambda logits: logits[:, 1])
    shown = capture(net, x, layer, target=1)
    torch.testing.assert_close(shown.activations[layer], activations)
    torch.testing.assert_close(shown.gradients[layer], gradients)
    assert (shown.activations["0"].min() < 0) if layer == "0" else True


def test_several_layers_in_one_pass_are_as_one_by_one():
    net, x = gap_net(), images()
    together = capture(net, x, ["4", "0", net[2]], target=2)
    for name in ("0", "2", "4"):
        alone = capture(net, x, name, target=2)
        torch.testing.assert_close(together.activations[name], alone.activations[name])
        torch.testing.assert_close(together.gradients[name], alone.gradients[name])


def test_several_classes_come_from_one_forward_pass():
    net, x = gap_net(), images()
    runs = []
    net.register_forward_pre_hook(lambda *_: runs.append(1))
    capture(net, x, "4", target=0)
    runs.clear()
    shown = capture(net, x, "4", classes=[2, 0, targets.Counterfactual(0)])
    assert len(runs) == 1
    assert shown.gradients["4"].shape == (3, 2, 6, 4, 4)
    torch.testing.assert_close(shown.gradients["4"][0], capture(net, x, "4", target=2).gradients["4"])
    torch.testing.assert_close(shown.gradients["4"][2], -shown.gradients["4"][1])
    assert shown.targets.tolist() == [[2, 2], [0, 0], [0, 0]]


def test_each_image_of_a_batch_has_its_own_target():
    net, x = gap_net(), images(3)
    shown = capture(net, x, "4", target=[2, 0, 1])
    for i, target in enumerate([2, 0, 1]):
        torch.testing.assert_close(shown.gradients["4"][i], capture(net, x[i], "4", target=target).gradients["4"][0])


def test_any_callable_is_a_target():
    net, x = gap_net(), images()
    shown = capture(net, x, "4", target=lambda logits: logits.square().sum(1))
    logits = net(x)
    expected = torch.einsum("nc,ck->nk", 2 * logits, net[7].weight)[..., None, None].expand(-1, -1, 4, 4) / 16
    torch.testing.assert_close(shown.gradients["4"], expected.detach())


def test_a_model_with_another_output_is_explained_through_its_target():
    class Segmenter(nn.Module):
        def __init__(self):
            super().__init__()
            self.trunk, self.head = nn.Conv2d(3, 4, 3).double(), nn.Conv2d(4, 2, 1).double()

        def forward(self, x):
            return {"out": self.head(self.trunk(x).relu())}

    net, x = Segmenter(), images()
    shown = capture(net, x, "trunk", target=lambda output: output["out"][:, 1, 2, 3])
    inside = torch.zeros(2, 4, 6, 6, dtype=torch.bool)
    inside[:, :, 2, 3] = True
    assert shown.gradients["trunk"][~inside].abs().sum() == 0
    assert not shown.logits["out"].requires_grad


class Odd(nn.Module):
    """One layer used twice, one never, one without spatial output, one beside the way to the score."""

    def __init__(self):
        super().__init__()
        self.conv, self.twice, self.never = (nn.Conv2d(3, 3, 3, padding=1).double() for _ in range(3))
        self.beside, self.fc = nn.Conv2d(3, 3, 1).double(), nn.Linear(3, 2).double()

    def forward(self, x):
        self.beside(x)
        return self.fc(self.twice(self.twice(self.conv(x).relu())).mean((-2, -1)))


@pytest.mark.parametrize(
    ("layer", "error", "message"),
    [
        ("twice", ValueError, "expected a layer that runs once, got 'twice'"),
        ("never", ValueError, "expected layers that run when the model is evaluated, got 'never'"),
        ("fc", ValueError, r"expected a layer with output \(N, K, h, w\), got \(2, 2\) from 'fc'"),
        ("beside", ValueError, "expected a target that depends on layer 'beside'"),
        ("convv", ValueError, "did you mean 'conv'"),
        ("", ValueError, "expected a layer out of"),
        (3, TypeError, "dotted name or a module, got int"),
        (nn.Conv2d(1, 1, 1), ValueError, "not part of it"),
        ([], ValueError, "at least one layer"),
    ],
)
def test_layers_that_cannot_be_explained_are_refused(layer, error, message):
    net = Odd()
    layer = [layer] if isinstance(layer, int) else layer
    with pytest.raises(error, match=message):
        capture(net, images(), layer, target=0)
    assert not any(module._forward_hooks for module in net.modules())


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (torch.zeros(3, 8, 8, dtype=torch.uint8), TypeError, "images.float\\(\\) / 255"),
        (torch.zeros(8, 8).double(), ValueError, r"got \(8, 8\)"),
        (torch.zeros(0, 3, 8, 8).double(), ValueError, r"got \(0, 3, 8, 8\)"),
        (torch.full((3, 8, 8), float("nan")).double(), ValueError, "NaN"),
        (torch.full((3, 8, 8), float("inf")).double(), ValueError, "infinity"),
        (torch.zeros(3, 8, 8).double().numpy(), TypeError, "torch.from_numpy"),
        (torch.zeros(1, 8, 8).double(), ValueError, "expected images with 3 channels.*got 1"),
        (
            torch.zeros(3, 8, 8),
            ValueError,
            r"expected images like the model \(torch.float64 on cpu\), got torch.float32",
        ),
    ],
)
def test_bad_images_are_refused(bad, error, message):
    with pytest.raises(error, match=message):
        capture(gap_net(), bad, target=0)


def test_what_is_no_open_model_is_refused():
    net = gap_net()
    with pytest.raises(TypeError, match="expected a torch.nn.Module as model, got function"):
        capture(lambda x: x, images())
    with pytest.raises(TypeError, match="TorchScript"):
        capture(torch.jit.trace(net, images()), images())
    with torch.inference_mode():
        closed = gap_net()
    with pytest.raises(ValueError, match="built outside torch.inference_mode"):
        capture(closed, images())


def test_an_error_inside_the_model_is_the_models_own():
    class Broken(nn.Sequential):
        def forward(self, x):
            raise RuntimeError("the model's own words")

    with pytest.raises(RuntimeError, match="the model's own words"):
        capture(Broken(nn.Conv2d(3, 1, 1).double()), images(), "0", target=0)


@pytest.mark.parametrize("last", [nn.Softmax(1), nn.LogSoftmax(1)])
def test_a_softmax_at_the_end_is_warned_about(last):
    with pytest.warns(UserWarning, match="softmax, whose gradients vanish"):
        capture(nn.Sequential(*gap_net(), last), images(), "4", target=0)


def test_wrappers_are_taken_off():
    net, x = gap_net(), images()
    expected = capture(net, x, "4", target=0).gradients["4"]
    for wrapped in (nn.DataParallel(net), torch.compile(net, backend="eager")):
        torch.testing.assert_close(capture(wrapped, x, "4", target=0).gradients["4"], expected)


def test_no_graph_is_recorded_before_the_layer():
    net, x = gap_net(), images()
    seen = []
    net[2].register_forward_hook(lambda _, __, output: seen.append(output.requires_grad))
    net[5].register_forward_hook(lambda _, __, output: seen.append(output.requires_grad))
    capture(net, x, "4", target=0)
    assert seen[-2:] == [False, True]


def test_functional_pooling_heads_are_read_as_well():
    class Functional(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.fc = nn.Conv2d(3, 4, 3).double(), nn.Linear(4, 2).double()

        def forward(self, x):
            return self.fc(F.adaptive_avg_pool2d(F.relu(self.conv(x), inplace=True), 1).flatten(1))

    net = Functional()
    shown = capture(net, images(), target=0)
    assert shown.activations["conv"].min() < 0, "the rectifier works in place, on a copy"
