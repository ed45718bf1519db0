"""A folder of the reader's own pictures as a data set, among them the public photographs of pot plants."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from cam_course.pots.names import KINDS
from cam_course.pots.places import POT_PLANTS

from .fitting import Fitted, fit
from .listing import Listing, listed, part
from .reading import read

POT_PLANTS_SIDE = 256  # of the public photographs, and of the networks trained on them


class Labeled(TypedDict):
    """One picture of a folder, as a model takes it."""

    image: Tensor  # (3, h, w)
    label: int  # index into classes


class Pictures(Dataset[Labeled]):
    """Pictures of a folder, each read when asked for; made by `folder` or `pot_plants`.

    Attributes:
        classes: their names; a label is an index into them.
        files: the pictures, in the order of the data set.
        labels: of each.
        skipped: files that are no pictures by their names.
    """

    def __init__(self, listing: Listing, to: object, crop: bool) -> None:
        self.classes, self.files, self.labels = listing.classes, listing.files, listing.labels
        self.skipped, self._to, self._crop = listing.skipped, to, crop

    def __len__(self) -> int:
        """How many pictures."""
        return len(self.files)

    def __repr__(self) -> str:
        """What is in it."""
        return f"Pictures(n={len(self)}, classes={list(self.classes)})"

    def __getitem__(self, index: int) -> Labeled:
        """Picture `index` as the model takes it, and its class; negative indices count from the end.

        Raises:
            IndexError: no such picture.
            ValueError: a file that cannot be read, with its name and the reason.
        """
        return {"image": self.fitted(index).image, "label": self.labels[self._position(index)]}

    def picture(self, index: int) -> Image.Image:
        """The original, upright, RGB.

        Raises:
            IndexError: no such picture.
            ValueError: a file that cannot be read, with its name and the reason.
        """
        return read(self.files[self._position(index)])

    def fitted(self, index: int) -> Fitted:
        """The picture with the way back from a map: ``pictures.fitted(0).overlay(map)``.

        Raises:
            IndexError: no such picture.
            ValueError: a file that cannot be read, with its name and the reason.
        """
        return fit(self.picture(index), self._to, crop=self._crop)

    def batch(self, indices: Iterable[int] | None = None) -> dict[str, Tensor]:
        """Several pictures stacked: ``image`` (N, 3, h, w) and ``label`` (N,).

        Args:
            indices: which; all by default.

        Raises:
            IndexError: no such picture.
            ValueError: no index at all; a file that cannot be read.
        """
        wanted = list(range(len(self)) if indices is None else indices)
        if not wanted:
            raise ValueError("expected at least one index, got none; batch() without indices takes all pictures")
        items = [self[index] for index in wanted]
        return {
            "image": torch.stack([item["image"] for item in items]),
            "label": torch.tensor([item["label"] for item in items]),
        }

    def _position(self, index: int) -> int:
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(f"expected an index of {-len(self)}…{len(self) - 1}, got {index}; {self!r} has no more")
        return at


def folder(
    path: str | os.PathLike,
    to: object = 128,
    *,
    split: str | None = None,
    classes: Sequence[str] | None = None,
    crop: bool = True,
) -> Pictures:
    """The pictures of a folder as a data set, in one of two layouts.

    ``2_anything.jpg``: the number before the first underscore is the class, as in the public pot plants.
    ``cat/anything.jpg``: a folder for each class, as ImageNet comes. Other files are passed over, see `.skipped`.

    Args:
        path: of the folder.
        to: a side in pixels or a transform, see `fit`.
        split: "train", "val" or "test", where the folder holds folders of these names.
        classes: names of the classes; by default the numbers, or the names of the folders in alphabetical order.
        crop: see `fit`.

    Raises:
        FileNotFoundError: no such folder, or no picture in it.
        ValueError: both layouts or neither; a file or folder of no class; a split that is not there.
        TypeError: a path of another type, or classes as one text.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"expected the path of a folder, got {type(path).__name__}; one picture is read by images.read")
    if isinstance(classes, str):
        raise TypeError(f"expected classes as a list of names, got {classes!r}; write [{classes!r}, ...]")
    return Pictures(listed(part(Path(path), split), classes), to, crop)


def pot_plants(split: str = "test", to: object = POT_PLANTS_SIDE) -> Pictures:
    """The public photographs of pot plants, where the reader has put them: in ``data/pot_plants/SPLIT/``.

    Args:
        split: "train", "val" or "test".
        to: a side in pixels or a transform, see `fit`.

    Raises:
        FileNotFoundError: they are not there; data/README.md tells how to get them.
        ValueError: a split that is not there, or a file of another naming.
    """
    if not POT_PLANTS.is_dir():
        raise FileNotFoundError(
            "expected the public photographs in data/pot_plants, got no such folder; data/README.md tells how to get "
            "them, and pots.Scenes(...) renders others meanwhile"
        )
    return folder(POT_PLANTS, to, split=split, classes=KINDS)
