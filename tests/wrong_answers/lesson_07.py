"""Answers to the exercises of lesson 07: wrong ones that must be named, right ones written another way."""

import torch
import torch.nn.functional as F


def rise(S, b, c):
    return S[:, c] - b[c]


def by_hand(S, b, live, c):
    powers = torch.exp(rise(S, b, c)) * live
    return powers / powers.sum()


def seen(model, image, mask, c):
    return model((image * mask).unsqueeze(0))[0][c].detach()


def gain(model, image, mask, c):
    return seen(model, image, mask, c) - seen(model, image, torch.zeros_like(mask), c)


def more(model, image, a, b, c, join=torch.maximum):
    return gain(model, image, join(a, b), c) - gain(model, image, a, c) - gain(model, image, b, c)


def probable(model, image, a, b, c):
    return more(lambda x: model(x).softmax(1), image, a, b, c)


def written_out(model, image, a, b, c):
    both = seen(model, image, torch.where(a > b, a, b), c)
    return both - seen(model, image, a, c) - seen(model, image, b, c) + seen(model, image, a * 0, c)


def masked(image, maps, flat=True, enlarged=True):
    size = image.shape[-2:]
    large = F.interpolate(maps[:, None], size, mode="bilinear", align_corners=False)[:, 0] if enlarged else maps
    low, high = large.amin((1, 2), keepdim=True), large.amax((1, 2), keepdim=True)
    return (large - low) / ((high - low).clamp(min=1e-9) if flat else high - low)


def cheap(model, image, activations, target, budget, choose=lambda A, n: torch.arange(0, len(A), 4), **how):
    some = activations[choose(activations, budget)]
    scores = model(image * masked(image, some, **how)[:, None])[:, target]
    return (scores.softmax(0)[:, None, None] * some).sum(0).relu().detach()


def strongest(strength):
    return lambda A, n: strength(A).topk(n).indices


def grouped(model, image, activations, target, budget):
    """Neighbors share a mask and its weight: another way to save."""
    groups = activations.unflatten(0, (24, 4)).mean(1)
    scores = model(image * masked(image, groups)[:, None])[:, target].detach()
    return (scores.softmax(0)[:, None, None] * groups).sum(0)


def predicted(model, image, activations, target, budget):
    first = activations[::4][:23]
    pictures = torch.cat([image[None], image * masked(image, first)[:, None]])
    logits = model(pictures).detach()
    return (logits[1:, int(logits[0].argmax())].softmax(0)[:, None, None] * first).sum(0)


def increases(model, image, activations, target, budget):
    some = activations[: budget - 1]
    lit = masked(image, some)
    logits = model(image * torch.cat([lit, 0 * lit[:1]])[:, None])[:, target].detach()
    return ((logits[:-1] - logits[-1])[:, None, None] * some).sum(0).relu()


WRONG = {
    "07.1": {
        "wrong way round": (
            lambda S, b, live, c: rise(S, b, c).masked_fill(live, -torch.inf).softmax(0),
            "wrong way round",
        ),
        "probabilities, then softmax": (
            lambda S, b, live, c: by_hand(S.softmax(1), b.softmax(0), live, c),
            "almost alike",
        ),
        "relu": (lambda S, b, live, c: rise(S, b, c).clamp(min=0) * live, "cut the increase off"),
        "flat maps weigh": (lambda S, b, live, c: F.softmax(rise(S, b, c), dim=0), "Flat feature maps have a weight"),
        "zeroed after": (lambda S, b, live, c: live * rise(S, b, c).softmax(-1), "before the softmax, not after"),
        "zeroed before": (
            lambda S, b, live, c: torch.where(live, rise(S, b, c), torch.zeros_like(S[:, 0])).softmax(0),
            "e⁰ is 1",
        ),
        "over the classes": (lambda S, b, live, c: F.softmax(S - b, dim=-1)[:, c] * live, "over the classes"),
        "probabilities": (
            lambda S, b, live, c: live * (F.softmax(S, -1)[:, c] - F.softmax(b, -1)[c]),
            "differences of class probabilities",
        ),
        "no softmax": (lambda S, b, live, c: torch.where(live, rise(S, b, c), 0 * S[:, 0]), "One step is"),
        "shares": (
            lambda S, b, live, c: torch.where(live, rise(S, b, c), 0 * S[:, 0]) / rise(S, b, c)[live].sum(),
            "divided by the sum",
        ),
    },
    "07.2": {
        "black forgotten": (
            lambda f, x, a, b, c: seen(f, x, torch.maximum(a, b), c) - seen(f, x, a, c) - seen(f, x, b, c),
            "black picture has a logit too",
        ),
        "black's sign": (
            lambda f, x, a, b, c: (
                seen(f, x, torch.maximum(a, b), c) - seen(f, x, a, c) - seen(f, x, b, c) - seen(f, x, a * 0, c)
            ),
            "wrong sign at the end",
        ),
        "as chances": (
            lambda f, x, a, b, c: more(f, x, a, b, c, join=lambda p, q: 1 - (1 - p) * (1 - q)),
            "three quarters",
        ),
        "added": (lambda f, x, a, b, c: more(f, x, a, b, c, join=torch.add), "twice as bright"),
        "added, cut off": (
            lambda f, x, a, b, c: more(f, x, a, b, c, join=lambda p, q: (p + q).clamp(0, 1)),
            "cut off at 1",
        ),
        "multiplied": (lambda f, x, a, b, c: more(f, x, a, b, c, join=torch.mul), "multiplied the masks"),
        "both": (lambda f, x, a, b, c: gain(f, x, torch.maximum(a, b), c), "gain of the two together"),
        "the sign": (lambda f, x, a, b, c: -more(f, x, a, b, c), "sign is reversed"),
        "the better one": (
            lambda f, x, a, b, c: gain(f, x, torch.maximum(a, b), c) - max(gain(f, x, a, c), gain(f, x, b, c)),
            "better of the two",
        ),
        "probabilities": (probable, "take the logit"),
    },
    "07.3": {
        "too dear": (lambda f, x, A, c, n: cheap(f, x, A, c, n, choose=lambda A, n: slice(None)), "the budget was 24"),
        "nothing asked": (lambda f, x, A, c, n: A.mean(0), "never asked"),
        "strongest by sum": (
            lambda f, x, A, c, n: cheap(f, x, A, c, n, choose=strongest(lambda A: A.sum((1, 2)))),
            "took the strongest feature maps. ",
        ),
        "strongest by maximum": (
            lambda f, x, A, c, n: cheap(f, x, A, c, n, choose=strongest(lambda A: A.amax((1, 2)))),
            "judged by the maximum",
        ),
        "the predicted class": (predicted, "which class"),
        "increases": (increases, "some below zero"),
        "enlarged": (
            lambda f, x, A, c, n: F.interpolate(cheap(f, x, A, c, n)[None, None], (128, 128))[0, 0],
            "the layer's size",
        ),
        "not a number": (lambda f, x, A, c, n: cheap(f, x, A, c, n) * torch.nan, "flat, and scaling"),
        "below zero": (lambda f, x, A, c, n: cheap(f, x, A, c, n) - 1, "negative values"),
    },
}

ALSO_RIGHT = {
    "07.1": [by_hand],
    "07.2": [more, written_out],
    "07.3": [cheap, lambda f, x, A, c, n: cheap(f, x, A, c, n, choose=lambda A, n: torch.arange(n)), grouped],
}
