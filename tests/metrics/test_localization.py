import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cam_course import metrics
from cam_course.pots import Scenes

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


def test_half_precision_does_not_overflow():
    maps, masks = torch.ones(1, 300, 300).half(), torch.ones(1, 300, 300).bool()
    assert metrics.energy_inside(maps, masks).tolist() == [1.0]


def test_arrays_are_refused_with_the_remedy():
    with pytest.raises(TypeError, match="expected masks as a tensor, got ndarray; convert with torch.as_tensor"):
        metrics.pointing_game(MAPS, MASKS.numpy())
    with pytest.raises(TypeError, match="expected maps as a tensor, got ndarray"):
        metrics.largest_box(MAPS.numpy(), 0.5)
    with pytest.raises(TypeError, match="expected boxes as a tensor, got list"):
        metrics.box_iou(MAPS, [[0, 0, 1, 1]], 0.5)


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


def test_tolerance_by_pencil():
    heatmap = torch.zeros(1, 5, 5)
    heatmap[0, 0, 0] = 1
    mask = torch.zeros(1, 5, 5, dtype=torch.bool)
    mask[0, 3, 4] = True  # 3 down, 4 across: 5 pixels away
    hits = [bool(metrics.pointing_game(heatmap, mask, tolerance=t)) for t in (0, 4, 4.99, 5, 15)]
    assert hits == [False, False, False, True, True]
    assert not metrics.pointing_game(heatmap * 0, mask, tolerance=15)
    with pytest.raises(ValueError, match="at least 0 pixels, got -1"):
        metrics.pointing_game(heatmap, mask, tolerance=-1)


@given(seed=st.integers(0, 1000), tolerance=st.sampled_from([0, 1, 1.5, 2, 3]))
def test_a_hit_within_a_tolerance_is_a_distance_to_the_mask(seed, tolerance):
    generator = torch.Generator().manual_seed(seed)
    maps, masks = torch.rand(4, 6, 9, generator=generator), torch.rand(4, 6, 9, generator=generator) > 0.95
    expected = []
    for heatmap, mask in zip(maps.numpy(), masks.numpy(), strict=True):
        peak = np.unravel_index(heatmap.argmax(), heatmap.shape)
        expected.append(any(np.hypot(*np.subtract(peak, place)) <= tolerance for place in np.argwhere(mask)))
    assert metrics.pointing_game(maps, masks, tolerance=tolerance).tolist() == expected


def test_the_box_of_the_largest_component_by_pencil():
    heatmap = torch.tensor(
        [
            [9.0, 9.0, 0.0, 0.0, 5.0],
            [0.0, 0.0, 0.0, 5.0, 0.0],  # touches the one above and the one below at corners
            [0.0, 0.0, 0.0, 0.0, 6.0],
        ]
    )
    assert metrics.largest_box(heatmap[None], 0.5).tolist() == [[3, 0, 5, 3]]
    assert metrics.largest_box(heatmap[None], 0.6).tolist() == [[0, 0, 2, 1]]
    assert metrics.largest_box(heatmap[None] * 0, 0.5).tolist() == [[0, 0, 0, 0]]
    box = torch.tensor([[3.0, 1.0, 5.0, 5.0]])  # 8 pixels; the proposed one has 6; 4 shared, 10 in the union
    assert metrics.box_iou(heatmap[None], box, 0.5).tolist() == [pytest.approx(0.4)]
    assert metrics.box_iou(heatmap[None], box, 0.6).tolist() == [0.0]
    assert metrics.box_iou(heatmap[None] * 0, box, 0.5).tolist() == [0.0]
    several = metrics.box_iou(torch.stack([heatmap, heatmap * 0])[:, None], box, 0.5)
    assert several.shape == (2, 1)


def test_the_box_of_a_mask_is_the_box_of_the_scene():
    batch = [Scenes("random", "test", n=4)[i] for i in range(4)]
    masks = torch.stack([(item["plants"] | item["pots"])[0] for item in batch])
    boxes = torch.stack([item["boxes"][0] for item in batch])
    assert metrics.largest_box(masks.float(), 1.0).tolist() == boxes.tolist()
    assert metrics.box_iou(masks.float(), boxes, 0.5).tolist() == [1.0] * 4


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        (torch.zeros(2, 4), r"expected one box .* per map, \(3, 4\), got \(2, 4\)"),
        (torch.tensor([[0, 0, 2, 0]]), "without area; give corners, not sizes"),
    ],
)
def test_boxes_that_do_not_fit_are_refused(boxes, message):
    with pytest.raises(ValueError, match=message):
        metrics.box_iou(MAPS, boxes, 0.5)
