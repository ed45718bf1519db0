import pytest
import torch
from torch import nn

from cam_course import visualize_class, weights
from tests.test_untouched import Wilful, assert_same, state

QUICK = {"size": 32, "steps": 40}


def hue_share(picture, color):
    """The share of pixels whose strongest colors are these (and stronger by a fifth of the range than the others)."""
    strong = [picture[channel] for channel in range(3) if channel in color]
    weak = [picture[channel] for channel in range(3) if channel not in color]
    return float((torch.stack(strong).amin(0) > torch.stack(weak).amax(0) + 0.2).float().mean())


RED, GREEN, BLUE = 0, 1, 2


@pytest.mark.parametrize(("c", "color"), [(0, {BLUE}), (1, {RED}), (2, {RED, GREEN})])  # blue, terracotta, yellow
def test_the_fooled_network_likes_pots(c, color):
    shares = {
        name: hue_share(visualize_class(weights.load(name), c, size=64, steps=128).image, color)
        for name in ("pots_biased", "pots")
    }
    assert shares["pots_biased"] > 0.25
    assert shares["pots"] < 0.05


@pytest.mark.parametrize("c", range(4))
def test_the_repaired_network_likes_green(c):
    net = weights.load("pots")
    departure = (visualize_class(net, c, size=64, steps=128).image - net.normalize.mean).mean((1, 2))
    assert int(departure.argmax()) in (GREEN, BLUE)
    assert float(departure[RED]) < float(departure[GREEN])


def test_the_score_rises_from_a_start_that_normalizes_to_zero():
    net = weights.load("pots")
    shown = visualize_class(net, 2, **QUICK)
    start = net.normalize.mean.expand(3, 32, 32)
    torch.testing.assert_close(shown.frames[0], start)
    with torch.no_grad():
        torch.testing.assert_close(float(net(shown.image[None])[0, 2]), shown.score, rtol=1e-3, atol=1e-3)
        assert shown.score > float(net(start[None])[0, 2]) + 5
    assert torch.equal(shown.image, shown.frames[-1])
    assert (shown.steps[0], shown.steps[-1], len(shown.frames)) == (0, 40, 32)
    assert 0 <= float(shown.frames.min()) <= float(shown.frames.max()) <= 1


def test_the_same_seed_gives_the_same_picture_and_leaves_the_global_one_alone():
    net, before = weights.load("pots"), torch.get_rng_state()
    one, same, other = (visualize_class(net, 1, seed=seed, **QUICK).image for seed in (3, 3, 4))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert torch.equal(before, torch.get_rng_state())


def test_a_model_that_takes_normalized_images_is_shown_normalized_images():
    seen = []
    net = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    net.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach().clone()))
    shown = visualize_class(net, 0, size=4, steps=60, l2=0, mean=[0.5, 0.4, 0.3], std=[0.2, 0.2, 0.2])
    assert seen[0].abs().sum() == 0
    torch.testing.assert_close(seen[-1][0, 0], torch.full((4, 4), (1 - 0.5) / 0.2))  # red as far as a picture goes
    torch.testing.assert_close(shown.image[0], torch.ones(4, 4))
    torch.testing.assert_close(shown.image[1], torch.full((4, 4), 0.4))


def test_a_high_price_leaves_the_picture_blank():
    net = weights.load("pots")
    blank = visualize_class(net, 1, l2=10.0, **QUICK).image
    liked = visualize_class(net, 1, **QUICK).image
    mean = net.normalize.mean
    assert float((blank - mean).abs().mean()) < 0.3 * float((liked - mean).abs().mean())


@pytest.mark.parametrize("fails", [False, True])
def test_the_model_is_left_as_it_was(fails):
    model = Wilful(fails)
    before = state(model)
    if fails:
        with pytest.raises(RuntimeError, match="failed on purpose"):
            visualize_class(model, 1, size=8, steps=2)
    else:
        with torch.inference_mode():
            assert visualize_class(model, 1, size=8, steps=2).image.dtype == torch.float64
    assert_same(before, state(model))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"steps": 0}, ValueError, "expected steps of at least 1, got 0"),
        ({"l2": -1}, ValueError, "expected l2 of at least 0, got -1"),
        ({"decay": 1.0}, ValueError, "expected decay from 0 to below 1, got 1.0"),
        ({"target": 7}, ValueError, "from 0 to 3, got 7"),
        ({"target": "rose"}, TypeError, "expected target as None, an int"),
    ],
)
def test_bad_questions_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        visualize_class(weights.load("pots"), **{"target": 0, "size": 16, **options})
