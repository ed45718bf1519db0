"""Networks with their weights, shipped or from elsewhere, every file verified before use."""

import json
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import nn

from .downloads.hub import from_hub
from .downloads.public import PUBLIC, from_file, public
from .downloads.ready import Pretrained, torchvision, torchvision_names
from .pots.architectures import ARCHITECTURES
from .pots.checkpoints import digest, seal
from .pots.names import nearest
from .pots.places import MODELS
from .pots.recipes import RECIPES

__all__ = [
    "PUBLIC",
    "Pretrained",
    "card",
    "fill",
    "from_file",
    "from_hub",
    "load",
    "names",
    "public",
    "torchvision",
    "torchvision_names",
]

_NEEDED = {"name", "architecture", "arguments", "sha256", "bytes", "seal"}


def names() -> list[str]:
    """The shipped networks, in the order in which the course meets them.

    >>> "pots" in names() and "pots_biased" in names()
    True
    """
    return list(RECIPES)


def card(name: str) -> dict[str, Any]:
    """What there is to know about a shipped network: architecture, data, seed, versions, figures, digest.

    Args:
        name: one of `names()`.

    Raises:
        ValueError: unknown name (the nearest is offered), or a card that was altered.
        FileNotFoundError: the card, or the folder of all of them, is missing.

    >>> card("pots_biased")["data"]["regime"]
    'biased'
    """
    if name not in names():
        raise ValueError(f"expected the name of a shipped network, got {name!r}; {nearest(name, names())}")
    file = MODELS / f"{name}.json"
    try:
        entries = json.loads(_read(file).decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"expected {_short(file)} to be JSON, got {error}; {_remedy(file)}") from error
    _check_card(entries, name, file)
    return entries


def load(name: str) -> nn.Module:
    """A shipped network in eval mode, on the CPU; it takes RGB images ``(N, 3, H, W)`` in 0…1.

    The file holds numbers only: reading it runs no code from it.

    Args:
        name: one of `names()`.

    Raises:
        ValueError: unknown name (the nearest is offered); a file that is truncated or altered, or does not fit.
        FileNotFoundError: a file is missing.

    >>> net = load("pots")
    >>> net.training, net.fc.out_features
    (False, 4)
    """
    about, file = card(name), MODELS / f"{name}.safetensors"
    content = _read(file)
    _check_digest(content, about["sha256"], file, expected_bytes=about["bytes"])
    with torch.random.fork_rng(devices=[]):  # initial weights are drawn, then replaced
        network = ARCHITECTURES[about["architecture"]](**about["arguments"])
    return fill(network, content, name=_short(file), remedy=_remedy(file)).eval()


def fill(module: nn.Module, content: bytes, *, name: str, remedy: str) -> nn.Module:
    """Put the numbers of a safetensors file into a module that has exactly these parameters and buffers.

    Args:
        module: what to fill; it is changed, and returned.
        content: of the file.
        name: of the file, for errors.
        remedy: what to do where it does not fit, for errors.

    Raises:
        ValueError: no safetensors file, or one with other names or shapes.
    """
    try:
        module.load_state_dict(safetensors.torch.load(content))
    except (SafetensorError, RuntimeError) as error:
        what = f"the weights of a {type(module).__name__}"
        raise ValueError(f"expected {name} to hold {what}, got: {error}; {remedy}") from error
    return module


def _read(file: Path) -> bytes:
    if not MODELS.is_dir():
        raise FileNotFoundError(
            f"expected the folder data/models beside the package, got nothing at {MODELS}; "
            "use the package from a clone of its repository (pip install -e .)"
        )
    if not file.is_file():
        raise FileNotFoundError(f"expected {_short(file)}, got no such file; {_remedy(file)}")
    return file.read_bytes()


def _check_card(entries: Any, name: str, file: Path) -> None:
    if not isinstance(entries, dict) or not entries.keys() >= _NEEDED:
        missing = _NEEDED - entries.keys() if isinstance(entries, dict) else _NEEDED
        without = ", ".join(sorted(missing))
        raise ValueError(f"expected {_short(file)} to be a card, got one without {without}; {_remedy(file)}")
    if entries["seal"] != seal(entries) or entries["name"] != name:
        raise ValueError(f"expected the card {_short(file)} as it was written, got an altered one; {_remedy(file)}")
    if entries["architecture"] not in ARCHITECTURES:
        known = nearest(entries["architecture"], list(ARCHITECTURES))
        raise ValueError(f"expected a known architecture, got {entries['architecture']!r}; {known}")


def _check_digest(content: bytes, expected: str, file: Path, *, expected_bytes: int) -> None:
    if digest(content) == expected:
        return
    state = f"{len(content)} of {expected_bytes} bytes" if len(content) != expected_bytes else "other content"
    raise ValueError(f"expected {_short(file)} with SHA-256 {expected[:12]}…, got {state}; {_remedy(file)}")


def _short(file: Path) -> str:
    return f"data/models/{file.name}"


def _remedy(file: Path) -> str:
    return (
        f"restore it with 'git checkout -- data/models/{file.stem}.*', "
        f"or train it anew with 'python -m cam_course.pots.train {file.stem}'"
    )
