import pytest
import torch

from cam_course import metrics, weights
from cam_course.lesson import judging
from cam_course.pots import Scenes


@pytest.fixture(scope="module")
def scenes():
    batch = Scenes("random", "test", n=200).batch(range(3), progress=False)
    return weights.load("pots"), batch["image"], batch["label"], batch["plant"]


@pytest.fixture(scope="module")
def maps(scenes):
    model, images, labels, _ = scenes
    return judging.entries(model, images, labels, few=2)


def test_the_contest_has_twelve_entries_and_score_cam_explains_few(maps):
    assert len(maps) == 12
    assert {name: tuple(m.shape) for name, m in maps.items() if len(m) == 2} == {"Score-CAM": (2, 128, 128)}
    assert not torch.equal(maps["LayerCAM"], maps["early LayerCAM"])


def test_each_measure_is_the_packages_own(scenes):
    model, images, labels, masks = scenes
    blob = metrics.centered_gaussian(images) + 0.01 * metrics.edges(images)  # no equal values
    found = judging.judged(model, images, labels, masks, {"blob": blob})
    assert list(found) == list(judging.MEASURES)
    assert torch.equal(found["energy"]["blob"], metrics.energy_inside(blob, masks))
    assert torch.equal(found["IoU"]["blob"], metrics.iou(blob, masks, 0.5))
    plain = metrics.deletion(model, images, blob, labels, steps=judging.STEPS, progress=False).area
    torch.testing.assert_close(found["deletion"]["blob"], plain, rtol=0, atol=1e-3)
    assert list(judging.judged(model, images, labels, masks, {"blob": blob}, only=["energy"])) == ["energy"]


def test_who_leads_is_the_smallest_in_deletion_and_near_ties_are_shared():
    high, low = torch.tensor([0.9, 0.7]), torch.tensor([0.1, 0.3])
    scores = {"energy": {"a": high, "b": low}, "deletion": {"a": high, "b": low}, "IoU": {"a": low, "b": low + 0.01}}
    assert judging.leading(scores) == {"a": ["energy", "IoU"], "b": ["deletion", "IoU"]}
    assert judging.leading(scores, within=0.001) == {"a": ["energy"], "b": ["deletion", "IoU"]}


def test_the_table_has_a_head_and_a_row_for_each_map(capsys):
    judging.table(
        {
            "energy": {"a": torch.tensor([0.5]), "b": torch.tensor([0.25])},
            "IoU": {"a": torch.ones(1), "b": torch.zeros(1)},
        }
    )
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["energy", "IoU"]
    assert first.split() == ["a", "≈", "0.50", "≈", "1.00"]
    assert second.split() == ["b", "≈", "0.25", "≈", "0.00"]


def test_the_tables_heads_are_split_at_a_colon(capsys):
    judging.table({name: {"a": torch.ones(1)} for name in ("rank: all", "SSIM: picture")})
    above, below, row = capsys.readouterr().out.splitlines()
    assert (above.split(), below.split()) == (["rank", "SSIM"], ["all", "picture"])
    assert len(above) == len(below) == len(row) == 20 + 2 * 11


def test_score_cam_costs_one_pass_per_channel_and_grad_cam_one(scenes):
    model, images, *_ = scenes
    assert judging.passes(model, images[:1], "Grad-CAM") == 1
    assert judging.passes(model, images[:1], "Guided Grad-CAM") == 2
    assert 97 <= judging.passes(model, images[:1], "Score-CAM") <= 105


def test_a_map_that_asks_no_network_stays_what_it_was(scenes):
    model, images, labels, _ = scenes
    alike, kept = judging.sanity(model, images, labels, {"edges": judging.edges, "g": "grad_cam"}, ["fc", "stages.3"])
    assert tuple(alike) == judging.SANITY
    assert alike["rank: all"]["edges"].tolist() == pytest.approx([1.0] * 3)
    assert float(alike["rank: all"]["g"].mean()) < 0.9
    assert kept["g"].shape == (3, 3, 128, 128)


def test_greenness_sees_green_only():
    colors = torch.zeros(3, 3, 20, 20)
    for i in range(3):
        colors[i, i] = 1.0  # red, green, blue
    assert judging.greenness(colors).amax((1, 2)).tolist() == pytest.approx([0.0, 1.0, 0.0], abs=1e-5)


def test_one_bright_pixel_does_not_hide_the_others():
    heatmap = torch.linspace(0, 1, 10000).view(100, 100)
    heatmap[0, 0] = 100
    assert float(judging.visible(heatmap).max()) == pytest.approx(0.99, abs=0.01)
    assert judging.visible(torch.eye(200)).equal(torch.eye(200))  # nearly empty: as it is


def test_the_widget_names_the_best_and_the_worst_of_a_picture(scenes):
    _, images, *_ = scenes
    maps = {name: torch.rand(3, 128, 128, generator=torch.Generator().manual_seed(i)) for i, name in enumerate("abc")}
    values = {name: torch.tensor([i, 2.0 - i, 1.0]) for i, name in enumerate("abc")}
    scores = {measure: values for measure in judging.MEASURES}
    shown = judging.contest(images, maps, scores, alt="A plant and two maps.", start={"measure": "energy", "number": 0})
    assert "large is good. From best to worst: c ≈ 2.00, b ≈ 1.00, a ≈ 0.00" in shown.text
    shown.controls["measure"].value = "deletion"
    assert "small is good. From best to worst: a ≈ 0.00, b ≈ 1.00, c ≈ 2.00" in shown.text
    shown.controls["number"].value = 1
    assert "From best to worst: c ≈ 0.00" in shown.text
