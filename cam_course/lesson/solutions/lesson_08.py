"""Solutions of lesson 08, LayerCAM."""

import torch

from cam_course import metrics, upsample


# %% 08.1
def hires_and_removed(activations, gradients):
    """HiResCAM, and what LayerCAM's inner ReLU removes: two maps (h, w), both at least 0."""
    terms = gradients * activations  # (K, h, w), each with its sign
    return terms.sum(0).relu(), (-terms).relu().sum(0)  # rectify after the sum; before the sum


# %% 08.2
def honest_iou(maps, masks, thresholds):
    """IoU of each picture, (N,), at the threshold that suits the other half of the pictures best."""
    scores = torch.stack([metrics.iou(maps, masks, t) for t in thresholds])  # (thresholds, N)
    first, second = scores.chunk(2, dim=1)
    return torch.cat([first[second.mean(1).argmax()], second[first.mean(1).argmax()]])


# %% 08.3
def cut_out(image, maps):
    """True where the plant is, (H, W): where the mean of the stages reaches half of its maximum."""
    peaks = [m.max() if m.max() > 0 else torch.ones(()) for m in maps]  # no 0/0
    # each stage divided by its maximum; the square root raises weak values, as the tanh does
    mean = sum(upsample((m / peak).sqrt(), image.shape[-2:]) for m, peak in zip(maps, peaks, strict=True)) / len(maps)
    return mean > 0.5 * mean.max()  # nowhere, if all maps are zero
