import numpy as np
import pytest

from cam_course.pots import Scenes, kept
from cam_course.pots.scene import render


@pytest.fixture
def cache(tmp_path, monkeypatch):
    for function in (kept.read, kept.keep):
        monkeypatch.setitem(function.__kwdefaults__, "cache", tmp_path)
    monkeypatch.setattr(kept, "FEWEST", 4)
    return tmp_path


def same(a, b):
    return np.array_equal(a.pixels, b.pixels) and np.array_equal(a.owner, b.owner) and a.placements == b.placements


def test_what_is_kept_is_what_was_drawn(cache, monkeypatch):
    first = Scenes("uneven", "val", n=5, size=32)
    first.batch(progress=False)
    with monkeypatch.context() as patch:
        patch.setattr("cam_course.pots.dataset.run", lambda draw, missing, *_: [1 / 0 for _ in missing])  # no drawing
        again = Scenes("uneven", "val", n=5, size=32)
        again.batch(progress=False)
    assert all(same(again.scene(i), render("uneven", "val", i, 32)) for i in range(5))


def test_another_renderer_another_size_or_another_number_reads_nothing(cache, monkeypatch):
    Scenes("pair", "val", n=5, size=32).batch(progress=False)
    assert len(kept.read("pair", "val", 5, 32)) == 5
    assert kept.read("pair", "val", 5, 48) == kept.read("pair", "val", 6, 32) == kept.read("pair", "test", 5, 32) == []
    monkeypatch.setattr(kept, "renderer_digest", lambda: "another")
    assert kept.read("pair", "val", 5, 32) == []


@pytest.mark.parametrize("damage", [b"", b"not a zip file", None])
def test_a_damaged_file_is_drawn_anew(cache, damage):
    Scenes("pair", "val", n=5, size=32).batch(progress=False)
    (file,) = (cache / "scenes").iterdir()
    file.write_bytes(file.read_bytes()[:-500] if damage is None else damage)
    scenes = Scenes("pair", "val", n=5, size=32)
    scenes.batch(progress=False)
    assert same(scenes.scene(3), render("pair", "val", 3, 32))
    assert len(kept.read("pair", "val", 5, 32)) == 5


def test_parts_and_small_sets_are_not_kept(cache):
    Scenes("pair", "val", n=9, size=32).batch([0, 1, 2, 3, 4], progress=False)
    Scenes("pair", "val", n=3, size=32).batch(progress=False)
    assert not (cache / "scenes").exists()


def test_a_disk_that_takes_nothing_stops_nobody(cache, monkeypatch):
    def refuse(*_, **__):
        raise OSError("read-only file system")

    monkeypatch.setattr(kept, "write", refuse)
    assert Scenes("pair", "val", n=5, size=32).batch(progress=False)["image"].shape == (5, 3, 32, 32)
