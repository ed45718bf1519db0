"""Score-CAM's runs: equal to the plain computation, however they are made quick."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cam_course import explain, targets
from cam_course.masked import channel_scores
from tests.small_nets import gap_net
from tests.test_untouched import Wilful, assert_same, state

IMAGES = torch.rand(3, 3, 9, 11, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


def plain(model, images, activations, target, weights="channel_softmax", baseline=0.0):
    """Score-CAM as the paper writes it, one image and one map after the other."""
    maps = []
    for image, A, c in zip(images, activations, target, strict=True):
        scores, blank = [], torch.full_like(image, baseline)
        for channel in A:
            up = F.interpolate(channel[None, None], size=image.shape[-2:], mode="bilinear", align_corners=False)[0]
            mask = (up - up.min()) / (up.max() - up.min())
            logits = model((image * mask + blank * (1 - mask))[None])[0]
            scores.append((logits.softmax(0) if weights == "probability" else logits)[c])
        scores = torch.stack(scores)
        live = torch.tensor([bool(channel.max() > channel.min()) for channel in A])
        scores[~live] = -torch.inf
        w = scores.softmax(0) if weights == "channel_softmax" else scores
        w = w - model(blank[None])[0, c] if weights == "increase" else w
        w[~live] = 0
        maps.append((w[:, None, None] * A).sum(0).relu())
    return torch.stack(maps).detach()


def layer_output(net, layer, images):
    kept = []
    handle = net.get_submodule(layer).register_forward_hook(lambda _, __, output: kept.append(output.clone()))
    net(images)
    handle.remove()
    return kept[0].detach()


@pytest.mark.parametrize("weights", ["channel_softmax", "probability", "increase"])
@pytest.mark.parametrize("baseline", [0.0, 0.4])
def test_every_weighting_equals_the_paper_written_out(weights, baseline):
    net = gap_net()
    expected = plain(net, IMAGES, layer_output(net, "4", IMAGES), [2, 0, 1], weights, baseline)
    answer = explain(net, IMAGES, "score_cam", target=[2, 0, 1], weights=weights, baseline=baseline)
    torch.testing.assert_close(answer.raw, expected, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("batch_size", [1, 2, 5, 100])
def test_the_size_of_batches_changes_nothing(batch_size):
    expected = explain(gap_net(), IMAGES, "score_cam", target=1).raw
    answer = explain(gap_net(), IMAGES, "score_cam", target=1, batch_size=batch_size).raw
    torch.testing.assert_close(answer, expected, rtol=1e-12, atol=0)


def test_dead_maps_are_not_run():
    net, runs = gap_net(), []
    with torch.no_grad():
        net[3].weight[:4] = 0
        net[3].bias[:4] = torch.tensor([0.0, -1.0, 2.0, 0.5])  # flat: two at zero, two above
    net.register_forward_pre_hook(lambda _, inputs: runs.append(len(inputs[0])))
    answer = explain(net, IMAGES[:1], "score_cam", target=1, layer="4", batch_size=1)
    assert sum(runs) == 1 + 1 + 2  # the image, the blank image, two live maps
    two = explain(net, IMAGES[:1], "score_cam", target=1, layer="4", weights="increase").raw
    assert torch.isfinite(answer.raw).all()
    assert torch.isfinite(two).all()


def test_a_map_that_is_flat_in_one_image_only_leaves_the_others_as_they_are():
    net = gap_net()
    images = torch.stack([IMAGES[0], torch.zeros_like(IMAGES[0]), IMAGES[2]])
    together = explain(net, images, "score_cam", target=[0, 1, 2], layer="1")
    for i in (0, 2):
        torch.testing.assert_close(together.raw[i], explain(net, images[i], "score_cam", target=i, layer="1").raw[0])


def test_several_classes_share_the_masked_runs():
    net, runs = gap_net(), []
    single = [explain(net, IMAGES, "score_cam", target=c).raw for c in (2, 0)]
    net.register_forward_pre_hook(lambda *_: runs.append(1))
    both = explain(net, IMAGES, "score_cam", classes=[2, 0], batch_size=3)
    assert len(runs) == 1 + 1 + 6
    torch.testing.assert_close(both.raw, torch.stack(single))


def test_the_masked_images_are_asked_about_the_class_predicted_in_the_whole_one():
    net = gap_net()
    predicted = net(IMAGES).argmax(1)
    for none, fixed in ((None, predicted), (targets.Counterfactual(), targets.Counterfactual(predicted.tolist()))):
        answer = explain(net, IMAGES, "score_cam", target=none, weights="increase", baseline=0.9)
        expected = explain(net, IMAGES, "score_cam", target=fixed, weights="increase", baseline=0.9)
        torch.testing.assert_close(answer.raw, expected.raw)


def test_a_model_with_another_output_is_scored_through_its_target():
    class Segmenter(nn.Sequential):
        def forward(self, x):
            return {"out": super().forward(x), "name": "sky"}

    torch.manual_seed(0)
    net = Segmenter(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Conv2d(6, 2, 1)).double()
    nn.init.constant_(net[0].bias, 1.0)  # no map is flat

    def target(output):
        return output["out"][:, 1, 2:5, 2:5].mean((-2, -1))

    answer = explain(net, IMAGES, "score_cam", target=target, layer="1")
    A = layer_output(net, "1", IMAGES)
    up = F.interpolate(A, size=(9, 11), mode="bilinear", align_corners=False)
    low, high = up.amin((-2, -1), keepdim=True), up.amax((-2, -1), keepdim=True)
    mask = (up - low) / (high - low)
    scores = torch.stack([target(net(IMAGES * mask[:, k : k + 1])) for k in range(6)], 1)
    expected = (scores.softmax(1)[..., None, None] * A).sum(1).relu()
    torch.testing.assert_close(answer.raw, expected.detach())
    with pytest.raises(ValueError, match=r"logits \(N, classes\) for weights='probability', got dict"):
        explain(net, IMAGES, "score_cam", target=target, layer="1", weights="probability")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": "softmax"}, "did you mean 'channel_softmax'"),
        ({"baseline": torch.zeros(3)}, r"pass a tensor \(C, 1, 1\)"),
        ({"batch_size": 0}, "batch_size of at least 1, got 0"),
        ({"batchsize": 4}, "did you mean 'batch_size'"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        explain(gap_net(), IMAGES, "score_cam", target=0, **options)


def test_a_baseline_per_color_and_a_bar(capsys):
    baseline = torch.tensor([0.2, 0.4, 0.6], dtype=torch.float64)[:, None, None]
    shown = explain(gap_net(), IMAGES, "score_cam", target=0, baseline=baseline, progress=True)
    assert "Score-CAM" in capsys.readouterr().err
    same = explain(gap_net(), IMAGES, "score_cam", target=0, baseline=baseline.expand(3, 9, 11), progress=False)
    assert capsys.readouterr().err == ""
    torch.testing.assert_close(shown.raw, same.raw)


def test_where_every_map_is_flat_every_score_is_zero():
    found = channel_scores(gap_net(), IMAGES, torch.ones(3, 6, 4, 5).double(), [targets.Class(0)])
    assert found.scores[0][0].abs().sum() == 0
    assert not found.live.any()


@pytest.mark.parametrize("fails", [False, True])
def test_a_wilful_model_is_left_as_it_was_by_its_copy(fails, monkeypatch):
    monkeypatch.setattr("cam_course.masked.WORTH_A_COPY", 1)
    model = Wilful()
    A = layer_output(model.net, "4", IMAGES)
    before = state(model)
    model.fails = fails
    if fails:
        with pytest.raises(RuntimeError, match="failed on purpose"):
            channel_scores(model, IMAGES, A, [targets.Class(0)])
    else:
        quick = channel_scores(model, IMAGES, A, [targets.Class(0)]).scores[0][0]
        monkeypatch.setattr("cam_course.masked.WORTH_A_COPY", 10**6)
        torch.testing.assert_close(quick, channel_scores(model, IMAGES, A, [targets.Class(0)]).scores[0][0])
    assert_same(before, state(model))
