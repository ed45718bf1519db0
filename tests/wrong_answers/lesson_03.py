"""Answers to the exercises of lesson 03: wrong ones that must be named, right ones written another way."""

import torch
import torch.nn.functional as F


def votes(A, w, b):
    return F.conv2d(A[None], w[..., None, None], b)[0]


def column(values):
    return values.view(-1, 1, 1)


def paid(A, w, *, chosen=None):
    """Under the maximum, map by map: the value at the place where `chosen` is largest."""
    total = torch.zeros_like(A[0])
    for k in range(len(A)):
        row, col = divmod(int((A if chosen is None else chosen)[k].argmax()), A.shape[-1])
        total[row, col] += w[k] * A[k, row, col]
    return total


def winner_takes_all(A, w):
    total = (column(w) * A).sum(0)
    return torch.where(total == total.max(), total, 0)


def enlarged(m, masks):
    side = masks.shape[1] // m.shape[0]
    return torch.kron(m, torch.ones(side, side, dtype=m.dtype))


def lines(m, b, masks, *, large=None, amount=lambda x, inside: x[inside].sum() / x.numel(), rest=None):
    large = enlarged(m, masks) if large is None else large
    outside = ~(masks.sum(0) > 0) if rest is None else rest
    return torch.stack([*(amount(large, mask) for mask in masks), amount(large, outside), b])


def smooth(m, masks):
    return F.interpolate(m[None, None], size=masks.shape[1:], mode="bilinear")[0, 0]


def touching(m, b, masks):
    side = masks.shape[1] // m.shape[0]
    whole = [torch.kron(F.max_pool2d(x[None].double(), side)[0], torch.ones(side, side)) > 0 for x in masks]
    amounts = [enlarged(m, masks)[x].sum() / masks[0].numel() for x in whole]
    return torch.stack([*amounts, m.mean() - sum(amounts), b])


WRONG = {
    "03.1": {
        "no bias": (lambda A, w, b: (w @ A.flatten(1)).view(-1, *A.shape[1:]), "without its bias"),
        "bias dealt out": (lambda A, w, b: votes(A, w, b / (A.shape[1] * A.shape[2])), "dealt the bias out"),
        "rectified": (lambda A, w, b: F.relu(votes(A, w, b)), "rectified"),
        "divided by Z": (lambda A, w, b: votes(A, w, b) / A.shape[1] / A.shape[2], "*add up*"),
        "average first": (
            lambda A, w, b: (w @ A.mean((1, 2)) + b)[:, None, None].expand(-1, *A.shape[1:]),
            "averaged first",
        ),
        "softmax": (lambda A, w, b: torch.softmax(votes(A, w, b), 0), "probabilities"),
    },
    "03.2": {
        "CAM": (lambda A, w: (column(w) * A).sum(0), "network that averages: every place"),
        "CAM over Z": (lambda A, w: (column(w) * A).sum(0) / A[0].numel(), "shares of a network that averages"),
        "one winner": (winner_takes_all, "a winner of its own"),
        "winner of the product": (lambda A, w: paid(A, w, chosen=column(w) * A), "pools A, and multiplies"),
        "over channels": (lambda A, w: (column(w) * A).max(0).values, "maximum over channels"),
        "rectified": (lambda A, w: F.relu(paid(A, w)), "Keep the negative amounts"),
    },
    "03.3": {
        "rectified": (lambda m, b, masks: lines(F.relu(m), b, masks), "you rectified the map"),
        "sums": (
            lambda m, b, masks: torch.cat([lines(m, b, masks)[:-1] * m.numel(), b[None]]),
            "Z times what they should",
        ),
        "mean inside": (lambda m, b, masks: lines(m, b, masks, amount=lambda x, k: x[k].mean()), "per pixel"),
        "no bias": (lambda m, b, masks: lines(m, 0 * b, masks), "must be the bias"),
        "bias dealt out": (lambda m, b, masks: lines(m + b, 0 * b, masks), "a line of its own"),
        "rest is everything": (
            lambda m, b, masks: lines(m, b, masks, rest=torch.ones_like(masks[0])),
            "paid twice",
        ),
        "places not split": (touching, "charged to both in full"),
        "bilinear": (lambda m, b, masks: lines(m, b, masks, large=smooth(m, masks)), "enlarged bilinearly"),
        "shares": (lambda m, b, masks: lines(m, b, masks) / (m.mean() + b), "these are shares"),
    },
}

ALSO_RIGHT = {
    "03.1": [votes, lambda A, w, b: F.linear(A.permute(1, 2, 0), w, b).permute(2, 0, 1)],
    "03.2": [
        paid,
        lambda A, w: (column(w) * torch.where(A.amax((1, 2), keepdim=True) == A, A, 0)).sum(0),
    ],
    "03.3": [lines],
}
