"""The data set: items, batches, boxes, and refusals."""

import numpy as np
import pytest
import torch

from cam_course.pots import COLORS, KINDS, Scenes
from cam_course.pots.dataset import boxes, to_image
from cam_course.pots.parallel import LONG, run


@pytest.fixture(scope="module")
def pairs():
    return Scenes("pair", "test", n=6, size=64)


def test_an_item_is_the_picture_and_its_truth(pairs):
    item = pairs[2]
    assert item["image"].dtype == torch.float32 and item["image"].shape == (3, 64, 64)
    assert 0 <= item["image"].min() < 0.3 and 0.7 < item["image"].max() <= 1
    assert item["label"] == item["kinds"][0] and type(item["label"]) is int
    assert item["plants"].dtype == item["pots"].dtype == torch.bool
    assert item["plants"].shape == item["pots"].shape == (2, 64, 64)


def test_bytes_become_floats_channel_by_channel():
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[1, 2] = 255, 51, 0
    assert to_image(pixels)[:, 1, 2].tolist() == pytest.approx([1, 0.2, 0])
    assert to_image(pixels).sum().item() == pytest.approx(1.2)


def test_caption_matches_kinds_and_colors():
    for regime in ("random", "pair", "multi"):
        for item in map(Scenes(regime, "val", n=5, size=32).__getitem__, range(5)):
            said = [f"a {KINDS[k]} in a {COLORS[c]} pot" for k, c in zip(item["kinds"], item["colors"], strict=True)]
            assert item["caption"] == " next to ".join(said)


def test_boxes_hold_plant_and_pot_and_nothing_more(pairs):
    for item in map(pairs.__getitem__, range(6)):
        for mask, (x0, y0, x1, y1) in zip(item["plants"] | item["pots"], item["boxes"].tolist(), strict=True):
            assert mask[y0:y1, x0:x1].sum() == mask.sum()
            assert mask[y0].any() and mask[y1 - 1].any() and mask[:, x0].any() and mask[:, x1 - 1].any()


def test_boxes_of_single_pixels():
    masks = np.zeros((2, 3, 4), bool)
    masks[0, 0, 3] = masks[1, 2, 0] = masks[1, 1, 1] = True
    assert boxes(masks).tolist() == [[3, 0, 4, 1], [0, 1, 2, 3]]
    with pytest.raises(ValueError, match="expected masks with at least one pixel each, got an empty one"):
        boxes(np.zeros((1, 3, 3), bool))


def test_an_image_does_not_depend_on_how_many_there_are(pairs):
    assert torch.equal(Scenes("pair", "test", n=2, size=64)[1]["image"], pairs[1]["image"])


def test_a_batch_stacks_items_and_joins_their_masks(pairs):
    batch = pairs.batch([4, 0, 4])
    for row, index in enumerate([4, 0, 4]):
        item = pairs[index]
        assert torch.equal(batch["image"][row], item["image"]) and batch["label"][row] == item["label"]
        assert torch.equal(batch["plant"][row], item["plants"].any(0))
        assert torch.equal(batch["pot"][row], item["pots"].any(0))


def test_batch_without_indices_takes_all(pairs):
    assert len(pairs.batch()["label"]) == len(pairs) == 6


def test_negative_indices_count_from_the_end_and_iteration_ends(pairs):
    assert torch.equal(pairs[-1]["image"], pairs[5]["image"])
    assert sum(1 for _ in pairs) == 6


def test_a_torch_loader_reads_it():
    loader = torch.utils.data.DataLoader(Scenes("random", "val", n=4, size=32), batch_size=None)
    assert [item["image"].shape[0] for item in loader] == [3, 3, 3, 3]


def test_what_is_changed_by_a_reader_does_not_come_back():
    scenes = Scenes("random", "val", n=1, size=32)
    scenes[0]["image"].zero_()
    scenes[0]["plants"].zero_()
    assert scenes[0]["image"].max() > 0.5 and scenes[0]["plants"].any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"regime": "biasd", "split": "test"}, "did you mean 'biased'?"),
        ({"regime": "pair", "split": "tset"}, "did you mean 'test'?"),
        ({"regime": "pair", "split": "test", "n": 0}, "expected n to be a whole number of at least 1, got 0"),
        ({"regime": "pair", "split": "test", "n": 2.0}, "expected n to be a whole number of at least 1, got 2.0"),
        ({"regime": "pair", "split": "test", "size": 16}, "expected size to be 32…1024 pixels, got 16"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError) as error:
        Scenes(**arguments)
    assert message in str(error.value)


@pytest.mark.parametrize("index", [6, -7])
def test_an_index_out_of_range_is_refused(pairs, index):
    with pytest.raises(IndexError, match=rf"expected an index of -6…5, got {index}"):
        pairs[index]


def test_an_empty_batch_is_refused(pairs):
    with pytest.raises(ValueError, match="expected at least one index, got none"):
        pairs.batch([])


def test_several_processes_give_the_results_in_order():
    indices = range(LONG + 1, 0, -1)
    assert run(abs, indices, 2, False, "") == list(indices) == run(abs, indices, 0, False, "")


def test_a_bar_shows_where_there_is_much_to_do(capsys):
    run(abs, range(LONG), 0, None, "few")
    run(abs, range(LONG + 1), 0, None, "many")
    shown = capsys.readouterr().err
    assert "many" in shown and "few" not in shown
