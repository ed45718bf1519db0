"""Answers to the exercises of lesson 11: wrong ones that must be named, right ones written another way."""

import torch


def others(logits, of):
    return torch.stack([logits[:, k] for k in range(logits.shape[1]) if k != of], 1)


def wins(logits, of):
    return logits[:, of] - others(logits, of).max(1).values


def margin(logits, mask, of):
    gaps = wins(logits, of)
    return (gaps * mask).sum((1, 2)) / mask.sum()


def by_top_two(logits, mask, of):
    top = logits.topk(2, dim=1)
    rival = torch.where(top.indices[:, 0] == of, top.values[:, 1], top.values[:, 0])
    return (logits[:, of] - rival)[:, mask].mean(1)


def in_place(logits, mask, of):
    rivals = logits
    rivals[:, of] = -torch.inf
    return (logits[:, of] - rivals.max(1).values)[:, mask].mean(1)


def zeroed(logits, mask, of):
    rivals = logits.clone()
    rivals[:, of] = 0
    return (logits[:, of] - rivals.amax(1))[:, mask].mean(1)


def margin_beside(logits, rivals, mask, of):
    return (logits[:, of] - others(rivals, of).max(1).values)[:, mask].mean(1)


def writes(logits, mask, of):
    own = logits[:, of].clone()
    logits[:, of] = -torch.inf
    return (own - logits.max(1).values)[:, mask].mean(1)


def one_rival(logits, mask, of):
    means = torch.stack([one[:, mask].mean(1) for one in logits])
    return means[:, of] - others(means, of).max(1).values


def shares(maps):
    return torch.stack([m / m.sum() if m.sum() > 0 else m for m in maps])


def moved(first, second):
    """What leaves: the positive part of the differences."""
    seen = (first.amax((1, 2)) > 0) & (second.amax((1, 2)) > 0)
    return torch.where(seen, (shares(first) - shares(second)).relu().sum((1, 2)), 0.0)


def overlap_rule(first, second):
    seen = (first.amax((1, 2)) > 0) & (second.amax((1, 2)) > 0)
    return (1 - torch.minimum(shares(first), shares(second)).sum((1, 2))) * seen


def peaks(first, second):
    a, b = (torch.stack([m / m.max() if m.max() > 0 else m for m in maps]) for maps in (first, second))
    return (a - b).abs().sum((1, 2)) / 2


def each(found, classes, rule):
    rows = [[rule(one["scores"][one["labels"] == kind]) for kind in range(classes)] for one in found]
    return torch.stack([torch.stack(row) for row in rows])


def by_index(found, classes, weigh=lambda scores: scores / 0.78):
    empty = found[0]["scores"].new_zeros(classes)
    return torch.stack([empty.index_add(0, one["labels"], weigh(one["scores"])) for one in found])


def dropped(found, classes):
    return torch.stack([by_index([one], classes)[0] for one in found if len(one["scores"])])


def largest(scores):
    return scores.max() / 0.78 if len(scores) else scores.sum()


def off_by_one(found, classes):
    return by_index(found, classes).roll(1, 1)


def all_kinds(found, classes):
    return torch.stack([one["scores"].sum().expand(classes) for one in found])


