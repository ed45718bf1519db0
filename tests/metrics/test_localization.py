import pytest
import torch

from cam_course import metrics

MAPS = torch.tensor([[[0.0, 6.0, 0.0], [1.0, 2.0, 1.0]], [[5.0, 0.0, 5.0], [0.0, 0.0, 0.0]], [[0.0] * 3] * 2])
MASKS = torch.tensor([[[0, 1, 0], [0, 1, 0]], [[0, 0, 1], [0, 0, 0]], [[1, 1, 1], [1, 1, 1]]]).bool()


def test_pointing_game_takes_the_first_of_equals_and_no_empty_map():
    assert metrics.pointing_game(MAPS, MASKS).tolist() == [True, False, False]


def test_energy_inside_by_pencil():
    assert metrics.energy_inside(MAPS, MASKS).tolist() == [pytest.approx(0.8), 0.5, 0.0]


def test_iou_by_pencil():
    assert metrics.iou(MAPS, MASKS, 0.3).tolist() == [1.0, 0.5, 0.0]
    assert metrics.iou(MAPS, MASKS, 0.5).tolist() == [0.5, 0.5, 0.0]


def test_a_mask_may_serve_several_classes():
    maps = torch.stack([MAPS, MAPS.flip(-1)])
    assert metrics.energy_inside(maps, MASKS).shape == (2, 3)
    torch.testing.assert_close(metrics.energy_inside(maps, MASKS)[0], metrics.energy_inside(MAPS, MASKS))


@pytest.mark.parametrize("metric", [metrics.pointing_game, metrics.energy_inside, lambda a, b: metrics.iou(a, b, 0.5)])
def test_masks_that_do_not_fit_are_refused(metric):
    with pytest.raises(ValueError, match=r"shape \(3, 2, 3\), got \(3, 4, 4\); upsample"):
        metric(MAPS, torch.ones(3, 4, 4).bool())
    with pytest.raises(TypeError, match="of type bool"):
        metric(MAPS, MASKS.float())


def test_negative_energy_and_a_threshold_of_zero_are_refused():
    with pytest.raises(ValueError, match="at least 0, got a negative"):
        metrics.energy_inside(-MAPS, MASKS)
    with pytest.raises(ValueError, match="threshold above 0"):
        metrics.iou(MAPS, MASKS, 0.0)


def test_instance_recall_by_pencil():
    heatmap = torch.tensor([[0.0, 10.0, 3.0], [2.0, 0.0, 0.0]])
    instances = torch.zeros(3, 2, 3, dtype=torch.bool)
    instances[0, :, 1], instances[1, 0, 2], instances[2, 1, 0] = True, True, True
    assert metrics.instance_recall(heatmap, instances, 0.3).tolist() == [True, True, False]
    assert metrics.instance_recall(heatmap, instances, 0.2).tolist() == [True, True, True]
    assert metrics.instance_recall(heatmap * 0, instances, 0.2).tolist() == [False, False, False]
    with pytest.raises(ValueError, match="threshold above 0"):
        metrics.instance_recall(heatmap, instances, 0.0)
    with pytest.raises(ValueError, match="expected masks of the maps' shape"):
        metrics.instance_recall(heatmap[:, :2], instances, 0.3)
