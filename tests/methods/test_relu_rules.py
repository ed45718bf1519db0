import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cam_course.capture import capture_image
from cam_course.methods.relu_rules import RectifierRule
from tests.small_nets import EverySpelling

RULES = ["guided_backprop", "deconvnet"]


def literal(net: EverySpelling, x: torch.Tensor, rule: str) -> torch.Tensor:
    """The rule written out layer by layer, with the transposed convolutions of the two layers."""
    before1 = net.first(x)
    before2 = net.second(before1.relu())
    above = torch.zeros_like(before2)
    above[:, 1] = 1  # the score is the sum of channel 1 after the last rectifier
    above = above.relu() * ((before2 > 0) if rule == "guided_backprop" else 1)
    middle = F.conv_transpose2d(above, net.second.weight, padding=1)
    middle = middle.relu() * ((before1 > 0) if rule == "guided_backprop" else 1)
    return F.conv_transpose2d(middle, net.first.weight, padding=1)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("spelling", EverySpelling.SPELLINGS)
def test_every_spelling_of_a_rectifier_follows_the_rule(spelling, rule):
    net, x = EverySpelling(spelling), torch.randn(2, 3, 5, 7, dtype=torch.float64)
    expected = literal(net, x, rule).detach()
    shown = capture_image(net, x, target=1, rule=rule)
    torch.testing.assert_close(shown.gradients[""], expected, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(shown.logits, net(x))
    plain = capture_image(net, x, target=1).gradients[""]
    assert not torch.allclose(plain, expected), "the rule must change something, or this test shows nothing"


def test_relu6_stops_what_it_clips():
    x = torch.tensor([-1.0, 3.0, 9.0], requires_grad=True)
    with RectifierRule("guided_backprop") as rule:
        y = nn.ReLU6()(x * 1)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    assert (y.tolist(), gradient.tolist(), rule.found) == ([0.0, 3.0, 6.0], [0.0, 1.0, 0.0], 1)


def test_a_bound_may_be_a_tensor_and_an_image_may_be_kept_in_its_range():
    x = torch.tensor([-1.0, 0.5], requires_grad=True)
    with RectifierRule("guided_backprop") as rule:
        torch.clamp(x * 1, min=torch.tensor(0.0))
        torch.threshold(x * 1, 0, 0)
        (x * 1).clamp(0, 1)
    assert rule.found == 2


def test_what_is_no_rectifier_is_left_alone():
    x = torch.tensor([-2.0, 0.5], requires_grad=True)
    with RectifierRule("guided_backprop") as rule:
        y = (x.clamp(min=-1) + x.clamp(max=1) + F.hardtanh(x) + F.threshold(x, 0.1, -3.0)).sum() * -1
    (gradient,) = torch.autograd.grad(y, x)
    assert gradient.tolist() == [-1.0, -4.0]
    assert rule.found == 0


def test_other_activations_are_named():
    with RectifierRule() as rule:
        F.silu(torch.zeros(2))
        nn.GELU()(torch.zeros(2))
        F.silu(torch.zeros(2))
    assert (rule.found, rule.others) == (0, ["silu", "gelu"])


def test_a_network_without_rectifiers_is_refused_by_name_of_its_activation():
    net = nn.Sequential(nn.Conv2d(3, 2, 1), nn.SiLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.raises(ValueError, match=r"none was recognized \(silu instead\)"):
        capture_image(net, torch.zeros(1, 3, 4, 4), target=0, rule="guided_backprop")


def test_a_network_that_mixes_activations_warns():
    net = nn.Sequential(nn.Conv2d(3, 2, 1), nn.Hardswish(), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.warns(UserWarning, match="mixes rectifiers with hardswish"):
        capture_image(net, torch.zeros(1, 3, 4, 4), target=0, rule="guided_backprop")


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="got 'guided'"):
        capture_image(nn.Conv2d(3, 2, 1), torch.zeros(1, 3, 4, 4), target=0, rule="guided")


def test_nothing_of_torch_is_changed_afterwards():
    before = (F.relu, torch.relu, torch.Tensor.relu_, torch.clamp)
    with pytest.raises(RuntimeError, match="inside"), RectifierRule("deconvnet"):
        raise RuntimeError("inside")
    assert (F.relu, torch.relu, torch.Tensor.relu_, torch.clamp) == before
    x = torch.tensor([-1.0, 1.0], requires_grad=True)
    (gradient,) = torch.autograd.grad(F.relu(x).sum() * -1, x)
    assert gradient.tolist() == [0.0, -1.0]
