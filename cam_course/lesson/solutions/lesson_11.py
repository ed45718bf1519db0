"""Solutions of lesson 11, beyond classification: detection and segmentation."""

import torch


# %% 11.1
def margin(logits, mask, of):
    """By how much class `of` wins in a region, on average over its pixels: (N,)."""
    rivals = logits.clone()
    rivals[:, of] = -torch.inf  # it does not compete with itself
    return (logits[:, of] - rivals.amax(1))[:, mask].mean(1)  # each pixel has its own rival


# %% 11.2
def moved(first, second):
    """The share of the light that has to move to turn one map into the other: (N,)."""
    totals = [m.sum((1, 2), keepdim=True) for m in (first, second)]
    a, b = (m / total.where(total > 0, 1) for m, total in zip((first, second), totals, strict=True))
    share = (a - b).abs().sum((1, 2)) / 2  # what leaves one place arrives at another: half
    return share * (totals[0] > 0).flatten() * (totals[1] > 0).flatten()


# %% 11.3
def counts(found, classes):
    """How many of each kind are in each picture: (N, classes), each detection as a share of a typical score."""
    kinds = torch.arange(classes, device=found[0]["labels"].device)
    typical = 0.78  # of a true plant; a steep sigmoid counts better still, but is flat where the network is sure
    each = [(one["labels"][:, None] == kinds) * one["scores"][:, None] / typical for one in found]  # (D, classes) each
    return torch.stack([rows.sum(0) for rows in each])
