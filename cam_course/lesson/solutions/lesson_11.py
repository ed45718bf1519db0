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
    """How many of each kind are in each picture: (N, classes), every sure detection nearly one."""
    kinds = torch.arange(classes, device=found[0]["labels"].device)
    rows = []
    for one in found:
        # a soft step: a score of 0.35 counts one half, 0.7 nearly one; unlike a threshold it has a slope everywhere
        ones = ((one["scores"] - 0.35) * 12).sigmoid()
        rows.append(((one["labels"][:, None] == kinds) * ones[:, None]).sum(0))
    return torch.stack(rows)
