"""The numbers of a report, each as a pencil finds it."""

import pytest
import torch
from torch import nn

from cam_course import METHODS
from cam_course.report.findings import BESIDE, findings


@pytest.fixture
def image():
    """Four by four: green in the right half, red in the upper right quarter besides; blue everywhere."""
    picture = torch.zeros(3, 4, 4)
    picture[2], picture[1, :, 2:], picture[0, :2, 2:] = 0.5, 1.0, 1.0
    return picture


@pytest.fixture
def found(net, image):
    return findings(net, image, steps=4, progress=False)


def by_name(found):
    return {finding.name: finding for finding in (*found.answers, *found.beside, found.chance)}


def test_scores_and_probabilities(found):
    # green fills half: 3 · 8/16 = 1.5; red a quarter: 4/16; e^1.5 / (e^1.5 + e^0.25) = 0.7773
    assert [(index, score) for index, _, score in found.top] == [(1, 1.5), (0, 0.25)]
    assert [chance for _, chance, _ in found.top] == pytest.approx([0.7773, 0.2227], abs=1e-4)
    assert found.target == (1, 0)
    assert found.ends[0] == pytest.approx(0.7773, abs=1e-4)


def test_every_method_was_asked(found):
    assert [finding.name for finding in found.answers] == list(METHODS)
    assert [finding.name for finding in found.beside] == list(BESIDE)
    assert found.missing == {}


def test_the_map_of_a_network_that_can_be_followed(found):
    cam = by_name(found)["cam"]
    assert cam.heatmap.tolist() == 4 * [[0.0, 0.0, 3.0, 3.0]]  # green times its weight
    assert (cam.peak, cam.above_half, cam.cells, cam.layers) == ((0.5, 2.5), 0.5, (4, 4), ("1",))


def test_the_map_of_the_other_class(found):
    # ranks: 8 green of 16, 4 red of 16, all red in green: rho = (4·16 - 8·4) / sqrt(8·8 · 4·12) = 1/sqrt(3)
    assert by_name(found)["cam"].runner_up == pytest.approx(3**-0.5, abs=1e-6)


def test_the_target_may_be_chosen(net, image):
    found = findings(net, image, methods=["cam"], target=0, steps=0)
    assert found.target == (0, 1)
    assert found.answers[0].heatmap.tolist() == 2 * [[0.0, 0.0, 1.0, 1.0]] + 2 * [[0.0] * 4]


def test_correlations_are_those_of_the_maps(found):
    names = [finding.name for finding in (*found.answers, *found.beside)]
    assert found.correlation.shape == (len(names), len(names))
    assert found.correlation.diagonal().tolist() == pytest.approx(
        [0.0 if finding.flat else 1.0 for finding in (*found.answers, *found.beside)]
    )
    assert found.correlation[names.index("cam"), names.index("grad_cam")] == 1


def test_deletion_and_insertion_are_those_of_the_metrics(net, image, found):
    from cam_course.metrics import deletion, insertion, uniform

    finding = by_name(found)["cam"]
    for measure, value in ((deletion, finding.deletion), (insertion, finding.insertion)):
        assert value == pytest.approx(float(measure(net, image[None], finding.heatmap[None], 1, steps=4).area))
    chance = deletion(net, image[None], uniform(image), 1, steps=4).area
    assert by_name(found)["random_order"].deletion == pytest.approx(float(chance))


def test_passes_are_what_the_network_was_run_for(net, image):
    runs = []
    net[0].register_forward_hook(lambda module, given, output: runs.append(len(output)))
    for name in METHODS:
        findings(net, image, methods=[name], steps=0)  # finds the default layer
        runs.clear()
        (finding,) = findings(net, image, methods=[name], steps=0).answers
        extra = 3 if name == "score_cam" else 1  # for the scores; to count the maps that are not flat, and the batch
        assert sum(runs) - extra == finding.passes, name


def test_any_device_gives_the_same_answers(net, image, found, device):
    there = findings(net.to(device), image.to(device), steps=4, progress=False)
    assert [one.name for one in there.answers] == [one.name for one in found.answers]
    for here, other in zip((*found.answers, *found.beside), (*there.answers, *there.beside), strict=True):
        torch.testing.assert_close(other.heatmap, here.heatmap, rtol=1e-4, atol=1e-5)
        assert other.deletion == pytest.approx(here.deletion, abs=0.05)  # rounding may change the order of equals


def test_a_bar_is_shown_where_it_is_asked_for(net, image, capsys):
    findings(net, image, methods=["cam"], steps=0, progress=True)
    assert "methods: " in capsys.readouterr().err
    findings(net, image, methods=["cam"], steps=0, progress=False)
    assert capsys.readouterr().err == ""


def test_nothing_is_measured_that_was_not_asked_for(net, image):
    found = findings(net, image, methods=["cam"], steps=0)
    assert [(one.deletion, one.insertion) for one in (*found.answers, *found.beside)] == 3 * [(None, None)]
    assert (found.chance, found.ends, found.blind, found.draws) == (None, None, (), 0)
    assert [one.anew for one in found.answers] == [None]


def test_a_method_that_cannot_be_asked_is_named_with_its_reason(image):
    torch.manual_seed(0)
    flat = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16, 3))
    found = findings(flat, image, methods=["cam", "grad_cam"], steps=0)
    assert [finding.name for finding in found.answers] == ["grad_cam"]
    assert "one linear layer on the global average" in found.missing["cam"]


def test_warnings_become_notes(net, image):
    found = findings(net, image * torch.tensor([0.0, 0.0, 1.0])[:, None, None], methods=["cam"], steps=0)
    (cam,) = found.answers
    assert cam.flat and cam.peak is None
    assert "zero everywhere" in cam.notes[0]


def test_a_network_of_one_output_has_no_probability_and_no_second_class(image):
    mean_of_green = nn.Sequential(nn.Conv2d(3, 1, 1, bias=False), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with torch.no_grad():
        mean_of_green[0].weight.copy_(torch.tensor([0.0, 2.0, 0.0])[None, :, None, None])
    found = findings(mean_of_green, image, methods=["saliency", "grad_cam"], steps=4, draws=1)
    assert (found.top, found.target) == (((0, None, 1.0),), (0, None))  # green is 1 in half of the picture, times 2
    assert (found.steps, found.ends, found.chance) == (0, None, None)
    cam = found.answers[1]
    assert (cam.heatmap > 0).tolist() == 4 * [[False, False, True, True]]
    assert (cam.runner_up, cam.deletion) == (None, None)


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (None, {"methods": ["gradcam"]}, "did you mean 'grad_cam'"),
        (None, {"target": 2}, "a class from 0 to 1, got 2"),
        (None, {"names": ["one"]}, "a name for each of the 2 classes, got 1"),
        (None, {"steps": -1}, "steps of at least 0"),
        (None, {"draws": -1}, "draws of at least 0"),
        (nn.Conv2d(3, 2, 1), {}, r"logits \(N, classes\)"),
        (nn.Sequential(nn.Flatten(), nn.Linear(7, 2)), {}, "a network that takes 4 × 4 pixels"),
        (nn.Sequential(nn.Flatten(), nn.Linear(48, 2)), {"methods": ["grad_cam"]}, "some method can explain"),
    ],
)
def test_what_cannot_be_reported_is_refused(net, image, model, options, message):
    with pytest.raises(ValueError, match=message):
        findings(model or net, image, **{"steps": 0, **options})
