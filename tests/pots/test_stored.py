"""The scenes that come as files are what the renderer draws, and are listed in the README."""

import json

import numpy as np
import pytest
import torch

from cam_course import pots
from cam_course.pots import KINDS, manifest
from cam_course.pots.places import DATA, SAMPLES
from cam_course.pots.scene import render
from cam_course.pots.stored import LIST, SAMPLED


def test_there_is_one_for_every_regime_and_kind():
    assert list(pots.samples()) == [f"{regime}_{kind}" for regime in SAMPLED for kind in KINDS]


@pytest.mark.parametrize("regime", SAMPLED)
def test_a_sample_is_the_picture_that_the_renderer_draws(regime):
    entry = json.loads((SAMPLES / LIST).read_text("utf-8"))[f"{regime}_greg"]
    item, scene = pots.sample(f"{regime}_greg"), render(regime, entry["split"], entry["index"])
    assert item["label"] == KINDS.index("greg") and entry["split"] == "test"
    apart = (item["image"] * 255).round() - torch.from_numpy(scene.pixels).permute(2, 0, 1)
    assert apart.abs().max() <= 1  # another machine may round differently
    assert (item["plants"].numpy() != scene.plants).mean() < 1e-3
    assert (item["pots"].numpy() != scene.pots).mean() < 1e-3


def test_a_sample_is_an_item_of_the_data_set():
    stored, drawn = pots.sample("pair_baya"), pots.Scenes("pair", "test", n=1, size=32)[0]
    assert stored.keys() == drawn.keys()
    assert [type(value) for value in stored.values()] == [type(value) for value in drawn.values()]
    assert [v.dtype for v in stored.values() if isinstance(v, torch.Tensor)] == [
        v.dtype for v in drawn.values() if isinstance(v, torch.Tensor)
    ]


def test_boxes_in_the_list_fit_the_masks_in_the_files():
    for item in pots.samples().values():
        for mask, (x0, y0, x1, y1) in zip((item["plants"] | item["pots"]).numpy(), item["boxes"].tolist(), strict=True):
            rows, columns = np.nonzero(mask)
            assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (x0, y0, x1, y1)


def test_an_unknown_sample_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="expected the name of a sample, got 'pair_bya'; did you mean 'pair_baya'?"):
        pots.sample("pair_bya")


def test_missing_samples_are_refused_with_the_remedy(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected data/samples/samples.json, got no such file; write the samp"):
        pots.samples(tmp_path)


def test_the_table_of_digests_in_the_readme_is_current():
    assert (DATA / "README.md").read_text("utf-8") == manifest.readme()


def test_the_table_of_digests_by_hand(tmp_path):
    (tmp_path / "README.md").write_text("intro\n" + manifest.MARK + "old\n", "utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "abc").write_bytes(b"abc")
    manifest.main(tmp_path)
    sha256_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4
    assert (tmp_path / "README.md").read_text("utf-8").endswith(f"| `sub/abc` | 3 | `{sha256_of_abc}` |\n")


def test_the_readers_own_photographs_are_not_in_the_table(tmp_path):
    (tmp_path / "pot_plants" / "test").mkdir(parents=True)
    (tmp_path / "pot_plants" / "test" / "0_1.jpg").write_bytes(b"mine")
    (tmp_path / "README.md").write_text(manifest.MARK, "utf-8")
    assert manifest.table(tmp_path) == "| file | bytes | SHA-256 |\n|---|---:|---|\n"


def test_a_readme_without_the_mark_is_refused(tmp_path):
    (tmp_path / "README.md").write_text("nothing", "utf-8")
    with pytest.raises(ValueError, match="expected data/README.md to hold the line <!-- sha256 -->, got none"):
        manifest.main(tmp_path)
