"""Rendered scenes kept on disk, so that only the first look at a data set takes seconds."""

import hashlib
import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import PIL

from .layout import lay_out, seeds
from .places import CACHE
from .scene import Scene

_RENDERER = ("names", "pen", "plants", "vessels", "room", "layout", "scene")
FEWEST, MOST = 100, 500  # scenes of a data set worth keeping: 65 kB each at 128 pixels


def renderer_digest() -> str:
    """Twelve hex digits that change with the renderer's source, so that old pictures are never taken for new."""
    sources = [(Path(__file__).parent / f"{module}.py").read_text("utf-8") for module in _RENDERER]
    return hashlib.sha256("".join(sources).encode()).hexdigest()[:12]


def read(regime: str, split: str, n: int, size: int, *, cache: Path = CACHE) -> list[Scene]:
    """All scenes of a data set, or none where they are not kept, or not by this renderer, or cannot be read."""
    with suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        with np.load(_file(regime, split, n, size, cache), allow_pickle=False) as arrays:
            pixels, owner = arrays["pixels"], arrays["owner"]
        if pixels.shape == (n, size, size, 3) and owner.shape == (n, size, size):
            placements = (lay_out(regime, np.random.default_rng(seeds(regime, split, i)[0])) for i in range(n))
            return [Scene(*parts) for parts in zip(pixels, owner, placements, strict=True)]
    return []


def keep(regime: str, split: str, size: int, scenes: Sequence[Scene], *, cache: Path = CACHE) -> None:
    """Keep all scenes of a data set, if they are worth it; where the disk takes nothing, the course goes on without."""
    if not FEWEST <= len(scenes) <= MOST:
        return
    file = _file(regime, split, len(scenes), size, cache)
    with suppress(OSError):
        write(file, pixels=np.stack([s.pixels for s in scenes]), owner=np.stack([s.owner for s in scenes]))


def _file(regime: str, split: str, n: int, size: int, cache: Path) -> Path:
    drawn_with = f"{renderer_digest()}-{np.__version__}-{PIL.__version__}"
    return cache / "scenes" / f"{regime}-{split}-{n}-{size}-{drawn_with}.npz"


def write(file: Path, **arrays: np.ndarray) -> None:
    """All or nothing: a half-written file never stands under the final name."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as stream:
        np.savez(stream, **arrays)
    part.replace(file)
