"""Explorers of pixels and detections: what they say is what the network says."""

import pytest
import torch

from cam_course.lesson.pixels import SIDE, colored, crossed, detection, named, one_pixel, pixel, three_views
from cam_course.pots import KINDS, Scenes
from cam_course.pots.detector import PotDetector
from cam_course.pots.unet import PotUNet


@pytest.fixture(scope="module")
def item():
    return Scenes("pair", "test", n=18)[17]


def test_a_region_of_one_pixel():
    mask = one_pixel((3, 4), 2, 1)
    assert mask.sum() == 1 and mask[2, 1]


def test_the_background_keeps_its_picture_and_a_class_gets_a_color():
    image = torch.full((3, 1, 2), 0.5)
    pixels = colored(image, torch.tensor([[0, 1]]))
    assert pixels[:, 0, 0].tolist() == [0.5, 0.5, 0.5]
    blue = torch.tensor([31.0, 119.0, 180.0]) / 255  # the first color of tab10
    torch.testing.assert_close(pixels[:, 0, 1], 0.05 + 0.9 * blue, rtol=0, atol=1e-3)


def test_a_ring_stands_where_the_pixel_is():
    white = torch.full((10, 10, 3), 255, dtype=torch.uint8).numpy()
    marked = crossed(white, row=7, column=2)
    changed = torch.from_numpy(marked.copy()).sum(-1) < 700
    rows, columns = changed.nonzero(as_tuple=True)
    assert marked.shape == (SIDE, SIDE, 3)
    assert float(rows.double().mean()) == pytest.approx(7.5 * SIDE / 10, abs=2)
    assert float(columns.double().mean()) == pytest.approx(2.5 * SIDE / 10, abs=2)


def test_three_views_have_a_box_for_each_thing(item):
    logits = torch.zeros(1, 6, 128, 128)
    logits[0, 2, :9], logits[0, 5, 9:20] = 1, 1
    detected = {"boxes": item["boxes"], "labels": torch.tensor(item["kinds"]), "scores": torch.tensor([0.9, 0.25])}
    fig = three_views(item, logits, detected, ["room", *KINDS, "pot"])
    assert [len(ax.patches) for ax in fig.axes] == [0, 0, 2]
    assert fig.axes[1].get_title() == f"orange {KINDS[1]}, purple pot"
    assert [text.get_text()[-4:] for text in fig.axes[2].texts] == ["0.90", "0.25"]
    assert fig.axes[0].get_title().replace("\n", " ") == item["caption"]


def test_twins_get_a_number():
    assert named({"kinds": (1, 0, 1)}) == [f"{KINDS[1]} 1", KINDS[0], f"{KINDS[1]} 2"]


def test_the_pixel_s_class_and_light_are_told(item):
    torch.manual_seed(0)
    net = PotUNet(widths=(4, 4, 4, 4)).eval()
    names = ["room", *KINDS, "pot"]
    shown = pixel(
        net, item, names, layer="up.0", methods=["HiResCAM"], start={"row": 64, "column": 32}, alt="One pixel's map."
    )
    kind = int(net(item["image"][None])[0, :, 64, 32].argmax())
    assert f"row 64, column 32: {names[kind]} (logit ≈ " in shown.text
    assert "share of the map: HiResCAM: " in shown.text and "a uniform map: " in shown.text
    assert len(shown.sweep("row")) == 32


def test_the_detection_s_score_is_told(item):
    torch.manual_seed(0)
    net = PotDetector(widths=(4, 4, 4, 4), threshold=0.0).eval()
    with torch.no_grad():
        (found,) = net(item["image"][None])
    own = {**item, "boxes": found["boxes"][:2], "kinds": tuple(found["labels"][:2].tolist())}
    layers = {"last": "neck.2", "first": "neck.0"}
    start = {"thing": 1, "layer": "neck.0"}
    shown = detection(net, own, layers=layers, methods=["LayerCAM"], start=start, alt="One detection's map.")
    assert f"{named(own)[1]} (score ≈ {float(found['scores'][1]):.2f}) at neck.0; share of the map" in shown.text
    assert [label for label, _ in shown.sweep("layer")] == ["last", "first"]
