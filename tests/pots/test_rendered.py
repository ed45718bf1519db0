"""The truth that is kept beside the pictures is that of the scenes."""

import torch

from cam_course.pots import Scenes
from cam_course.pots.rendered import several, truth


def test_the_truth_is_that_of_the_scenes(tmp_path):
    known, scenes = truth("mixed", "val", 8, 48, cache=tmp_path), Scenes("mixed", "val", n=8, size=48)
    assert len({len(scenes[i]["kinds"]) for i in range(8)}) > 1
    for i in range(8):
        item, count = scenes[i], len(scenes[i]["kinds"])
        assert torch.equal(known["image"][i].float() / 255, item["image"])
        assert known["kinds"][i].tolist() == [*item["kinds"], *[-1] * (4 - count)]
        assert known["colors"][i].tolist() == [*item["colors"], *[-1] * (4 - count)]
        assert torch.equal(known["boxes"][i, :count], item["boxes"].float()) and known["boxes"][i, count:].sum() == 0
        assert torch.equal(known["owner"][i] == 1, item["plants"][0])


def test_it_is_rendered_once(tmp_path, monkeypatch):
    first = truth("distinct", "val", 3, 32, cache=tmp_path)
    monkeypatch.setattr("cam_course.pots.rendered.Scenes", None)  # rendering again would fail
    again = truth("distinct", "val", 3, 32, cache=tmp_path)
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert first["kinds"].dtype == torch.int64 and first["owner"].dtype == torch.uint8


def test_several_regimes_stand_one_after_the_other(tmp_path):
    images, scenes = several({"pair": 2, "distinct": 3}, "val", 32, cache=tmp_path)
    items = [Scenes(regime, "val", n=n, size=32)[i] for regime, n in (("pair", 2), ("distinct", 3)) for i in range(n)]
    assert [(list(item["kinds"]), list(item["colors"])) for item in items] == [
        (kinds, colors) for kinds, colors in scenes
    ]
    assert torch.equal(images.float() / 255, torch.stack([item["image"] for item in items]))
