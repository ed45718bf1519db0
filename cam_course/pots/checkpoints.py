"""The files of a shipped network: its numbers as safetensors, and a card that says what it is."""

import hashlib
import json
import platform
from pathlib import Path
from typing import Any

import numpy as np
import PIL
import torch
from safetensors.torch import save
from torch import nn

from .names import KINDS
from .places import MODELS
from .recipes import Recipe

LARGEST_FILE = 2_000_000  # bytes; what a repository carries without complaint


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def seal(card: dict[str, Any]) -> str:
    """SHA-256 of a card's entries but the seal itself; it tells when a card was altered."""
    rest = {key: value for key, value in card.items() if key != "seal"}
    return digest(json.dumps(rest, sort_keys=True).encode())


def make_card(recipe: Recipe, accuracy: dict[str, float], tested: int) -> dict[str, Any]:
    """What there is to know about a trained network, but its digest.

    Args:
        recipe: how it was trained.
        accuracy: on unseen scenes, per regime.
        tested: how many scenes of each regime.
    """
    steps = ("seed", "epochs", "batch", "rate", "decay")
    mixed = {"counterexamples": recipe.counterexamples} if recipe.counterexamples else {}
    return {
        "name": recipe.name,
        "architecture": recipe.architecture,
        "arguments": recipe.arguments,
        "classes": list(KINDS),
        "image_size": recipe.size,
        "accuracy": {regime: round(share, 4) for regime, share in accuracy.items()},
        "tested": {"split": "test", "n": tested},
        "data": {"regime": recipe.regime, "split": "train", "n": recipe.n, **mixed},
        "training": {step: getattr(recipe, step) for step in steps},
        "versions": versions(),
        "license": "MIT",
    }


def versions() -> dict[str, str]:
    """Versions of what decides the result."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "pillow": PIL.__version__,
    }


def write(net: nn.Module, card: dict[str, Any], models: Path = MODELS) -> None:
    """Write ``NAME.safetensors`` and ``NAME.json``.

    Raises:
        ValueError: the network is larger than 2 MB.
    """
    content = save({key: value.contiguous() for key, value in net.state_dict().items()})
    if len(content) > LARGEST_FILE:
        raise ValueError(f"expected at most {LARGEST_FILE} bytes, got {len(content)}; make the network narrower")
    card = {**card, "bytes": len(content), "sha256": digest(content)}
    models.mkdir(parents=True, exist_ok=True)
    (models / f"{card['name']}.safetensors").write_bytes(content)
    text = json.dumps({**card, "seal": seal(card)}, indent=2)
    (models / f"{card['name']}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
