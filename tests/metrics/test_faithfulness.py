from contextlib import nullcontext
from functools import partial

import pytest
import torch
from torch import nn
from torchcam.metrics import DeletionInsertionMetric

from cam_course import metrics, targets
from tests.small_nets import gap_net
from tests.test_untouched import Wilful, assert_same, state

GENERATOR = torch.Generator().manual_seed(3)
IMAGES = torch.rand(3, 3, 12, 10, dtype=torch.float64, generator=GENERATOR)
MAPS = torch.rand(3, 12, 10, dtype=torch.float64, generator=GENERATOR)  # without ties
CURVES = [metrics.deletion, metrics.insertion]


class GivenMaps:
    """What torchcam's measures ask of an extractor, with maps that are there already."""

    def __init__(self, model, maps):
        self.model, self.maps = model, maps
        self._hooks_off = nullcontext

    def __call__(self, *_, **__):
        return [self.maps]

    def fuse_cams(self, maps):
        return maps[0]


def three_quarters(pixels):
    """A net that gives class 0 the probability 3^s / (3^s + 1), where s is the sum of some pixels of one row."""
    net = nn.Sequential(nn.Flatten(), nn.Linear(len(pixels), 2, bias=False)).double()
    with torch.no_grad():
        net[1].weight[0], net[1].weight[1] = torch.tensor(pixels).double() * torch.tensor(3.0).double().log(), 0.0
    return net


def test_deletion_and_insertion_by_pencil():
    net, image = three_quarters([1, 0, 1, 0]), torch.ones(1, 1, 1, 4, dtype=torch.float64)
    heatmap = torch.tensor([[[4.0, 3.0, 2.0, 1.0]]])
    out = metrics.deletion(net, image, heatmap, target=0, baseline="zero", steps=4)
    assert out.fractions.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert out.probabilities.tolist() == [pytest.approx([0.9, 0.75, 0.75, 0.5, 0.5])]
    assert out.area.item() == pytest.approx((0.45 + 0.75 + 0.75 + 0.5 + 0.25) / 4)
    back = metrics.insertion(net, image, heatmap, target=0, baseline="zero", steps=4)
    assert back.probabilities.tolist() == [pytest.approx([0.5, 0.75, 0.75, 0.9, 0.9])]
    other = metrics.deletion(net, image, heatmap, target=1, baseline="zero", steps=4)
    torch.testing.assert_close(other.probabilities, 1 - out.probabilities)


@pytest.mark.parametrize("baseline", ["zero", "blur", "mean"])
def test_curves_equal_a_loop_over_images_and_pixels(baseline):
    net = gap_net()
    filled = {"zero": IMAGES * 0, "blur": metrics.blurred(IMAGES), "mean": IMAGES.mean((-2, -1), keepdim=True)}[
        baseline
    ]
    filled = filled.expand_as(IMAGES)
    for measure, start, end in ((CURVES[0], IMAGES, filled), (CURVES[1], filled, IMAGES)):
        curve = measure(net, IMAGES, MAPS, baseline=baseline, steps=7)
        assert curve.fractions.tolist() == pytest.approx([round(120 * s / 7) / 120 for s in range(8)])
        for n, heatmap in enumerate(MAPS):
            canvas, expected = start[n].clone(), []
            places = sorted(((y, x) for y in range(12) for x in range(10)), key=lambda place: -heatmap[place])
            for step in range(8):
                for y, x in places[: round(120 * step / 7)]:
                    canvas[:, y, x] = end[n, :, y, x]
                label = net(IMAGES)[n].argmax()
                expected.append(net(canvas[None]).softmax(1)[0, label].item())
            assert curve.probabilities[n].tolist() == pytest.approx(expected, abs=1e-12)


def test_areas_are_those_of_torchcam():
    net = gap_net()
    theirs = DeletionInsertionMetric(
        GivenMaps(net, MAPS), partial(torch.softmax, dim=-1), steps=20, baseline=metrics.blurred(IMAGES)
    )
    theirs.update(IMAGES, [0, 1, 2])
    ours = [measure(net, IMAGES, MAPS, [0, 1, 2], steps=20).area.mean().item() for measure in CURVES]
    assert ours == pytest.approx(list(theirs.summary().values()), abs=1e-6)


