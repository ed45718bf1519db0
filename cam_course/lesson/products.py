"""Guided Grad-CAM of many pictures beside its two parents, and measures that tell what each parent did."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cam_course.explain import compare
from cam_course.metrics import blurred, energy_inside, rank_correlation

AT_ONCE = 10  # pictures explained together: their activations fit a small machine's cache
PATCHES = 8  # occluded pictures run together, for the same reason


def parents_and_product(network: nn.Module, images: Tensor, kinds: Tensor) -> list[Tensor]:
    """Guided backpropagation, Grad-CAM and their product, by `compare`, a few pictures at a time.

    Args:
        network: a classifier.
        images: ``(N, 3, H, W)``, on any device.
        kinds: the class to explain in each image, ``(N,)``.

    Returns:
        Three stacks of maps, each ``(N, H, W)``, raw, on the CPU.
    """
    place, names = next(network.parameters()).device, ["guided_backprop", "grad_cam", "guided_grad_cam"]
    images = images.to(place, memory_format=torch.channels_last)  # twice as fast on a CPU
    parts = zip(images.split(AT_ONCE), kinds.to(place).split(AT_ONCE), strict=True)
    answers = [compare(network, x, names, target=kind) for x, kind in parts]
    return [torch.cat([answer[name].maps.cpu() for answer in answers]) for name in names]


def share_between(maps: Tensor, masks: Tensor, others: Tensor) -> Tensor:
    """Of the energy in two regions together, the share in the first: 0.5 for a map that prefers neither.

    Args:
        maps: ``(N, H, W)``, at least 0.
        masks: ``(N, H, W)`` bool, the first region.
        others: ``(N, H, W)`` bool, the second; it must not overlap with the first.

    Returns:
        ``(N,)``; 0.5 too where a map has no energy in either.

    >>> maps = torch.tensor([[[1.0, 3.0, 9.0]]])
    >>> share_between(maps, torch.tensor([[[False, True, False]]]), torch.tensor([[[True, False, False]]])).tolist()
    [0.75]
    """
    first, second = energy_inside(maps, masks), energy_inside(maps, others)
    together = first + second
    return torch.where(together > 0, first / together.where(together > 0, 1), 0.5)


def order_inside(maps: Tensor, others: Tensor, masks: Tensor, *, fewest: int = 50) -> Tensor:
    """Whether two maps put the pixels of a region in the same order: rank correlation inside each mask.

    Args:
        maps: ``(N, H, W)``.
        others: ``(N, H, W)``.
        masks: ``(N, H, W)`` bool.
        fewest: pictures with fewer pixels in their mask are left out.

    Returns:
        ``(M,)``, -1…1, for the M pictures that remain, in their order.

    >>> maps = torch.tensor([[[1.0, 2.0, 9.0]]])
    >>> order_inside(maps, -maps, torch.tensor([[[True, True, False]]]), fewest=2).tolist()
    [-1.0]
    """
    kept = [(a[mask], b[mask]) for a, b, mask in zip(maps, others, masks, strict=True) if mask.sum() >= fewest]
    return torch.stack([rank_correlation(a[None], b[None]) for a, b in kept]) if kept else maps.new_zeros(0)


@torch.no_grad()
def falls(network: nn.Module, images: Tensor, kinds: Tensor, *, side: int = 16) -> Tensor:
    """How far the logit falls when one square patch of a picture is replaced by its blurred copy (Gaussian, 5 pixels).

    Args:
        network: a classifier in evaluation mode.
        images: ``(N, 3, H, W)``, on the network's device; the sides are multiples of `side`.
        kinds: the class of each image, ``(N,)``.
        side: of a patch, in pixels. The patches lie side by side.

    Returns:
        ``(N, H / side, W / side)``, in score units; negative where the logit rises.
    """
    rows, columns = (length // side for length in images.shape[-2:])
    patches = torch.eye(rows * columns, dtype=torch.bool, device=images.device).view(-1, 1, rows, columns)
    patches = patches.repeat_interleave(side, -2).repeat_interleave(side, -1)  # (P, 1, H, W), one patch each
    found = []
    for image, copy, kind in zip(images, blurred(images), kinds.tolist(), strict=True):
        occluded = torch.where(patches, copy, image).to(memory_format=torch.channels_last)  # (P, 3, H, W)
        left = torch.cat([network(part)[:, kind] for part in occluded.split(PATCHES)])
        found.append((network(image[None])[0, kind] - left).view(rows, columns))
    return torch.stack(found)
