"""Which files of a folder are pictures, and of which class: by the beginning of their names, or by their folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cam_course._checks import nearest

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
_SPLITS = {"train", "training", "val", "valid", "validation", "test"}
_NUMBERED = re.compile(r"(\d{1,4})_")  # as the public pot plants are named: 2_anything.jpg is of class 2
_LAYOUTS = "give either files named CLASSNUMBER_anything.jpg, or a folder for each class"


@dataclass(frozen=True)
class Listing:
    """The pictures of a folder in the order of their names, the class of each, and what was passed over."""

    files: tuple[Path, ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]
    skipped: tuple[Path, ...]


def listed(folder: Path, classes: Sequence[str] | None) -> Listing:
    """The pictures of a folder.

    Args:
        folder: that holds files named after their class's number, or a folder for each class.
        classes: names of the classes; by default the numbers, or the names of the folders in alphabetical order.

    Raises:
        FileNotFoundError: no such folder, or no picture in it.
        ValueError: both layouts or neither; a file or folder of no class.
    """
    entries = [entry for entry in _sorted(folder) if not entry.name.startswith(".")]
    files = [entry for entry in entries if entry.is_file()]
    folders = [entry for entry in entries if entry.is_dir()]
    pictures = [file for file in files if _is_picture(file)]
    if pictures and any(_is_picture(file) for inner in folders for file in inner.iterdir()):
        raise ValueError(f"expected one layout in {folder.name!r}, got pictures beside folders of pictures; {_LAYOUTS}")
    if pictures:
        return _by_name(files, classes)
    found = _by_folder(folders, classes)
    if not found.files:
        seen = ", ".join(repr(entry.name) for entry in entries[:3]) or "nothing"
        raise FileNotFoundError(f"expected pictures in {folder.name!r} ({', '.join(SUFFIXES)}), got {seen}; {_LAYOUTS}")
    return found


def part(folder: Path, split: str | None) -> Path:
    """The folder of a split, where there are several.

    Raises:
        FileNotFoundError: no such folder.
        ValueError: a split that is not there, or none where one must be chosen.
    """
    if not folder.is_dir():
        got = "a file" if folder.exists() else "nothing there"
        raise FileNotFoundError(f"expected a folder of pictures at {folder.name!r}, got {got}; check the path")
    splits = [entry.name for entry in _sorted(folder) if entry.is_dir() and entry.name.lower() in _SPLITS]
    if split is None and splits:
        raise ValueError(f"expected one of the splits of {folder.name!r}, got none; pass split={splits[0]!r}")
    if split is None:
        return folder
    if split not in splits:
        raise ValueError(nearest(split, splits, kind=f"split of {folder.name!r}"))
    return folder / split


def _sorted(folder: Path) -> list[Path]:
    return sorted(folder.iterdir(), key=lambda entry: entry.name)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def _by_name(files: list[Path], classes: Sequence[str] | None) -> Listing:
    pictures = [file for file in files if _is_picture(file)]
    labels = []
    for file in pictures:
        number = _NUMBERED.match(file.name)
        if not number:
            raise ValueError(f"expected a name that begins with the number of its class, got {file.name!r}; {_LAYOUTS}")
        labels.append(int(number[1]))
        if classes is not None and labels[-1] >= len(classes):
            raise ValueError(
                f"expected class numbers from 0 to {len(classes) - 1}, got {labels[-1]} in {file.name!r}; "
                "rename it, or give a name for each class"
            )
    names = tuple(classes) if classes is not None else tuple(map(str, range(max(labels) + 1)))
    return Listing(tuple(pictures), tuple(labels), names, tuple(file for file in files if not _is_picture(file)))


def _by_folder(folders: list[Path], classes: Sequence[str] | None) -> Listing:
    names = [folder.name for folder in folders] if classes is None else list(classes)
    for folder in folders:
        if folder.name not in names:
            raise ValueError(nearest(folder.name, names, kind="class for the folder"))
    inside = [file for folder in folders for file in _sorted(folder)]
    pictures = tuple(file for file in inside if _is_picture(file))
    labels = tuple(names.index(file.parent.name) for file in pictures)
    return Listing(pictures, labels, tuple(names), tuple(file for file in inside if not _is_picture(file)))
