"""The files of a shipped network: its numbers as safetensors, and a card that says what it is."""

import hashlib
import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL
import torch
from safetensors.torch import save
from torch import nn

from .places import MODELS
from .recipes import Recipe

HALF = "float16"  # how a card says that the file holds half precision
LARGEST_FILE = 2_000_000  # bytes; what a repository carries without complaint


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def seal(card: dict[str, Any]) -> str:
    """SHA-256 of a card's entries but the seal itself; it tells when a card was altered."""
    rest = {key: value for key, value in card.items() if key != "seal"}
    return digest(json.dumps(rest, sort_keys=True).encode())


def make_card(recipe: Recipe, figures: dict[str, float], tested: int, classes: Sequence[str]) -> dict[str, Any]:
    """What there is to know about a trained network, but its digest.

    Args:
        recipe: how it was trained.
        figures: on unseen scenes; of a classifier the accuracy per regime.
        tested: how many scenes; of a classifier, of each regime.
        classes: what its scores stand for.
    """
    names_plants = recipe.task == "classification"
    return {
        "name": recipe.name,
        "architecture": recipe.architecture,
        "arguments": recipe.arguments,
        **({} if names_plants else {"task": recipe.task}),
        "classes": list(classes),
        "image_size": recipe.size,
        "accuracy" if names_plants else "figures": {what: round(figure, 4) for what, figure in figures.items()},
        "tested": {"split": "test", "n": tested},
        **_history(recipe),
        **({"stored": HALF} if recipe.half else {}),
        "license": "MIT",
    }


def _history(recipe: Recipe) -> dict[str, Any]:
    steps = ("seed", "epochs", "batch", "rate", "decay")
    mixed = {key: getattr(recipe, key) for key in ("counterexamples", "others") if getattr(recipe, key)}
    return {
        "data": {"regime": recipe.regime, "split": "train", "n": recipe.n, **mixed},
        "training": {step: getattr(recipe, step) for step in steps},
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Versions of what decides the result."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "pillow": PIL.__version__,
    }


def rounded(net: nn.Module) -> nn.Module:
    """The network with its numbers rounded to half precision, in float32 again: as it will be loaded.

    Raises:
        ValueError: a number too large for half precision.
    """
    net = net.half().float()
    if not all(value.isfinite().all() for value in net.state_dict().values()):
        largest = torch.finfo(torch.float16).max
        raise ValueError(f"expected numbers up to {largest:g}, got a larger one; store this network in full precision")
    return net


def write(net: nn.Module, card: dict[str, Any], models: Path = MODELS) -> None:
    """Write ``NAME.safetensors``, in half precision where the card says so, and ``NAME.json``.

    Raises:
        ValueError: the network is larger than 2 MB.
    """
    to = torch.float16 if card.get("stored") == HALF else torch.float32
    state = {key: value.to(to) if value.is_floating_point() else value for key, value in net.state_dict().items()}
    content = save({key: value.contiguous() for key, value in state.items()})
    if len(content) > LARGEST_FILE:
        raise ValueError(f"expected at most {LARGEST_FILE} bytes, got {len(content)}; make the network narrower")
    card = {**card, "bytes": len(content), "sha256": digest(content)}
    models.mkdir(parents=True, exist_ok=True)
    (models / f"{card['name']}.safetensors").write_bytes(content)
    text = json.dumps({**card, "seal": seal(card)}, indent=2)
    (models / f"{card['name']}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
