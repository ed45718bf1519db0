"""The public models of Conor O'Sullivan's course on explainable computer vision, by name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..pots.architectures import ARCHITECTURES
from ..pots.names import nearest
from .digests import check, wanted
from .failures import OFFLINE
from .hub import from_hub
from .states import fit, read

REPOSITORY = "a-data-odyssey/XAI-for-CV-models"


@dataclass(frozen=True)
class PublicModel:
    """How to build a public model before it is filled.

    Attributes:
        architecture: key of `pots.architectures.ARCHITECTURES`.
        arguments: what its class is called with.
        side: of the pictures that it was trained on, in pixels; they are in 0…1.
    """

    architecture: str
    arguments: dict[str, Any]
    side: int


PUBLIC = {
    "pot_plant_classifier": PublicModel("CNN", {"num_classes": 4, "input_dim": 256}, 256),
    "pot_plant_classifier_gap": PublicModel("CNNWithGAP", {"num_classes": 4}, 256),
    "car_single_room": PublicModel("CNN", {"num_classes": 1, "input_dim": 224}, 224),
}


def build(name: str) -> nn.Module:
    """A public model before it is filled: random weights, eval mode.

    Args:
        name: key of `PUBLIC`.

    Raises:
        ValueError: there is none of this name; the nearest is offered.

    >>> build("pot_plant_classifier_gap").fc[1].out_features
    4
    """
    if name not in PUBLIC:
        raise ValueError(f"expected the name of a public model, got {name!r}; {nearest(name, list(PUBLIC))}")
    model = PUBLIC[name]
    with torch.random.fork_rng(devices=[]):
        return ARCHITECTURES[model.architecture](**model.arguments).eval()


def public(name: str, *, revision: str | None = None, sha256: str | None = None) -> nn.Module:
    """A public model from the Hub, in eval mode: the pot plants with and without GAP, or a car that steers in a room.

    The files belong to their author: the code of that course is under the MIT license; what holds for the weights,
    the repository's page says. Nothing of them comes with this course.

    Args:
        name: ``pot_plant_classifier`` or ``pot_plant_classifier_gap``, which take pictures of 256 pixels in 0…1 and
            score four plants, or ``car_single_room``, which takes 224 and gives one number.
        revision: as of `from_hub`.
        sha256: as of `from_hub`.

    Raises:
        ValueError, OSError: as `from_hub`, and an unknown name.
    """
    return from_hub(build(name), REPOSITORY, f"models/{name}/model.pth", revision=revision, sha256=sha256)


def from_file(module: nn.Module, path: str | Path, *, sha256: str | None = None) -> nn.Module:
    """A network of yours, filled from a file of yours: safetensors, or numbers saved by ``torch.save``.

    Args:
        module: what to fill; it is changed, and returned.
        path: of the file.
        sha256: of its content, to be checked where it is given.

    Raises:
        ValueError: other bytes, no weights, code in them, or weights of another network (the module stays as it was).
        OSError: it cannot be read.
    """
    expected, file = wanted(sha256), Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"expected a file of weights, got nothing at {file}; check the path")
    content = file.read_bytes()
    if expected:
        check(content, expected, file.name, said_by="as you gave it", remedy="get the file again")
    numbers = read(content, file.name, remedy=f"ask its author for safetensors; {OFFLINE}")
    return fit(module, numbers, file.name, remedy="build the network that the file was saved from")
