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


def remainder(amounts, m, b):
    return torch.stack([*amounts, m.mean() - sum(amounts), b])


def most_of_the_place(m, b, masks):
    side = masks.shape[1] // m.shape[0]
    cover = masks.unflatten(2, (-1, side)).unflatten(1, (-1, side)).double().mean((2, 4))
    return remainder([m[x > 0.5].sum() / m.numel() for x in cover], m, b)


def one_pixel(m, b, masks):
    small = F.interpolate(masks[None].to(m), size=m.shape, mode="nearest")[0]
    return remainder((small * m).mean((1, 2)), m, b)


def eight_pixels(m, b, masks):
    return remainder((F.avg_pool2d(masks.to(m), 8) * m).mean((1, 2)), m, b)


def bias_in_a_corner(A, w, b):
    result = votes(A, w, 0 * b)
    result[:, 0, 0] = result[:, 0, 0] + b
    return result


def winners(A):
    return A.flatten(1).argmax(1)


def assigned_at_once(A, w):
    total = torch.zeros_like(A[0])
    for k, place in enumerate(winners(A)):
        total.view(-1)[place] = w[k] * A[k].max()
    return total


def shared(A, w):
    winning = (A.amax((1, 2), keepdim=True) == A).to(A)
    return torch.einsum("k,kij->ij", w, A * winning / winning.sum((1, 2), keepdim=True))


def scattered(A, w):
    best = A.flatten(1).max(1)
    return torch.zeros(A[0].numel()).scatter_add(0, best.indices, w * best.values).view_as(A[0])


WRONG = {
    "03.1": {
        "no bias": (lambda A, w, b: (w @ A.flatten(1)).view(-1, *A.shape[1:]), "without its bias"),
        "bias dealt out": (lambda A, w, b: votes(A, w, b / (A.shape[1] * A.shape[2])), "dealt the bias out"),
        "rectified": (lambda A, w, b: F.relu(votes(A, w, b)), "rectified"),
        "rectified before the bias": (
            lambda A, w, b: F.relu(votes(A, w, 0 * b)) + b.view(-1, 1, 1),
            "cut the negative votes",
        ),
        "divided by Z": (lambda A, w, b: votes(A, w, b) / A.shape[1] / A.shape[2], "*add up*"),
        "average first": (
            lambda A, w, b: (w @ A.mean((1, 2)) + b)[:, None, None].expand(-1, *A.shape[1:]),
            "averaged first",
        ),
        "weights divided by Z": (
            lambda A, w, b: F.conv2d(A[None] / A[0].numel(), w[..., None, None], b)[0],
            "divided what the feature maps add",
        ),
        "bias at one place": (bias_in_a_corner, "gave the bias to one place"),
        "softmax": (lambda A, w, b: torch.softmax(votes(A, w, b), 0), "probabilities"),
    },
    "03.2": {
        "CAM": (lambda A, w: (column(w) * A).sum(0), "network that averages: every place"),
        "CAM over Z": (lambda A, w: (column(w) * A).sum(0) / A[0].numel(), "shares of a network that averages"),
        "one winner": (winner_takes_all, "Oquab's network"),
        "winner of the product": (lambda A, w: paid(A, w, chosen=column(w) * A), "pools A, and multiplies"),
        "over channels": (lambda A, w: (column(w) * A).max(0).values, "maximum over channels"),
        "rectified": (lambda A, w: F.relu(paid(A, w)), "Keep the negative amounts"),
        "second winner overwrites": (assigned_at_once, "replaced the first"),
        "weight only": (lambda A, w: paid(torch.ones_like(A), w, chosen=A), "weight times something"),
        "weight times the mean": (
            lambda A, w: paid(A.mean((1, 2), keepdim=True).expand_as(A), w, chosen=A),
            "pool",
        ),
        "negative weights left out": (lambda A, w: paid(A[w > 0], w[w > 0]), "no negative payments"),
        "tied places pay twice": (
            lambda A, w: torch.einsum("k,kij->ij", w, (A.amax((1, 2), keepdim=True) == A) * A),
            "pays once",
        ),
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
        "mean inside, and the rest": (
            lambda m, b, masks: remainder([enlarged(m, masks)[mask].mean() for mask in masks], m, b),
            "divide by all places",
        ),
        "amounts rectified": (
            lambda m, b, masks: remainder(lines(m, b, masks)[:-2].clamp(min=0), m, b),
            "rectified the amounts",
        ),
        "every line rectified": (lambda m, b, masks: F.relu(lines(m, b, masks)), "every line of the bill"),
        "bias before the rest": (
            lambda m, b, masks: torch.cat([lines(m, b, masks)[:-2], lines(m, b, masks)[-2:].flip(0)]),
            "another order",
        ),
        "bias twice": (
            lambda m, b, masks: torch.stack([*(x := lines(m, b, masks))[:-2], m.mean() + b - sum(x[:-2]), b]),
            "on your bill twice",
        ),
        "one pixel": (one_pixel, "One pixel of each place"),
        "majority": (most_of_the_place, "more than half"),
        "eight pixels": (eight_pixels, "from the shapes"),
        "shares": (lambda m, b, masks: lines(m, b, masks) / (m.mean() + b), "these are shares"),
    },
}

ALSO_RIGHT = {
    "03.1": [votes, lambda A, w, b: F.linear(A.permute(1, 2, 0), w, b).permute(2, 0, 1)],
    "03.2": [paid, shared, scattered],
    "03.3": [lines],
}
