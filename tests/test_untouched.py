"""Whatever happens, the model and everything around it are as before."""

import gc
import threading

import pytest
import torch
from torch import nn

from cam_course import METHODS, explain
from tests.small_nets import gap_net

IMAGES = torch.rand(2, 3, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


class Wilful(nn.Module):
    """A network with all that an explanation could disturb: dropout, running statistics, a counter, frozen parts."""

    def __init__(self, fails: bool = False) -> None:
        super().__init__()
        self.net = gap_net()
        self.norm = nn.BatchNorm2d(3).double()
        self.drop = nn.Dropout(0.5)
        self.register_buffer("runs", torch.zeros(1))
        self.register_buffer("last", torch.zeros(1))
        self.register_buffer("nothing", None)
        self.fails = fails
        for parameter in self.net[0].parameters():
            parameter.requires_grad_(False)
        self.train()
        self.norm.eval()

    def forward(self, x):
        self.runs += 1
        self.last = x.mean().reshape(1)
        self.nothing = torch.ones(1)
        self.norm.running_mean.data.add_(1)
        torch.rand(1)
        features = self.net(self.norm(x))
        if self.fails:
            raise RuntimeError("failed on purpose")
        return self.drop(features)


def state(model):
    return {
        "parameters": {name: (p.clone(), p.requires_grad, p.grad, id(p)) for name, p in model.named_parameters()},
        "buffers": {name: (b.clone(), id(b)) for name, b in model.named_buffers()},
        "modes": [module.training for module in model.modules()],
        "hooks": [(len(m._forward_hooks), len(m._forward_pre_hooks), len(m._backward_hooks)) for m in model.modules()],
        "rng": torch.get_rng_state(),
        "grad": (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
        "functions": (torch.relu, nn.functional.relu, torch.Tensor.relu_),
    }


def assert_same(before, after):
    assert before["modes"] == after["modes"]
    assert before["hooks"] == after["hooks"]
    assert before["grad"] == after["grad"]
    assert before["functions"] == after["functions"]
    assert torch.equal(before["rng"], after["rng"])
    for name, (value, *rest) in before["parameters"].items():
        assert torch.equal(value, after["parameters"][name][0]), name
        assert rest == list(after["parameters"][name][1:]), name
    for name, (value, identity) in before["buffers"].items():
        assert torch.equal(value, after["buffers"][name][0]), name
        assert identity == after["buffers"][name][1], name


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fails", [False, True])
def test_a_wilful_model_is_left_as_it_was(method, fails):
    model, images = Wilful(fails), IMAGES.clone()
    before = state(model)
    if fails:
        with pytest.raises(RuntimeError, match="failed on purpose"):
            explain(model, images, method, target=1)
    else:
        explain(model, images, method, target=1)
    assert_same(before, state(model))
    assert torch.equal(images, IMAGES)
    assert not images.requires_grad


@pytest.mark.parametrize("method", METHODS)
def test_grads_that_the_caller_is_collecting_stay(method):
    model = gap_net()
    model(IMAGES).sum().backward()
    before = [p.grad.clone() for p in model.parameters()]
    explain(model, IMAGES, method, target=1)
    for gradient, parameter in zip(before, model.parameters(), strict=True):
        assert torch.equal(gradient, parameter.grad)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_it_works_where_gradients_are_off(method, mode):
    model = gap_net()
    expected = explain(model, IMAGES, method, target=1).maps
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    with mode():
        answer = explain(model, IMAGES.clone(), method, target=1)
        assert (torch.is_grad_enabled(), torch.is_inference_mode_enabled()) == (False, mode is torch.inference_mode)
    torch.testing.assert_close(answer.maps, expected)


def test_a_model_in_training_mode_is_explained_in_evaluation_mode():
    model = Wilful()
    training = explain(model, IMAGES, target=1).maps
    torch.testing.assert_close(training, explain(model.eval(), IMAGES, target=1).maps)


def test_two_threads_explain_one_model():
    model, answers = gap_net(), {}
    expected = {c: explain(model, IMAGES, target=c).maps for c in range(3)}

    def work(c):
        answers[c] = [explain(model, IMAGES, target=c).maps for _ in range(20)]

    threads = [threading.Thread(target=work, args=(c,)) for c in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for c, maps in answers.items():
        assert all(torch.equal(one, expected[c]) for one in maps)
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_nothing_piles_up():
    model = gap_net()

    def tensors():
        gc.collect()
        return sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects())

    explain(model, IMAGES, target=1)
    before = tensors()
    for i in range(1000):
        explain(model, IMAGES, list(METHODS)[i % len(METHODS)], classes=[0, 1])
    assert tensors() <= before
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
