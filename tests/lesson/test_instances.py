import pytest
import torch

from cam_course import capture, explain, metrics
from cam_course.lesson import figures, instances
from cam_course.pots import Scenes
from tests.small_nets import gap_net

MASKS = torch.tensor([[[True, True, False, False]], [[False, False, False, True]]])


def test_readings_are_those_of_one_capture_whatever_the_chunks(monkeypatch):
    monkeypatch.setattr(instances, "CHUNK", 2)
    net, images, target = gap_net(), torch.rand(5, 3, 8, 8, dtype=torch.float64), torch.tensor([0, 1, 1, 0, 1])
    A, g = instances.readings(net, images, target, "4")
    whole = capture(net, images, "4", target=target)
    torch.testing.assert_close(A, whole.activations["4"])
    torch.testing.assert_close(g, whole.gradients["4"])


def test_the_highest_are_equally_many_however_high_a_map_is():
    maps = torch.rand(2, 10, 10, generator=torch.Generator().manual_seed(0))
    marked = instances.highest(maps, 0.15)
    assert marked.sum((1, 2)).tolist() == [15.0, 15.0]
    assert maps[0][marked[0] > 0].min() > maps[0][marked[0] == 0].max()
    assert torch.equal(instances.highest(1000 * maps**3, 0.15), marked)


def test_the_empty_part_of_a_map_is_never_marked():
    maps = torch.zeros(1, 10, 10)
    maps[0, 0, :5] = 1.0
    assert instances.highest(maps, 0.15).sum() == 5
    assert instances.highest(0 * maps, 0.15).sum() == 0


def test_weighted_is_the_end_of_grad_cam():
    net, images, target = gap_net(), torch.rand(2, 3, 8, 8, dtype=torch.float64), torch.tensor([0, 1])
    A, g = instances.readings(net, images, target, "4")
    expected = explain(net, images, "grad_cam", target=target, layer="4").maps
    torch.testing.assert_close(instances.weighted(instances.averaged(g), A, (8, 8)), expected)
    three = instances.three_ways(A, g, (8, 8))
    torch.testing.assert_close(three["Grad-CAM"], expected)
    expected = explain(net, images, "grad_cam_plus_plus", target=target, layer="4").maps
    torch.testing.assert_close(three["Grad-CAM++"], expected)
    torch.testing.assert_close(three["all feature maps added up"], instances.weighted(A.new_ones(1), A, (8, 8)))


def test_found_is_averaged_within_a_picture():
    maps = torch.tensor([[[0.0, 2.0, 0.0, 10.0]], [[9.0, 0.0, 0.0, 0.0]]])
    assert instances.found(maps, [MASKS, MASKS[:1]], 0.3).tolist() == [0.5, 1.0]
    assert instances.found(maps, [MASKS, MASKS[:1]], 0.2).tolist() == [1.0, 1.0]
    assert instances.found(maps, [MASKS, MASKS[:1]], 0.2, least=0.5).tolist() == [1.0, 1.0]
    assert instances.found(maps, [MASKS, MASKS[:1]], 0.2, least=0.6).tolist() == [0.5, 0.0]
    assert instances.found(0 * maps, [MASKS, MASKS[:1]], 0.2).tolist() == [0.0, 0.0]


def test_found_is_the_measure_of_the_package():
    maps = torch.rand(3, 1, 4, generator=torch.Generator().manual_seed(3))
    expected = [metrics.instance_recall(one, MASKS, 0.6).double().mean().item() for one in maps]
    assert instances.found(maps, [MASKS] * 3, 0.6).tolist() == expected


def test_the_share_taken_is_a_ratio_of_sums_with_its_interval():
    masks = torch.cat([MASKS, torch.tensor([[[False, False, True, False]]])])
    largest, others = instances.by_size([masks, masks])
    assert (largest[0, 0].tolist(), others[0, 0].tolist()) == ([True, True, False, False], [False, False, True, True])
    give = torch.tensor([[[2.0, 2.0, 1.0, 3.0]], [[0.5, 0.5, 0.0, 0.0]]])
    take = torch.tensor([[[1.0, 0.0, 1.0, 1.0]], [[0.0, 0.0, 2.0, 0.0]]])
    assert instances.share_taken(give, take, largest) == pytest.approx((0.2, 0.0, 0.25))
    assert instances.share_taken(give[:1], take[:1], others[:1]) == (0.5, 0.5, 0.5)


@pytest.fixture
def explorer():
    scene = Scenes("uneven", "test", n=2)[0]
    first = scene["plants"][0].float()
    maps = {"one": first, "all": torch.maximum(first, 0.5 * scene["plants"].any(0).float())}
    return instances.threshold_and_map(scene, maps, start={"map_": "one", "threshold": 0.3}, alt="A test."), scene


def test_the_explorer_counts_and_moves(explorer):
    shown, scene = explorer
    count = len(scene["plants"])
    assert f"one at 0.30 of its maximum: plants found ≈ 1 of {count}" in shown.text
    before = shown.still
    shown.controls["map_"].value = "all"
    assert f"plants found ≈ {count} of {count}" in shown.text
    assert shown.still != before
    shown.controls["threshold"].value = 0.55
    assert f"plants found ≈ 1 of {count}" in shown.text


def test_a_trade_names_the_means_and_joins_them():
    _, (ax,) = figures.row(1)
    points = {"here": (torch.tensor([0.0, 1.0]), torch.tensor([0.75])), "there": (torch.ones(2), torch.tensor([0.25]))}
    instances.trade(ax, points, labels=("found", "own"), joined=True)
    assert [(text.get_text(), text.xy) for text in ax.texts] == [("here", (0.5, 0.75)), ("there", (1.0, 0.25))]
    assert ax.lines[0].get_xydata().tolist() == [[0.5, 0.75], [1.0, 0.25]]
    assert len(instances.trade(ax, points, floor=0.5).lines) == 2
    assert not instances.trade(figures.row(1)[1][0], {}, labels=("found", "own"), joined=True).lines
