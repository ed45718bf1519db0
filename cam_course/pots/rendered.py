"""Training pictures kept on disk, so that networks that share them do not render them again."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .dataset import Scenes
from .kept import renderer_digest, write
from .places import CACHE


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
