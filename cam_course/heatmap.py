"""From a raw map to a picture: enlarge it, scale it, lay it over the image; each step by its own name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from cam_course._checks import nearest
from cam_course._warnings import warn

ROUNDING = 1e-3  # by which a picture may leave 0…1: a quarter of a gray level


def upsample(maps: Tensor, size: tuple[int, int]) -> Tensor:
    """Enlarges maps to the size of an image, bilinearly, with half-pixel centers (``align_corners=False``).

    Args:
        maps: ``(..., h, w)``.
        size: ``(H, W)`` of the image, in pixels.

    Returns:
        ``(..., H, W)``, in the unit of the maps.

    >>> upsample(torch.tensor([[0.0, 4.0]]), (1, 4)).tolist()
    [[0.0, 1.0, 3.0, 4.0]]
    """
    _maps(maps)
    if not isinstance(size, Sequence) or len(size) != 2:
        raise TypeError(f"expected size as (H, W), got {size!r}; pass image.shape[-2:]")
    flat = maps.reshape(-1, 1, *maps.shape[-2:])
    large = F.interpolate(flat, size=tuple(size), mode="bilinear", align_corners=False)
    return large.reshape(*maps.shape[:-2], *large.shape[-2:])


def normalize(maps: Tensor) -> Tensor:
    """Scales each map to 0…1: its minimum to 0, its maximum to 1; a flat map to zeros, with a warning.

    Args:
        maps: ``(..., H, W)``, finite.

    Returns:
        The same shape, without unit. Two normalized maps cannot be compared in strength.

    Raises:
        ValueError: fewer than two dimensions, or values that are not finite.

    >>> normalize(torch.tensor([[1.0, 2.0], [3.0, 5.0]])).tolist()
    [[0.0, 0.25], [0.5, 1.0]]
    """
    _maps(maps)
    if not torch.isfinite(maps).all():
        raise ValueError("expected finite maps, got NaN or infinity; look at the gradients that they come from")
    low, high = maps.amin((-2, -1), keepdim=True), maps.amax((-2, -1), keepdim=True)
    flat = high == low
    if flat.any():
        warn(f"{int(flat.sum())} of {flat.numel()} maps are flat and become zeros: they say nothing about places")
    return torch.where(
        flat, torch.zeros_like(maps), (maps - low) / torch.where(flat, torch.ones_like(high), high - low)
    )


def overlay(image: Tensor, heatmap: Tensor, *, strength: float = 0.6, colormap: str = "viridis") -> np.ndarray:
    """Lays one map over one image: the map's colors where it is high, the gray image where it is low.

    Args:
        image: ``(3, H, W)`` RGB or ``(1, H, W)`` gray, in 0…1.
        heatmap: ``(H, W)``, any finite values; normalized here for display.
        strength: opacity of the map's colors at its maximum, 0…1.
        colormap: a name that Matplotlib knows; take a perceptually uniform one.

    Returns:
        ``(H, W, 3)`` RGB, uint8.

    Raises:
        ValueError: shapes that do not fit, an image or a strength outside 0…1, a colormap that Matplotlib lacks.

    >>> overlay(torch.zeros(3, 1, 2), torch.tensor([[0.0, 1.0]]), strength=1.0).tolist()
    [[[0, 0, 0], [253, 231, 36]]]
    """
    import matplotlib

    for name, value in (("image", image), ("heatmap", heatmap)):
        if not isinstance(value, Tensor):
            raise TypeError(f"expected {name} as a tensor, got {type(value).__name__}; convert with torch.as_tensor")
    if image.ndim != 3 or image.shape[0] not in (1, 3) or heatmap.shape != image.shape[1:]:
        raise ValueError(
            f"expected an image (3, H, W) or (1, H, W) and a heatmap (H, W) of its size, got {tuple(image.shape)} and "
            f"{tuple(heatmap.shape)}; take one image and one map, upsampled"
        )
    if image.min() < -ROUNDING or image.max() > 1 + ROUNDING:
        raise ValueError(
            f"expected an image in 0…1, got values from {float(image.min()):.3g} to {float(image.max()):.3g}; "
            "divide 0…255 by 255, or undo the normalization"
        )
    if colormap not in matplotlib.colormaps:
        raise ValueError(nearest(colormap, ("viridis", "cividis", "magma", "inferno", "plasma"), kind="colormap"))
    if not 0 <= strength <= 1:
        raise ValueError(f"expected a strength from 0 to 1, got {strength}; it is an opacity")
    level = normalize(heatmap.detach().float().cpu())[..., None]  # (H, W, 1)
    colors = torch.from_numpy(matplotlib.colormaps[colormap](level[..., 0].numpy())[..., :3]).float()
    gray = image.detach().float().cpu().clamp(0, 1).mean(0)[..., None].expand(-1, -1, 3)  # colors are the map's alone
    mixed = gray * (1 - strength * level) + colors * strength * level
    return (mixed * 255).floor().to(torch.uint8).numpy()


def _maps(maps: Tensor) -> None:
    if not isinstance(maps, Tensor) or maps.ndim < 2:
        got = tuple(maps.shape) if isinstance(maps, Tensor) else type(maps).__name__
        raise ValueError(f"expected maps (..., H, W), got {got}; pass a tensor of maps, such as Explanation.maps")
