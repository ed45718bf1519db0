"""A few scenes that come as files, so that a first look needs no rendering."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from .dataset import Item, to_image
from .names import COLORS, KINDS, nearest
from .places import SAMPLES

LIST = "samples.json"
SAMPLED = ("random", "biased", "swapped", "multi", "uneven", "pair")  # the regimes that have samples


def sample(name: str, folder: Path = SAMPLES) -> Item:
    """One of the scenes that come as files, as an item of `Scenes`.

    Args:
        name: regime and first plant, as ``"random_rudo"``.
        folder: where the files are.

    Raises:
        ValueError: no such sample; the nearest is offered.
        FileNotFoundError: the files are missing.

    >>> sample("pair_baya")["caption"].split()[:2]
    ['a', 'baya']
    """
    known = _list(folder)
    if name not in known:
        raise ValueError(f"expected the name of a sample, got {name!r}; {nearest(name, list(known))}")
    return _item(known[name], folder)


def samples(folder: Path = SAMPLES) -> dict[str, Item]:
    """All scenes that come as files: four of each of six regimes, one for each kind of the first plant.

    Args:
        folder: where the files are.

    Raises:
        FileNotFoundError: the files are missing.

    >>> len(samples())
    24
    """
    return {name: _item(entry, folder) for name, entry in _list(folder).items()}


def _list(folder: Path) -> dict[str, dict[str, Any]]:
    file = folder / LIST
    if not file.is_file():
        remedy = "write the samples with 'python -m cam_course.pots.write_samples'"
        raise FileNotFoundError(f"expected data/samples/{LIST}, got no such file; {remedy}")
    return json.loads(file.read_text("utf-8"))


def _item(entry: dict[str, Any], folder: Path) -> Item:
    pixels, owner = (np.array(Image.open(folder / entry[key])) for key in ("image", "owner"))
    of = torch.from_numpy(owner)
    count = len(entry["kinds"])
    return {
        "image": to_image(pixels),
        "label": KINDS.index(entry["kinds"][0]),
        "plants": torch.stack([of == 2 * i + 1 for i in range(count)]),
        "pots": torch.stack([of == 2 * i + 2 for i in range(count)]),
        "kinds": tuple(KINDS.index(kind) for kind in entry["kinds"]),
        "colors": tuple(COLORS.index(color) for color in entry["colors"]),
        "boxes": torch.tensor(entry["boxes"]),
        "caption": entry["caption"],
    }
