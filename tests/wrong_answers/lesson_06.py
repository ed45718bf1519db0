"""Answers to the exercises of lesson 06: wrong ones that must be named, right ones written another way."""

import torch
import torch.nn.functional as F

BLUE, ORANGE = torch.tensor([0.0, 0.45, 1.0]), torch.tensor([1.0, 0.55, 0.0])


def cube(A, g, y, *, alpha=None, first=None, total=None):
    total = A.sum((1, 2))[:, None, None] if total is None else total
    positive = F.relu(g)
    alpha = y / (2 * y + total * positive) if alpha is None else alpha(positive, total)
    first = 3 * y * y * positive if first is None else first(positive)
    return torch.einsum("khw,khw->k", alpha, first)


def by_derivatives(A, g, y):
    """Each derivative written out, zeros guarded."""
    first, second, third = 3 * y**2 * g, 6 * y * g**2, torch.full_like(g, 6.0) * g**3
    below = 2 * second + A.sum((1, 2), keepdim=True) * third
    return torch.where(g > 0, second / torch.where(g > 0, below, torch.ones_like(g)) * first, 0 * g).sum((1, 2))


def signed(A, g, y):
    total = A.sum((1, 2), keepdim=True)
    return (3 * y**2 * g * y / (2 * y + total * g)).sum((1, 2))


def knob(A, g, s, *, up=1.0, sign=-1.0, final=True, split="before"):
    if split == "before":
        w = up * F.relu(g).mean((1, 2)) + sign * s * F.relu(-g).mean((1, 2))
    else:
        m = g.mean((1, 2))
        w = F.relu(m) - s * F.relu(-m)
    shown = torch.einsum("k,khw->hw", w, A)
    return F.relu(shown) if final else shown


def painted(image, heat, plants, boxes, t, *, region=None, colors=(BLUE, ORANGE), turn=1, **options):
    top = heat.max()
    region = ((heat / top >= t) if top > 0 else torch.zeros_like(heat, dtype=torch.bool)) if region is None else region
    red, green, blue = image
    gray = (0.299 * red + 0.587 * green + 0.114 * blue) if options.get("eye") else (red + green + blue) / 3
    gray = gray.expand(3, -1, -1) * (0 if options.get("black") else 1)
    one, other = (gray, image) if options.get("inverted") else (image, gray)
    shown = one * region + other * ~region
    for box, mask in list(zip(boxes, plants, strict=True))[::turn]:
        x0, y0, x1, y1 = box.tolist()
        if options.get("by_box"):
            mask = torch.zeros_like(mask)
            mask[y0:y1, x0:x1] = True
        color = colors[0] if bool((region & mask).any()) else colors[1]
        for part in (slice(y0, y0 + 2), slice(y1 - 2, y1)):
            shown[:, part, x0:x1] = color[:, None, None]
        for part in (slice(x0, x0 + 2), slice(x1 - 2, x1)):
            shown[:, y0:y1, part] = color[:, None, None]
    return shown


def stretched(heat):
    """Minimum to maximum as 0 to 1: of a flat map, zeros."""
    return (heat - heat.min()) / (heat.max() - heat.min()).clamp(min=1e-12)


WRONG = {
    "06.1": {
        "Grad-CAM++": (
            lambda A, g, y: cube(A, g, y, alpha=lambda p, s: 1 / (2 + s * p), first=lambda p: p),
            "weights for Y = exp(y)",
        ),
        "alpha of exp": (lambda A, g, y: cube(A, g, y, alpha=lambda p, s: 1 / (2 + s * p)), "share one factor"),
        "gradient of the logit": (lambda A, g, y: cube(A, g, y, first=lambda p: p), "not of the logit"),
        "one alpha short": (lambda A, g, y: cube(A, g, y, alpha=lambda p, s: y / (y + s * p)), "holds it twice"),
        "no ReLU": (signed, "negative gradient take part"),
        "the mean": (lambda A, g, y: cube(A, g, y) / g[0].numel(), "took the mean"),
        "place by place": (lambda A, g, y: cube(A, g, y, total=A), "same place"),
        "all channels": (lambda A, g, y: cube(A, g, y, total=A.sum()), "adds up all channels"),
        "no 3": (lambda A, g, y: cube(A, g, y, first=lambda p: y * y * p), "one and the same number"),
        "S alone": (lambda A, g, y: cube(A, g, y, alpha=lambda p, s: y / (2 * y + s + 0 * p)), "without a gradient"),
        "mean for S": (
            lambda A, g, y: cube(A, g, y, total=A.mean((1, 2))[:, None, None]),
            "is the mean of",
        ),
    },
    "06.2": {
        "after the average": (lambda A, g, s: knob(A, g, s, split="after"), "after the average"),
        "the wrong way": (lambda A, g, s: knob(A, g, 1 - s), "wrong way"),
        "added": (lambda A, g, s: knob(A, g, s, sign=1.0), "raise your map"),
        "no ReLU": (lambda A, g, s: knob(A, g, s, final=False), "ReLU, is missing"),
        "everything": (lambda A, g, s: knob(A, g, s, up=s), "all gradients down"),
        "place by place": (lambda A, g, s: F.relu(((F.relu(g) - s * F.relu(-g)) * A).sum(0)), "place by place. One"),
        "the sum": (lambda A, g, s: knob(A, g, s) * g[0].numel(), "added up over places"),
        "clamped": (lambda A, g, s: knob(A, g, max(0, min(1, s))), "stops there"),
        "mixed": (lambda A, g, s: (1 - s) * knob(A, g, 0) + s * knob(A, g, 1), "two finished maps"),
        "maximum": (lambda A, g, s: (m := knob(A, g, s)) / m.max(), "divided by its maximum"),
        "positive": (lambda A, g, s: knob(A, g, 1, up=s), "turned the positive gradients"),
        "deaf": (lambda A, g, s: knob(A, g, 1.0), "no effect"),
    },
    "06.3": {
        "absolute": (lambda i, h, p, b, t: painted(i, h, p, b, t, region=h >= t), "share of the map's maximum"),
        "min-max": (lambda i, h, p, b, t: painted(i, h, p, b, t, region=stretched(h) >= t), "map's minimum"),
        "above": (lambda i, h, p, b, t: painted(i, h, p, b, t, region=h > t * h.max()), "exactly at the threshold"),
        "swapped colors": (lambda *a: painted(*a, colors=(ORANGE, BLUE)), "colors are swapped"),
        "the box": (lambda *a: painted(*a, by_box=True), "whole box"),
        "order": (lambda *a: painted(*a, turn=-1), "wrong one lies on top"),
        "inverted": (lambda *a: painted(*a, inverted=True), "Gray and color are swapped"),
        "black": (lambda *a: painted(*a, black=True), "black"),
        "eye": (lambda *a: painted(*a, eye=True), "as the eye does"),
        "empty": (lambda i, h, p, b, t: painted(i, h, p, b, t, region=h >= t * h.max()), "0 ≥ t · 0"),
    },
}

ALSO_RIGHT = {
    "06.1": [cube, by_derivatives],
    "06.2": [knob, lambda A, g, s: F.relu((torch.where(g > 0, g, s * g).mean((1, 2))[:, None, None] * A).sum(0))],
    "06.3": [painted],
}