WRONG = {
    "11.1": {
        "the class alone": (lambda x, m, of: x[:, of, m].mean(1), "`targets.Region`"),
        "itself among the rivals": (
            lambda x, m, of: (x[:, of] - x.max(1).values)[:, m].mean(1),
            "competes with itself",
        ),
        "one rival for the region": (one_rival, "one rival for the whole region"),
        "always the second": (
            lambda x, m, of: (x[:, of] - x.sort(1).values[:, -2])[:, m].mean(1),
            "always take the second",
        ),
        "written into the logits": (in_place, "Change a copy"),
        "a sum": (lambda x, m, of: wins(x, of)[:, m].sum(1), "added up over the region"),
        "the whole picture": (lambda x, m, of: wins(x, of).mean((1, 2)), "all pixels of the picture"),
        "divided by all pixels": (lambda x, m, of: (wins(x, of) * m).mean((1, 2)), "counted them in the mean"),
        "the sign": (lambda x, m, of: -margin(x, m, of), "turned round"),
        "cut at zero": (lambda x, m, of: wins(x, of).clamp(min=0)[:, m].mean(1), "losing is evidence too"),
        "probabilities": (lambda x, m, of: margin(x.softmax(1), m, of), "Take logits"),
        "all images together": (lambda x, m, of: margin(x, m, of).mean(), "one score per image"),
        "first against second": (
            lambda x, m, of: (lambda top: top[:, 0] - top[:, 1])(x.sort(1, descending=True).values)[:, m].mean(1),
            "never negative",
        ),
        "the strongest of the region": (
            lambda x, m, of: x[:, of, m].mean(1) - others(x, of)[:, :, m].amax((1, 2)),
            "strongest rival of the whole",
        ),
        "rivals of zero": (zeroed, "wins. Which number"),
        "an average rival": (lambda x, m, of: (x[:, of] - others(x, of).mean(1))[:, m].mean(1), "strongest of them"),
        "rivals without a gradient": (lambda x, m, of: margin_beside(x, x.detach(), m, of), "*and* the strongest"),
        "right, but writes": (writes, "wrote into `logits`"),
        "no gradient": (lambda x, m, of: margin(x, m, of).detach(), "no gradient flows back"),
    },
    "11.2": {
        "not divided": (lambda a, b: (a - b).abs().sum((1, 2)) / 2, "shares of its own sum"),
        "divided by the maximum": (peaks, "shares of the *sum*"),
        "counted twice": (lambda a, b: 2 * moved(a, b), "counted it twice"),
        "counted twice, empties too": (lambda a, b: (shares(a) - shares(b)).abs().sum((1, 2)), "counted it twice"),
        "what leaves": (lambda a, b: (shares(a) - shares(b)).relu().sum((1, 2)), "all light seems to leave"),
        "empty second": (
            lambda a, b: (shares(a) - shares(b)).abs().sum((1, 2)) / 2 * (a.amax((1, 2)) > 0),
            "where the *second* map is empty",
        ),
        "empty first": (
            lambda a, b: (shares(a) - shares(b)).abs().sum((1, 2)) / 2 * (b.amax((1, 2)) > 0),
            "where the *first* map is empty",
        ),
        "signs cancel": (lambda a, b: (shares(a) - shares(b)).sum((1, 2)) / 2, "Magnitude first"),
        "what stays": (lambda a, b: 1 - moved(a, b), "share that stays"),
        "a mean over pixels": (lambda a, b: (shares(a) - shares(b)).abs().mean((1, 2)) / 2, "mean over the pixels"),
        "empty is a half": (lambda a, b: (shares(a) - shares(b)).abs().sum((1, 2)) / 2, "one map is empty"),
        "0/0": (
            lambda a, b: (a / a.sum((1, 2), keepdim=True) - b / b.sum((1, 2), keepdim=True)).abs().sum((1, 2)) / 2,
            "0/0 is no number",
        ),
        "all pictures in one": (lambda a, b: moved(a, b).mean(), "share of every picture"),
        "one sum for the batch": (
            lambda a, b: (a / a.sum() - b / b.sum()).abs().sum((1, 2)) / 2,
            "over the whole batch",
        ),
    },
    "11.3": {
        "whole numbers": (
            lambda f, n: torch.stack([torch.bincount(one["labels"], minlength=n) for one in f]),
            "whole numbers have no gradient",
        ),
        "counted": (lambda f, n: each(f, n, lambda s: (s > 0.4).float().sum()), "counted, not computed"),
        "a hard threshold": (
            lambda f, n: each(f, n, lambda s: (s > 0.4).float().sum() + 0 * s.sum()),
            "is flat",
        ),
        "a cut graph": (
            lambda f, n: by_index(f, n, lambda s: (20 * (s.detach() - 0.3)).sigmoid() + 0 * s),
            "cuts the graph",
        ),
        "pictures mixed": (lambda f, n: (c := by_index(f, n)) + 0.01 * c.mean(0), "counted alone"),
        "a threshold too high": (
            lambda f, n: by_index(f, n, lambda s: (20 * (s - 0.7)).sigmoid()),
            "what do those count",
        ),
        "nothing dropped": (dropped, "stops at a picture"),
        "added up": (lambda f, n: by_index(f, n, lambda s: s), "rounds to 1"),
        "the surest alone": (lambda f, n: each(f, n, largest), "more than one of a kind"),
        "all kinds": (all_kinds, "the same number"),
        "off by one": (off_by_one, "begin at 0"),
        "rows and columns": (lambda f, n: by_index(f, n).T, "changed places"),
        "a list": (lambda f, n: list(by_index(f, n)), "got list"),
        "all images in one": (lambda f, n: by_index(f, n).sum(0), "one row per image"),
        "twice": (lambda f, n: 2 * by_index(f, n), "more than one?"),
        "mean": (lambda f, n: each(f, n, lambda s: s.mean()), "without any detection"),
    },
}

ALSO_RIGHT = {
    "11.1": [margin, by_top_two],
    "11.2": [moved, overlap_rule],
    "11.3": [
        by_index,
        lambda f, n: each(f, n, lambda s: ((s - 0.4) * 8).sigmoid().sum()),
        lambda f, n: by_index(f, n, lambda s: (40 * (s - 0.3)).sigmoid()),  # exactly 1 in float32 for a sure plant
        lambda f, n: by_index(f, n, lambda s: (2 * s).clamp(max=1)),
    ],
}
