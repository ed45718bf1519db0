"""Training pictures kept on disk, so that networks that share them do not render them again."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .dataset import Scenes, boxes
from .kept import renderer_digest, write
from .places import CACHE
from .scene import Scene

MOST_PLANTS = 4  # in one picture; the truth about fewer is filled up


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
        write(file, image=(batch["image"] * 255).round().byte().numpy(), label=batch["label"].numpy())
    with np.load(file, allow_pickle=False) as arrays:
        return torch.from_numpy(arrays["image"]), torch.from_numpy(arrays["label"])


def truth(regime: str, split: str, n: int, size: int, *, workers: int = 0, cache: Path = CACHE) -> dict[str, Tensor]:
    """Pictures and the whole truth about them, rendered once and then read from the cache.

    Args:
        regime, split, n, size: as of `Scenes`.
        workers: processes that render.
        cache: folder of the rendered pictures.

    Returns:
        ``image`` (n, 3, size, size) uint8; ``owner`` (n, size, size) uint8, as of `Scene`; ``kinds`` and ``colors``
        (n, 4) int64, from left to right, filled up with -1; ``boxes`` (n, 4, 4) float32, x0 y0 x1 y1 in pixels of
        plant and pot together, filled up with 0.
    """
    file = cache / f"{regime}-{split}-{n}-{size}-truth-{renderer_digest()}.npz"
    if not file.exists():
        scenes = Scenes(regime, split, n=n, size=size).drawn(workers=workers)
        rows = [_about(scene) for scene in scenes]
        write(file, **{key: np.stack([row[key] for row in rows]) for key in rows[0]})
    with np.load(file, allow_pickle=False) as arrays:
        return {key: torch.from_numpy(arrays[key]) for key in arrays.files}


def several(
    counts: Mapping[str, int], split: str, size: int, *, workers: int = 0, cache: Path = CACHE
) -> tuple[Tensor, list[tuple[list[int], list[int]]]]:
    """Pictures of several regimes one after the other, and what is in them.

    Args:
        counts: how many of each regime.
        split, size: as of `Scenes`.
        workers: processes that render.
        cache: folder of the rendered pictures.

    Returns:
        ``(n, 3, size, size)`` uint8, and for each picture the kinds and the colors from left to right.
    """
    parts = [truth(regime, split, n, size, workers=workers, cache=cache) for regime, n in counts.items()]
    names = [row for part in parts for row in zip(part["kinds"].tolist(), part["colors"].tolist(), strict=True)]
    scenes = [tuple([name for name in row if name >= 0] for row in pair) for pair in names]
    return torch.cat([part["image"] for part in parts]), scenes


def _about(scene: Scene) -> dict[str, np.ndarray]:
    names = np.full((2, MOST_PLANTS), -1)
    names[:, : len(scene.placements)] = np.array([(p.kind, p.color) for p in scene.placements]).T
    around = np.zeros((MOST_PLANTS, 4), np.float32)
    around[: len(scene.placements)] = boxes(scene.plants | scene.pots)
    image = np.ascontiguousarray(scene.pixels.transpose(2, 0, 1))
    return {"image": image, "owner": scene.owner, "kinds": names[0], "colors": names[1], "boxes": around}
