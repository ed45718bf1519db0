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


def painted(image, heat, plants, boxes, t, *, region=None, order=(0, 1, 2, 3), colors=(BLUE, ORANGE), **options):
    top = heat.max()
    region = ((heat / top >= t) if top > 0 else torch.zeros_like(heat, dtype=torch.bool)) if region is None else region
    gray = image.mean(0).expand(3, -1, -1) * (0 if options.get("black") else 1)
    one, other = (gray, image) if options.get("inverted") else (image, gray)
    shown = one * region + other * ~region
    for i, box in enumerate(boxes):
        x0, y0, x1, y1 = (int(box[k]) for k in order)
        mask = plants[i]
        if options.get("by_box"):
            mask = torch.zeros_like(mask)
            mask[y0:y1, x0:x1] = True
        band = torch.zeros_like(region)
        band[y0:y1, x0:x1] = True
        wide = options.get("wide", 2)
        if not options.get("filled"):
            band[y0 + wide : y1 - wide, x0 + wide : x1 - wide] = False
        color = colors[0] if bool((region & mask).any()) else colors[1]
        shown = torch.where(band, color[:, None, None], shown)
    return shown


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
    },
    "06.2": {
        "after the average": (lambda A, g, s: knob(A, g, s, split="after"), "after the average"),
        "the wrong way": (lambda A, g, s: knob(A, g, 1 - s), "wrong way"),
        "added": (lambda A, g, s: knob(A, g, s, sign=1.0), "raise your map"),
        "no ReLU": (lambda A, g, s: knob(A, g, s, final=False), "ReLU, is missing"),
        "everything": (lambda A, g, s: knob(A, g, s, up=s), "all gradients down"),
        "place by place": (lambda A, g, s: F.relu(((F.relu(g) - s * F.relu(-g)) * A).sum(0)), "place by place. One"),
        "the sum": (lambda A, g, s: knob(A, g, s) * g[0].numel(), "added up over places"),
        "deaf": (lambda A, g, s: knob(A, g, 1.0), "no effect"),
    },
    "06.3": {
        "absolute": (lambda i, h, p, b, t: painted(i, h, p, b, t, region=h >= t), "share of the map's maximum"),
        "swapped colors": (lambda *a: painted(*a, colors=(ORANGE, BLUE)), "colors are swapped"),
        "the box": (lambda *a: painted(*a, by_box=True), "whole box"),
        "x for y": (lambda *a: painted(*a, order=(1, 0, 3, 2)), "Rows and columns"),
        "filled": (lambda *a: painted(*a, filled=True), "filled the boxes"),
        "thin": (lambda *a: painted(*a, wide=1), "one pixel wide"),
        "inverted": (lambda *a: painted(*a, inverted=True), "Gray and color are swapped"),
        "black": (lambda *a: painted(*a, black=True), "black"),
        "empty": (lambda i, h, p, b, t: painted(i, h, p, b, t, region=h >= t * h.max()), "0 ≥ t · 0"),
    },
}

ALSO_RIGHT = {
    "06.1": [cube, by_derivatives],
    "06.2": [knob, lambda A, g, s: F.relu((torch.where(g > 0, g, s * g).mean((1, 2))[:, None, None] * A).sum(0))],
    "06.3": [painted],
}