def test_a_map_that_names_the_right_pixels_beats_chance_and_its_reverse():
    net = three_quarters([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    image = torch.ones(1, 1, 1, 10, dtype=torch.float64)
    right = torch.tensor([[[1.0] * 3 + [0.0] * 7]])
    out, back = (
        [m(net, image, x, 0, baseline="zero", steps=10).area.item() for x in (right, 0 * right, -right)] for m in CURVES
    )
    assert out == sorted(out)
    assert back == sorted(back, reverse=True)
    assert out[0] < out[1] < out[2]


def test_equal_values_are_replaced_in_an_order_that_the_seed_draws():
    net = gap_net()
    flat = torch.zeros_like(MAPS)
    areas = [metrics.deletion(net, IMAGES, flat, 0, steps=12, seed=seed).area for seed in (0, 0, 1)]
    assert torch.equal(areas[0], areas[1])
    assert not torch.allclose(areas[0], areas[2], rtol=1e-9)


@pytest.mark.parametrize("measure", CURVES)
def test_a_batch_is_as_one_by_one_in_chunks_of_any_size(measure):
    net, maps = gap_net(), MAPS.round(decimals=1)  # with ties
    together = measure(net, IMAGES, maps, target=[0, 1, 2], steps=5, batch_size=7)
    for n in range(3):
        alone = measure(net, IMAGES[n : n + 1], maps[n : n + 1], target=n, steps=5, batch_size=1)
        torch.testing.assert_close(together.probabilities[n : n + 1], alone.probabilities)


def test_more_steps_than_pixels_change_no_area():
    net, few = gap_net(), MAPS[:, :2, :3]
    areas = [metrics.deletion(net, IMAGES[..., :2, :3], few, 0, steps=steps).area for steps in (6, 12, 60)]
    torch.testing.assert_close(areas[1], areas[0])
    torch.testing.assert_close(areas[2], areas[0])


@pytest.mark.parametrize("measure", [*CURVES, metrics.drop_and_increase])
@pytest.mark.parametrize("fails", [False, True])
def test_the_model_is_left_as_it_was(measure, fails):
    model, images = Wilful(fails), IMAGES.clone()
    before = state(model)
    with pytest.raises(RuntimeError, match="on purpose") if fails else nullcontext():
        measure(model, images, MAPS, 1)
    assert_same(before, state(model))
    assert torch.equal(images, IMAGES)


@pytest.mark.parametrize("measure", [*CURVES, metrics.drop_and_increase])
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"maps": MAPS[:2]}, ValueError, r"expected maps of shape \(3, 12, 10\), .* got \(2, 12, 10\)"),
        ({"maps": MAPS / 0}, ValueError, "finite maps"),
        ({"target": targets.Counterfactual(0)}, TypeError, "only a class has a probability"),
        ({"target": 3}, ValueError, "from 0 to 2, got 3"),
        ({"baseline": "gray"}, ValueError, "expected a baseline"),
        ({"batch_size": 0}, ValueError, "batch_size of at least 1, got 0"),
        ({"model": nn.Sequential(gap_net(), nn.Softmax(1))}, ValueError, "take the last layer off"),
        ({"model": nn.Conv2d(3, 2, 1).double()}, ValueError, r"classifier with logits .* got \(3, 2, 12, 10\)"),
    ],
)
def test_bad_questions_are_refused(measure, change, error, message):
    arguments = {"model": gap_net(), "images": IMAGES, "maps": MAPS, "target": 0, **change}
    with pytest.raises(error, match=message):
        measure(**arguments)


def test_a_curve_needs_a_step():
    with pytest.raises(ValueError, match="at least 1 step, got 0"):
        metrics.deletion(gap_net(), IMAGES, MAPS, steps=0)


def test_a_bar_is_shown_where_it_is_asked_for(capsys):
    metrics.deletion(gap_net(), IMAGES, MAPS, steps=5, progress=True)
    assert "deletion" in capsys.readouterr().err
    metrics.deletion(gap_net(), IMAGES, MAPS, steps=5)
    metrics.insertion(gap_net(), IMAGES, MAPS, steps=5, progress=False)
    assert capsys.readouterr().err == ""


def test_cpu_and_gpu_agree(device):
    here = metrics.deletion(gap_net(), IMAGES, MAPS, steps=6)
    there = metrics.deletion(gap_net().to(device), IMAGES.to(device), MAPS, steps=6)
    torch.testing.assert_close(there.probabilities.cpu(), here.probabilities, rtol=1e-4, atol=1e-8)
