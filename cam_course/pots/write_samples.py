"""Write the scenes that come as files: ``python -m cam_course.pots.write_samples``."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from . import manifest
from .dataset import boxes
from .layout import caption, lay_out, seeds
from .names import COLORS, KINDS
from .places import SAMPLES
from .scene import Scene, render
from .stored import LIST, SAMPLED

SPLIT = "test"
# Of owners 0…8: black for the room, then a plant and its pot in turn; told apart with any color vision.
PALETTE = "000000 0072b2 e69f00 009e73 cc79a7 56b4e9 d55e00 f0e442 999999"


def first_index(regime: str, kind: int) -> int:
    """The first test picture of a regime whose first plant is of a kind."""
    layouts = ((i, lay_out(regime, np.random.default_rng(seeds(regime, SPLIT, i)[0]))) for i in count())
    return next(i for i, placements in layouts if placements[0].kind == kind)


def _write_one(name: str, regime: str, index: int, folder: Path) -> dict[str, Any]:
    scene = render(regime, SPLIT, index)
    Image.fromarray(scene.pixels).save(folder / f"{name}.png", optimize=True)
    owner = Image.fromarray(scene.owner)
    owner.putpalette(bytes.fromhex(PALETTE))
    owner.save(folder / f"{name}.owner.png", optimize=True)
    return {"image": f"{name}.png", "owner": f"{name}.owner.png", **_entry(scene, regime, index)}


def _entry(scene: Scene, regime: str, index: int) -> dict[str, Any]:
    return {
        "regime": regime,
        "split": SPLIT,
        "index": index,
        "label": KINDS[scene.placements[0].kind],
        "kinds": [KINDS[p.kind] for p in scene.placements],
        "colors": [COLORS[p.color] for p in scene.placements],
        "boxes": boxes(scene.plants | scene.pots).tolist(),
        "caption": caption(scene.placements),
    }


def write(folder: Path = SAMPLES) -> None:
    """Render the samples and write pictures, masks and list."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = {}
    for regime in SAMPLED:
        for kind, word in enumerate(KINDS):
            name = f"{regime}_{word}"
            entries[name] = _write_one(name, regime, first_index(regime, kind), folder)
    (folder / LIST).write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
    manifest.main()
