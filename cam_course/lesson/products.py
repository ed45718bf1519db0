"""Guided Grad-CAM of many pictures beside its two parents, and measures that tell what each parent did."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cam_course.explain import compare
from cam_course.metrics import blurred, energy_inside, instance_recall, rank_correlation

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


def order_where_both(maps: Tensor, coarse: Tensor, others: Tensor, coarse_others: Tensor) -> Tensor:
    """`order_inside` the region in which two products draw: where both Grad-CAMs exceed a tenth of their maximum.

    Args:
        maps: ``(N, H, W)``.
        coarse: the Grad-CAMs that belong to them, ``(N, H, W)``, at least 0.
        others: ``(N, H, W)``.
        coarse_others: the Grad-CAMs that belong to these.

    Returns:
        ``(M,)``, -1…1, for the M pictures with a region large enough.
    """
    one, other = (m > 0.1 * m.amax((1, 2), keepdim=True) for m in (coarse, coarse_others))
    return order_inside(maps, others, one & other)


def redrawn(network: nn.Module, layer: str, seed: int) -> nn.Module:
    """A copy of a network in which one layer has forgotten what it learned.

    Args:
        network: left as it is.
        layer: its dotted name; it must have a ``reset_parameters``.
        seed: of the new parameters, drawn on the CPU, so that every machine draws the same.
    """
    place, changed = next(network.parameters()).device, copy.deepcopy(network).cpu()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        changed.get_submodule(layer).reset_parameters()
    return changed.to(place)


def peak_ratios(maps: Tensor, masks: Sequence[Tensor]) -> Tensor:
    """How bright a map is in each smaller thing, beside the largest of the picture: the ratio of the two peaks.

    Args:
        maps: ``(N, H, W)``, at least 0, above 0 somewhere in each picture's largest thing.
        masks: for each map, ``(P, H, W)`` bool, one mask per thing.

    Returns:
        One ratio for each thing with fewer pixels than the largest, in the order of pictures and masks.

    >>> thing, other = torch.tensor([[True, True, False]]), torch.tensor([[False, False, True]])
    >>> peak_ratios(torch.tensor([[[1.0, 4.0, 3.0]]]), [torch.stack([thing, other])]).tolist()
    [0.75]
    """
    found = []
    for heatmap, parts in zip(maps, masks, strict=True):
        sizes, peaks = parts.sum((1, 2)), torch.stack([heatmap[part].max() for part in parts])
        found.append(peaks[sizes < sizes.max()] / peaks[sizes.argmax()])
    return torch.cat(found)


def smaller_found(maps: Tensor, masks: Sequence[Tensor], level: float) -> Tensor:
    """Of each picture's things other than the largest, the share in which the map reaches a level.

    Args:
        maps: ``(N, H, W)``, at least 0.
        masks: for each map, ``(P, H, W)`` bool, one mask per thing, of two sizes or more.
        level: a share of the map's maximum.

    Returns:
        ``(N,)``.
    """
    smaller = [parts[parts.sum((1, 2)) < parts.sum((1, 2)).max()] for parts in masks]
    found = [instance_recall(heatmap, parts, level) for heatmap, parts in zip(maps, smaller, strict=True)]
    return torch.stack([one.double().mean() for one in found])


def highest(maps: Tensor, share: float) -> Tensor:
    """One in the highest pixels of each map, zero elsewhere: maps read by area.

    Args:
        maps: ``(N, H, W)``.
        share: of the pixels, 0…1; fewer where the lowest of them has equals.

    >>> highest(torch.tensor([[[5.0, 1.0, 7.0, 6.0]]]), 0.5).tolist()
    [[[0.0, 0.0, 1.0, 1.0]]]
    """
    return (maps > maps.flatten(1).quantile(1 - share, 1)[:, None, None]).float()


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
    for image, hidden, kind in zip(images, blurred(images), kinds.tolist(), strict=True):
        occluded = torch.where(patches, hidden, image).to(memory_format=torch.channels_last)  # (P, 3, H, W)
        left = torch.cat([network(part)[:, kind] for part in occluded.split(PATCHES)])
        found.append((network(image[None])[0, kind] - left).view(rows, columns))
    return torch.stack(found)
