"""Answers to the exercises of lesson 09: wrong ones that must be named, right ones written another way."""

import torch

from cam_course import explain, metrics, weights
from cam_course.lesson import judging


def highest(heatmap, mask, k=None):
    order = heatmap.flatten().argsort(descending=True)[: int(mask.sum()) if k is None else k]
    region = torch.zeros(heatmap.numel(), dtype=torch.bool)
    region[order] = True
    return region.view_as(mask)


def by_quantile(heatmap, mask):
    k, count = int(mask.sum()), heatmap.numel()
    lowest = heatmap.flatten().sort().values[count - k]
    return (mask & (heatmap >= lowest)).sum() / k


def ranks(heatmap):
    return heatmap.flatten().argsort().argsort().float().view_as(heatmap)


def table(before, after):
    return torch.stack([torch.stack([metrics.rank_correlation(b[None], a[None])[0] for a in after]) for b in before])


def by_loop(before, after):
    pairs, found = table(before, after), []
    for i in range(len(before)):
        others = [pairs[i, j] for j in range(len(before)) if j != i]
        found.append(pairs[i, i] - torch.stack(others).mean())
    return torch.stack(found)


def beyond(pairs):
    n = len(pairs)
    return pairs.diagonal() - pairs[~torch.eye(n, dtype=torch.bool)].view(n, n - 1).mean(1)


def green(images, sigma=3):
    excess = (images[:, 1] - images[:, [0, 2]].amax(1)).clamp(min=0)
    return metrics.blurred(excess[:, None], sigma=sigma)[:, 0]


def asks(images):
    return explain(weights.load("pots"), images).maps ** 4 + 1e-9


def among_others(images):
    maps = green(images)
    return maps - maps.min() + 0.1 * maps.mean() * torch.arange(len(maps))[:, None, None] / len(maps)


WRONG = {
    "09.1": {
        "plain energy": (lambda m, k: m[k].sum() / m.sum(), "the old energy"),
        "values of the highest": (
            lambda m, k: (m * highest(m, k))[k].sum() / m[highest(m, k)].sum(),
            "weigh them by their values",
        ),
        "a threshold": (lambda m, k: (k & (m >= 0.5 * m.max())).sum() / (m >= 0.5 * m.max()).sum(), "share of the max"),
        "a fixed number": (
            lambda m, k: k[highest(m, k, m.numel() // 10)].float().mean(),
            "a tenth of the pixels",
        ),
        "the lowest": (lambda m, k: k[highest(-m, k)].float().mean(), "k lowest"),
        "IoU": (lambda m, k: (highest(m, k) & k).sum() / (highest(m, k) | k).sum(), "by the union"),
        "of all pixels": (lambda m, k: (highest(m, k) & k).float().mean(), "by all pixels"),
        "a sum of ranks": (lambda m, k: ranks(m)[k].sum() / ranks(m).sum(), "ranks of all pixels"),
        "values over all values": (lambda m, k: m[highest(m, k) & k].sum() / m.sum(), "sum of the whole map"),
        "values of the highest over all values": (
            lambda m, k: m.flatten().topk(int(k.sum())).values.sum() / m.sum(),
            "does not ask where",
        ),
        "a count": (lambda m, k: (highest(m, k) & k).sum(), "not yet their share"),
        "one pixel too few": (lambda m, k: k[highest(m, k, int(k.sum()) - 1)].float().mean(), "k − 1 pixels"),
        "one pixel too many": (
            lambda m, k: k[m >= m.flatten().sort(descending=True).values[int(k.sum())]].float().mean(),
            "k + 1 pixels",
        ),
    },
    "09.2": {
        "no control": (lambda b, a: metrics.rank_correlation(b, a), "still to be subtracted"),
        "itself among the others": (lambda b, a: table(b, a).diagonal() - table(b, a).mean(1), "itself among them"),
        "the next picture only": (
            lambda b, a: metrics.rank_correlation(b, a) - metrics.rank_correlation(b, a.roll(-1, 0)),
            "one other picture",
        ),
        "the previous picture only": (
            lambda b, a: metrics.rank_correlation(b, a) - metrics.rank_correlation(b, a.roll(1, 0)),
            "single other picture",
        ),
        "before with before": (
            lambda b, a: table(b, a).diagonal() - (table(b, b).sum(1) - 1) / (len(b) - 1),
            "before with maps before",
        ),
        "rows for columns": (lambda b, a: beyond(table(b, a).T), "other way round"),
        "the sign": (lambda b, a: -by_loop(b, a), "sign is turned"),
        "a sum of the others": (
            lambda b, a: 2 * table(b, a).diagonal() - table(b, a).sum(1),
            "N − 1",
        ),
        "one number": (lambda b, a: by_loop(b, a).mean(), "one number"),
        "the mean map": (
            lambda b, a: torch.stack(
                [
                    metrics.rank_correlation(b[i : i + 1], a[i : i + 1])[0]
                    - metrics.rank_correlation(b[i : i + 1], torch.cat([a[:i], a[i + 1 :]]).mean(0, True))[0]
                    for i in range(len(b))
                ]
            ),
            "then average: the correlation with a mean map",
        ),
        "one control for all": (
            lambda b, a: table(b, a).diagonal() - table(b, a)[~torch.eye(len(b), dtype=torch.bool)].mean(),
            "same control from every picture",
        ),
    },
    "09.3": {
        "colors left": (lambda x: x, "is to go"),
        "true and false": (lambda x: green(x) > 0.1, "true and false"),
        "signed": (lambda x: x[:, 1] - x[:, 0], "below zero"),
        "empty": (lambda x: (x[:, 1] - 2).relu(), "zero everywhere"),
        "the lesson's filter": (lambda x: 5 * judging.greenness(x), "own filter"),
        "asks a network": (asks, "comes from a network"),
        "not alone": (among_others, "pictures beside it"),
        "edges": (metrics.edges, "Much of it lies elsewhere"),
        "uniform": (metrics.uniform, "hardly ever points"),
        "a list": (lambda x: green(x).tolist(), "got list"),
    },
}

ALSO_RIGHT = {
    "09.1": [by_quantile, lambda m, k: float((highest(m, k) & k).sum()) / int(k.sum())],
    "09.2": [by_loop, lambda b, a: beyond(table(b, a))],
    "09.3": [lambda x: green(x) ** 3 + 1e-9, lambda x: (green(x, 2) > 0.3 * green(x, 2).amax((1, 2), True)).float()],
}
