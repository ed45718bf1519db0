import pytest
import torch

from cam_course import capture
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


def test_ranks_do_not_know_how_high_a_map_is():
    maps = torch.tensor([[[0.0, 0.0, 1.0, 8.0]], [[5.0, 6.0, 7.0, 7.0]]])
    assert instances.by_rank(maps).tolist() == [[[0.0, 0.0, 0.5, 0.75]], [[0.0, 0.25, 0.5, 0.5]]]
    assert torch.equal(instances.by_rank(maps**3), instances.by_rank(maps))


def test_coverage_is_a_share_of_each_thing():
    regions = torch.tensor([[[False, True, True, True]], [[True, True, False, False]]])
    assert [c.tolist() for c in instances.coverage(regions, [MASKS, MASKS[:1]])] == [[0.5, 1.0], [1.0]]


def test_found_is_averaged_within_a_picture():
    maps = torch.tensor([[[0.0, 2.0, 0.0, 10.0]], [[9.0, 0.0, 0.0, 0.0]]])
    assert instances.found(maps, [MASKS, MASKS[:1]], 0.3).tolist() == [0.5, 1.0]
    assert instances.found(maps, [MASKS, MASKS[:1]], 0.2).tolist() == [1.0, 1.0]


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


def test_a_trade_names_its_points_and_joins_its_curve():
    _, (ax,) = figures.row(1)
    points = {"here": (0.5, 0.9), "there": (0.8, 0.6)}
    instances.trade(ax, points, labels=("found", "own"), curve=[(0.5, 0.9), (0.6, 0.8), (0.8, 0.6)])
    assert [text.get_text() for text in ax.texts] == ["here", "there"]
    assert ax.lines[0].get_xdata().tolist() == [0.5, 0.6, 0.8]
