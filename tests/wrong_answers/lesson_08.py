"""Answers to the exercises of lesson 08: wrong ones that must be named, right ones written another way."""

import torch
import torch.nn.functional as F

from cam_course import metrics, upsample


def signed(activations, gradients):
    return torch.einsum("khw,khw->hw", activations, gradients)


def kept(activations, gradients):
    return torch.einsum("khw,khw->hw", activations, F.relu(gradients))


def dropped(activations, gradients):
    return kept(activations, gradients) - signed(activations, gradients)


def scores(maps, masks, thresholds):
    return torch.stack([metrics.iou(maps, masks, t) for t in thresholds], 1)  # (N, thresholds)


def cross(maps, masks, thresholds, *, own=False, order=(0, 1)):
    table = scores(maps, masks, thresholds)
    n = len(table) // 2
    halves = [table[:n], table[n:]]
    judges = halves if own else halves[::-1]
    best = [int(j.mean(0).argmax()) for j in judges]
    results = [half[:, b] for half, b in zip(halves, best, strict=True)]
    return torch.cat([results[i] for i in order])


def alternate(maps, masks, thresholds):
    table = scores(maps, masks, thresholds)
    result = torch.empty(len(table))
    result[0::2] = table[0::2, int(table[1::2].mean(0).argmax())]
    result[1::2] = table[1::2, int(table[0::2].mean(0).argmax())]
    return result


def peak(m):
    return m / m.max() if m.max() > 0 else m


def large(image, m):
    return upsample(m, image.shape[-2:])


def at(image, m, share):
    m = large(image, peak(m))
    return (m >= share * m.max()) & (m > 0)


def raw_sum(image, maps, share=0.4):
    total = sum(large(image, m) for m in maps)
    return (total >= share * total.max()) & (total > 0)


def mean_rule(image, maps):
    total = sum(large(image, peak(m)) for m in maps)
    return (total >= 0.35 * total.max()) & (total > 0)


def agreeing(image, maps):
    """Geometric mean of the stages."""
    product = torch.stack([large(image, peak(m)) for m in maps]).prod(0) ** 0.25
    return product > 0.25 * product.max()


WRONG = {
    "08.1": {
        "kept the inner ReLU": (lambda A, g: (kept(A, g), dropped(A, g)), "first map is LayerCAM"),
        "took the mean": (
            lambda A, g: (F.relu((A * g.mean((1, 2), keepdim=True)).sum(0)), dropped(A, g)),
            "that is Grad-CAM",
        ),
        "forgot the outer ReLU": (lambda A, g: (signed(A, g), dropped(A, g)), "only the inner ReLU goes"),
        "difference of finished maps": (
            lambda A, g: (F.relu(signed(A, g)), kept(A, g) - F.relu(signed(A, g))),
            "difference of two finished maps",
        ),
        "rectified after the sum": (lambda A, g: (F.relu(signed(A, g)), F.relu(-signed(A, g))), "also where"),
        "the sign": (lambda A, g: (F.relu(signed(A, g)), -dropped(A, g)), "second map is negative"),
        "the size of every term": (
            lambda A, g: (F.relu(signed(A, g)), kept(A, g) + dropped(A, g)),
            "also counts the terms",
        ),
        "gradients alone": (lambda A, g: (F.relu(signed(A, g)), F.relu(-g).sum(0)), "gradients alone"),
        "swapped": (lambda A, g: (dropped(A, g), F.relu(signed(A, g))), "wrong order"),
    },
    "08.2": {
        "chosen where it is measured": (lambda m, k, t: cross(m, k, t, own=True), "chosen on itself"),
        "chosen on all": (lambda m, k, t: scores(m, k, t)[:, scores(m, k, t).mean(0).argmax()], "chosen on all"),
        "best for each picture": (lambda m, k, t: scores(m, k, t).max(1).values, "suits it best"),
        "mean over the thresholds": (lambda m, k, t: scores(m, k, t).mean(1), "averaged over the thresholds"),
        "order of the halves": (lambda m, k, t: cross(m, k, t, order=(1, 0)), "another order"),
        "every second picture": (alternate, "every second picture"),
        "one number": (lambda m, k, t: cross(m, k, t).mean(), "one number"),
    },
    "08.3": {
        "gray": (lambda i, maps: large(i, peak(maps[-1])), "scissors"),
        "not enlarged": (lambda i, maps: peak(maps[-1]) > 0.5, "enlarges a map"),
        "an absolute threshold": (lambda i, maps: large(i, maps[-1]) > 0.02, "100 times"),
        "stages in their own units": (raw_sum, "different units"),
        "not a tensor": (lambda i, maps: at(i, maps[-1], 0.5).tolist(), "got list"),
        "0 ≥ 0": (
            lambda i, maps: large(i, maps[-1]) >= 0.45 * maps[-1].max(),
            "0 ≥ 0",
        ),
        "too much": (lambda i, maps: at(i, maps[-1], 0.1), "Too much is cut out"),
        "too little": (lambda i, maps: at(i, maps[0], 0.4), "Too little is cut out"),
        "the rest of the picture": (
            lambda i, maps: ~at(i, maps[-1], 0.5) & (maps[-1].max() > 0),
            "turn the comparison round",
        ),
    },
}

ALSO_RIGHT = {
    "08.1": [lambda A, g: (F.relu(signed(A, g)), dropped(A, g)), lambda A, g: [F.relu((A * g).sum(0)), dropped(A, g)]],
    "08.2": [cross],
    "08.3": [mean_rule, agreeing],
}
