"""Training pictures kept on disk, so that networks that share them do not render them again."""

import hashlib
import os
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .dataset import Scenes
from .places import CACHE

_RENDERER = ("names", "pen", "plants", "vessels", "room", "layout", "scene")


def renderer_digest() -> str:
    """Twelve hex digits that change with the renderer's source, so that old pictures are never taken for new."""
    sources = [(Path(__file__).parent / f"{module}.py").read_text("utf-8") for module in _RENDERER]
    return hashlib.sha256("".join(sources).encode()).hexdigest()[:12]


def labeled(
    regime: str, split: str, n: int, size: int, *, workers: int = 0, cache: Path = CACHE
) -> tuple[Tensor, Tensor]:
    """Pictures and labels, rendered once and then read from the cache.

    Args:
        regime, split, n, size: as of `Scenes`.
        workers: processes that render.
        cache: folder of the rendered pictures.

    Returns:
        ``(n, 3, size, size)`` uint8 and ``(n,)`` int64.
    """
    file = cache / f"{regime}-{split}-{n}-{size}-{renderer_digest()}.npz"
    if not file.exists():
        batch = Scenes(regime, split, n=n, size=size).batch(workers=workers)
        _write(file, image=(batch["image"] * 255).round().byte().numpy(), label=batch["label"].numpy())
    with np.load(file, allow_pickle=False) as arrays:
        return torch.from_numpy(arrays["image"]), torch.from_numpy(arrays["label"])


def _write(file: Path, **arrays: np.ndarray) -> None:
    """All or nothing: a half-written file never stands under the final name."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as stream:
        np.savez(stream, **arrays)
    part.replace(file)
