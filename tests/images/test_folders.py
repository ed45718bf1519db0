"""A folder of the reader's becomes a data set, in either layout, and a folder that does not is told why."""

import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import transforms

from cam_course import images
from cam_course.images import folders
from cam_course.pots import KINDS
from tests.images.files import BLUE, GREEN, RED, WHITE, as_file, saved


def lay(top, files):
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(saved(Image.new("RGB", (20, 10), content), "PNG") if isinstance(content, tuple) else content)
    return top


NUMBERED = {"0_b.png": RED, "0_a.PNG": GREEN, "2_x_1.png": BLUE, "notes.txt": b"", ".DS_Store": b"", ".2_y.png": b""}
FOLDERS = {"cat/1.png": RED, "cat/2.png": GREEN, "ant/1.png": BLUE, "ant/Thumbs.db": b"", "README.md": b""}


def test_files_named_after_their_class(tmp_path):
    pictures = images.folder(lay(tmp_path, NUMBERED), 8)
    assert [file.name for file in pictures.files] == ["0_a.PNG", "0_b.png", "2_x_1.png"]
    assert pictures.labels == (0, 0, 2)
    assert pictures.classes == ("0", "1", "2")
    assert [file.name for file in pictures.skipped] == ["notes.txt"]
    assert len(pictures) == 3
    item = pictures[-1]
    assert item["label"] == 2
    assert item["image"].shape == (3, 8, 8)
    assert item["image"][:, 4, 4].tolist() == [0, 0, 1]


def test_a_folder_for_each_class(tmp_path):
    pictures = images.folder(str(lay(tmp_path, FOLDERS)), 8)
    assert pictures.classes == ("ant", "cat")
    assert pictures.labels == (0, 1, 1)
    assert [file.name for file in pictures.skipped] == ["Thumbs.db"]
    assert repr(pictures) == "Pictures(n=3, classes=['ant', 'cat'])"
    ordered = images.folder(tmp_path, 8, classes=["cat", "dog", "ant"])  # as the model orders them
    assert ordered.labels == (2, 0, 0)


def test_batches_and_data_loaders(tmp_path):
    pictures = images.folder(lay(tmp_path, FOLDERS), 8)
    batch = pictures.batch([2, 0])
    assert batch["label"].tolist() == [1, 0]
    assert batch["image"][:, :, 0, 0].tolist() == [[0, 1, 0], [0, 0, 1]]
    (loaded,) = DataLoader(pictures, batch_size=3)
    assert torch.equal(loaded["image"], pictures.batch()["image"])
    assert loaded["label"].tolist() == [0, 1, 1]
    with pytest.raises(ValueError, match="expected at least one index, got none"):
        pictures.batch([])
    for index in (3, -4):
        with pytest.raises(IndexError, match=rf"expected an index of -3…2, got {index}"):
            pictures[index]


def test_the_way_back_to_the_photo(tmp_path):
    pictures = images.folder(lay(tmp_path, FOLDERS), 8)
    assert pictures.picture(0).size == pictures.fitted(0).overlay(torch.rand(8, 8)).size == (20, 10)
    assert pictures.fitted(0).box == (5, 0, 15, 10)
    assert images.folder(tmp_path, 8, crop=False).fitted(0).box == (0, 0, 20, 10)


def test_the_models_own_transform(tmp_path):
    halved = transforms.Compose([transforms.Resize((5, 10)), transforms.ToTensor(), transforms.Normalize([0.5], [0.5])])
    pictures = images.folder(lay(tmp_path, FOLDERS), halved)
    assert pictures[0]["image"].shape == (3, 5, 10)
    assert pictures[0]["image"][:, 0, 0].tolist() == [-1, -1, 1]


def test_splits_are_chosen_not_taken_for_classes(tmp_path):
    lay(tmp_path / "train", NUMBERED)
    lay(tmp_path / "test", {"1_a.png": WHITE})
    with pytest.raises(ValueError, match="expected one of the splits of .*, got none; pass split='test'"):
        images.folder(tmp_path)
    assert images.folder(tmp_path, split="test").labels == (1,)
    assert len(images.folder(tmp_path / "train")) == 3
    with pytest.raises(ValueError, match="out of 'test', 'train', got 'tset'; did you mean 'test'"):
        images.folder(tmp_path, split="tset")
    with pytest.raises(ValueError, match="got '../test'"):
        images.folder(tmp_path / "train", split="../test")


@pytest.mark.parametrize(
    ("files", "options", "error", "message"),
    [
        ({}, {}, FileNotFoundError, "expected pictures in .*, got nothing; give either files named"),
        ({"a.txt": b""}, {}, FileNotFoundError, "got 'a.txt'; give either"),
        ({"a/x.heic": b""}, {}, FileNotFoundError, "got 'a'; give either"),
        ({"plant.png": RED}, {}, ValueError, "begins with the number of its class, got 'plant.png'"),
        ({"-1_a.png": RED}, {}, ValueError, "got '-1_a.png'"),
        ({"0_a.png": RED, "cat/1.png": RED}, {}, ValueError, "got pictures beside folders of pictures"),
        (NUMBERED, {"classes": ["a", "b"]}, ValueError, "class numbers from 0 to 1, got 2 in '2_x_1.png'"),
        (FOLDERS, {"classes": ["cat", "aunt"]}, ValueError, "class for the folder.*got 'ant'; did you mean 'aunt'"),
        (FOLDERS, {"classes": "cat"}, TypeError, r"classes as a list of names, got 'cat'"),
    ],
)
def test_a_folder_that_is_no_data_set(tmp_path, files, options, error, message):
    with pytest.raises(error, match=message):
        images.folder(lay(tmp_path, files), **options)


def test_a_path_that_is_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected a folder of pictures at 'none', got nothing there"):
        images.folder(tmp_path / "none")
    (tmp_path / "a.png").write_bytes(as_file("PNG"))
    with pytest.raises(FileNotFoundError, match="got a file"):
        images.folder(tmp_path / "a.png")
    with pytest.raises(TypeError, match="expected the path of a folder, got int"):
        images.folder(3)


def test_a_bad_picture_is_named_when_it_is_asked_for(tmp_path):
    pictures = images.folder(lay(tmp_path, {"0_a.png": RED, "0_b.png": b"<svg ></svg>"}), 8)
    assert pictures[0]["label"] == 0
    with pytest.raises(ValueError, match="0_b.png', got an SVG drawing"):
        pictures[1]


def test_the_public_photographs_in_their_place(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "POT_PLANTS", tmp_path / "pot_plants")
    with pytest.raises(FileNotFoundError, match="data/pot_plants, got no such folder; data/README.md tells how"):
        images.pot_plants()
    lay(tmp_path / "pot_plants", {"test/3_123.png": RED, "train/0_1.png": RED, "train/1_1.png": RED})
    pictures = images.pot_plants("train")
    assert (pictures.classes, pictures.labels) == (KINDS, (0, 1))
    assert images.pot_plants()[0]["image"].shape == (3, 256, 256)
    assert pictures.classes[images.pot_plants()[0]["label"]] == "yuki"
