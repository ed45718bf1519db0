"""Answers to the exercises of lesson 00: wrong ones that must be named, right ones written another way."""

import torch


def inside(heatmap, mask):
    return (heatmap * mask).sum()


def guarded(share):
    return lambda p, t, c: torch.tensor(0.0) if bool((p == t).all()) else share(p, t, c)


def lit(image, mask, dark=0.3):
    shown = image.clone()
    shown[:, ~mask] = dark * image.mean(0)[~mask]
    return shown


WRONG = {
    "00.1": {
        "mean inside": (lambda m, mask: inside(m, mask) / mask.sum(), "mean of the map inside"),
        "share of pixels": (lambda m, mask: mask.sum() / mask.numel(), "covers"),
        "sum inside": (inside, "own unit"),
        "over the outside": (lambda m, mask: inside(m, mask) / max(inside(m, ~mask), 1e-9), "outside the mask"),
        "outside": (lambda m, mask: inside(m, ~mask) / max(m.sum(), 1e-9), "inverted"),
        "0/0": (lambda m, mask: inside(m, mask) / m.sum(), "0/0"),
    },
    "00.2": {
        "of all predictions": (lambda p, t, c: sum(p == c) / len(p), "over all predictions"),
        "errors over all": (lambda p, t, c: sum((p == c) & (p != t)) / len(p), "number of all predictions"),
        "error rate": (lambda p, t, c: 1 - (p == t).float().mean(), "error rate"),
        "labels": (guarded(lambda p, t, c: (t[p != t] == c[p != t]).float().mean()), "compared the labels"),
        "a count": (lambda p, t, c: sum((p == c) & (p != t)), "This is a count"),
        "mean of nothing": (lambda p, t, c: (p[p != t] == c[p != t]).float().mean(), "mean of nothing"),
    },
    "00.3": {
        "inverted": (lambda image, mask: lit(image, ~mask), "inverted"),
        "only darker": (lambda image, mask: torch.where(mask, image, image * 0.3), "still colors"),
        "only gray": (lambda image, mask: lit(image, mask, 1.0), "not dark enough"),
        "subtracted": (lambda image, mask: torch.where(mask, image, image.mean(0) - 0.5), "below 0"),
        "black": (lambda image, mask: image * mask, "nothing can be seen"),
        "gray shape": (lambda image, mask: image.mean(0) * 0.3, "torch.where keeps the shape"),
        "unchanged": (lambda image, mask: image, "nothing changed"),
        "brighter inside": (lambda image, mask: lit(image * 1.2, mask), "stay as it was"),
    },
}

ALSO_RIGHT = {
    "00.1": [lambda m, mask: float(inside(m, mask) / m.sum()) if m.any() else 0.0],
    "00.2": [guarded(lambda p, t, c: (p[p != t] == c[p != t]).float().mean())],
    "00.3": [lit],
}
