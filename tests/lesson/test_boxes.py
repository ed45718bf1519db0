import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb

from cam_course import metrics, weights
from cam_course.lesson import boxes, figures
from cam_course.pots import KINDS, Scenes


def test_boxes_go_round_masks_as_the_data_set_draws_them():
    scenes = Scenes("pair", "test", n=2, size=64)
    for item in (scenes[0], scenes[1]):
        assert boxes.around(item["plants"] | item["pots"]).tolist() == item["boxes"].tolist()


def test_an_empty_mask_is_refused():
    with pytest.raises(ValueError, match="expected masks with at least one pixel each"):
        boxes.around(torch.zeros(1, 3, 3, dtype=torch.bool))


def test_overlaps_are_those_of_the_measure():
    maps = torch.rand(5, 9, 11, generator=torch.Generator().manual_seed(0))
    truth = torch.tensor([[1, 2, 6, 8]]).expand(5, 4)
    torch.testing.assert_close(boxes.overlaps(maps, truth, 0.6), metrics.box_iou(maps, truth, 0.6))


def test_boxes_that_do_not_meet_share_nothing_and_a_box_agrees_with_itself():
    box, far = torch.tensor([[1, 2, 6, 8]]), torch.tensor([[7, 2, 9, 8]])
    assert boxes.agreement(box, box).tolist() == [1]
    assert boxes.agreement(box, far).tolist() == [0]
    filled = torch.zeros(1, 9, 11)
    filled[0, 2:8, 1:6] = 1
    other = torch.tensor([[3, 4, 9, 9]])
    torch.testing.assert_close(boxes.agreement(box, other), metrics.box_iou(filled, other, 0.5))


def test_parts_cover_a_picture_once_and_the_rim_goes_round_the_things():
    batch = Scenes("random", "test", n=2, size=64).batch(progress=False)
    parts = boxes.parts(batch["plant"], batch["pot"], rim=3)
    assert (torch.stack(list(parts.values())).sum(0) == 1).all()
    lone = torch.zeros(1, 9, 9, dtype=torch.bool)
    lone[0, 4, 3] = True
    rim = boxes.parts(lone, torch.zeros_like(lone), rim=2)["rim"]
    assert boxes.around(rim).tolist() == [[1, 2, 6, 7]]
    assert rim.sum() == 24


def test_a_rim_without_width_is_refused():
    with pytest.raises(ValueError, match="expected a rim of at least 1 pixel"):
        boxes.parts(torch.ones(1, 3, 3, dtype=torch.bool), torch.zeros(1, 3, 3, dtype=torch.bool), rim=0)


def test_a_frame_lies_on_the_edge_of_its_box():
    panel = boxes.framed(np.zeros((30, 30, 3), np.uint8), [("#ff0000", torch.tensor([3, 6, 12, 21]))])
    rows, columns = np.nonzero(panel[..., 0] == 255)
    assert (columns.min(), rows.min(), columns.max(), rows.max()) == (30, 60, 119, 209)  # ten times as large
    assert not panel[100, 70].any()  # nothing inside


def test_frames_are_outlines_of_one_color():
    _, (ax,) = figures.row(1)
    (patch,) = boxes.frames(ax, {boxes.TRUE: torch.tensor([3, 6, 12, 21])}).patches
    assert patch.get_bbox().bounds == (2.5, 5.5, 9, 15)  # pixel 3 begins at 2.5 on the axes
    assert patch.get_edgecolor()[:3] == to_rgb(boxes.TRUE)
    assert not patch.get_fill()


@pytest.fixture(scope="module")
def shown():
    scene = Scenes("pair", "test", n=6)[5]
    truth = dict(zip(("left", "right"), boxes.around(scene["plants"]), strict=True))
    start = {"class_": scene["kinds"][0], "threshold": 0.4}
    widget = boxes.class_and_threshold(
        weights.load("pots"), scene["image"], truth, classes=KINDS, start=start, alt="Two plants and a box."
    )
    return scene, widget


def test_the_explorer_begins_where_it_is_told_and_finds_the_plant_asked_for(shown):
    scene, widget = shown
    assert widget.state == {"class_": scene["kinds"][0], "threshold": 0.4}
    left, right = (float(part.split("≈ ")[1].rstrip(", ")) for part in widget.text.split("with the ")[1:])
    assert left > 0.5
    assert right < 0.1
    other = dict(widget.sweep("class_"))[KINDS[scene["kinds"][1]]]
    assert float(other.numbers.split("with the right ≈ ")[1]) > 0.5


def test_a_higher_threshold_leaves_less(shown):
    above = [float(f.numbers.split(": ≈ ")[1].split(" ")[0]) for _, f in shown[1].sweep("threshold")]
    assert above == sorted(above, reverse=True)
    assert above[0] > 2 * above[10]


def test_the_best_thresholds_of_both_plants_are_those_that_the_lesson_folds_away(shown):
    scene, widget = shown
    best = []
    for kind, side in zip(scene["kinds"], ("left", "right"), strict=True):
        widget.controls["class_"].value = kind
        frames = widget.sweep("threshold")
        found = {t: float(f.numbers.split(f"with the {side} ≈ ")[1].split(",")[0]) for t, f in frames}
        best.append(max(found, key=found.get))
    assert best == ["0.55", "0.30"]
