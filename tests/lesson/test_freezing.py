import pytest
import torch

from cam_course import weights
from cam_course.lesson.freezing import rerun
from cam_course.pots import Scenes
from cam_course.pots.nets import PotNet


@pytest.fixture(scope="module")
def model():
    return weights.load("pots").double()


@pytest.fixture(scope="module")
def images():
    return Scenes("random", "val", n=2).batch(progress=False)["image"].double()


def test_with_nothing_frozen_it_is_the_network(model, images):
    moved = images.flip(0)
    torch.testing.assert_close(rerun(model, images, moved).logits, model(moved).detach())


def test_with_all_switches_frozen_it_is_the_first_order_expansion(model, images):
    x, step = images.clone().requires_grad_(), images.flip(0) - images
    (slopes,) = torch.autograd.grad(model(x)[:, 2].sum(), x)
    predicted = model(images)[:, 2] + (slopes * step).sum((1, 2, 3))
    frozen = rerun(model, images, images + step, ("ReLU", "max-pool")).logits[:, 2]
    torch.testing.assert_close(frozen, predicted.detach())


def test_flips_are_counted_on_a_network_that_passes_pictures_on():
    net = PotNet(classes=2, widths=(3, 4)).eval()
    net.normalize.mean.fill_(0.5)
    net.normalize.std.fill_(1)
    for stage in net.stages:  # each channel as it is, shifted by nothing
        stage[0].weight.data.zero_()
        stage[0].weight.data[range(3), range(3), 1, 1] = 1
    at, now = (torch.tensor(values).view(1, 1, 2, 2).expand(1, 3, 2, 2) for values in ([0.9, 0.6, 0.1, 0.1],) * 2)
    now = now.clone()
    now[..., 0, 0] = 0.4  # above 0.5 before: one ReLU of four flips, and the max-pool's winner is now the next
    flips = rerun(net, at, now).flips
    assert flips == {"ReLU": pytest.approx((1 / 4 + 0) / 2), "max-pool": 1.0}
    assert rerun(net, at, at).flips == {"ReLU": 0.0, "max-pool": 0.0}


def test_an_unknown_kind_is_refused(model, images):
    with pytest.raises(ValueError, match="expected kinds out of"):
        rerun(model, images, images, ("relu",))
