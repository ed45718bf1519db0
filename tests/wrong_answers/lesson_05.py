"""Answers to the exercises of lesson 05: wrong ones that must be named, right ones written another way."""

import torch
import torch.nn.functional as F

from cam_course.metrics import rank_correlation


def enlarged(S, like, **how):
    how = how or {"mode": "bilinear", "align_corners": False}
    return F.interpolate(S[None, None], size=tuple(like.shape[-2:]), **how)[0, 0]


def times(G, L):
    return torch.stack([color * L for color in G])


def ranks(one, *others):
    return torch.stack([rank_correlation(other, one) for other in others])


def scaled(maps):
    return (maps - maps.min()) / (maps.max() - maps.min())


def correlation(maps, others):
    x, y = (m.flatten(1) - m.flatten(1).mean(1, keepdim=True) for m in (maps, others))
    return (x * y).sum(1) / (x.norm(dim=1) * y.norm(dim=1))


def inked(
    magnitude,
    weighted,
    *,
    quantile=0.99,
    order=(0, 2),
    overlay=False,
    paper=1.0,
    signs_only=False,
    apart=False,
    cut=False,
    guard=True,
    raw_ink=False,
    raw_vote=False,
    flat=False,
    colorful=False,
):
    full = magnitude.flatten().quantile(quantile)
    full = magnitude.max() if guard and full == 0 else full
    ink = (magnitude / full if not guard or full > 0 else magnitude) if not raw_ink else magnitude / 3
    ink = ink.clamp(0, 1) if not flat else (magnitude > 0).float()
    weighted = weighted.relu() if cut else weighted
    top = weighted.abs().max() if not raw_vote else torch.tensor(5.0)
    tops = (weighted.max(), -weighted.min()) if apart else (top, top)
    for_, against = (
        m / t if not guard or t > 0 else m for m, t in zip((weighted.relu(), (-weighted).relu()), tops, strict=True)
    )
    if signs_only:
        for_, against = (for_ > 0).float(), (against > 0).float()
    for_, against = for_.clamp(max=1), against.clamp(max=1)
    shown = [paper - paper * ink for _ in range(3)]
    vote_ink = torch.ones_like(ink) if overlay else ink
    shown[order[0]] = shown[order[0]] + for_ * vote_ink
    shown[order[1]] = shown[order[1]] + against * vote_ink
    if overlay:
        shown = [shown[0] - against, shown[1] - for_ - against, shown[2] - for_]
    if colorful:
        shown[1] = shown[1] + 0.3 * ink
    picture = torch.stack(shown)
    return picture.clamp(0, 1) if torch.isfinite(picture).all() else picture


def positive_is_bright(magnitude, weighted):
    ink = (magnitude / magnitude.flatten().quantile(0.99)).clamp(0, 1)
    vote = weighted / weighted.abs().max()
    return torch.stack([ink * vote.relu(), ink * 0, ink * (-vote).relu()])


def over_range(magnitude, weighted):
    ink = magnitude / magnitude.flatten().quantile(0.99)
    vote = weighted / weighted.abs().max()
    return torch.stack([1 - ink * (1 - vote.relu()), 1 - ink, 1 - ink * (1 - (-vote).relu())])


def another_palette(magnitude, weighted):
    """Brick and navy on white: right, and nothing like the solution's colors."""
    full = magnitude.flatten().quantile(0.99)
    ink = (magnitude / (full if full > 0 else magnitude.max())).nan_to_num(0).clamp(0, 1)
    vote = (weighted / weighted.abs().max()).nan_to_num(0)
    brick, navy, black = (torch.tensor(c)[:, None, None] for c in ((0.8, 0.2, 0.1), (0.1, 0.2, 0.8), (0.1, 0.1, 0.1)))
    color = black + vote.relu() * (brick - black) + (-vote).relu() * (navy - black)
    return (1 - ink) + ink * color


WRONG = {
    "05.1": {
        "forgot the ReLU": (lambda G, S: times(G, enlarged(S, G)), "two negatives"),
        "ReLU after enlarging": (lambda G, S: times(G, enlarged(S, G).clamp(min=0)), "enlarged first"),
        "magnitude of S": (lambda G, S: times(G, enlarged(S.abs(), G)), "magnitude of `weighted`"),
        "nearest": (lambda G, S: times(G, enlarged(S.relu(), G, mode="nearest")), "captum's default"),
        "corners": (
            lambda G, S: times(G, enlarged(S.relu(), G, mode="bilinear", align_corners=True)),
            "align_corners=True",
        ),
        "strokes cut": (lambda G, S: times(G.clamp(min=0), enlarged(S.relu(), G)), "negative part of `attribution`"),
        "strokes unsigned": (lambda G, S: times(G.abs(), enlarged(S.relu(), G)), "sign is lost"),
        "one value a pixel": (lambda G, S: G.abs().amax(0) * enlarged(S.relu(), G), "one value per pixel"),
        "normalized": (lambda G, S: times(G, scaled(enlarged(S.relu(), G))), "normalized Grad-CAM on the way"),
    },
    "05.2": {
        "rows exchanged": (lambda g, c, ga, ca: ranks(g * c, g * ca, ga * c, ga * ca), "Rows 0 and 1"),
        "parents": (
            lambda g, c, ga, ca: torch.cat([ranks(g, ga), ranks(c, ca), ranks(g * c, ga * ca)]),
            "multiply before",
        ),
        "the product after": (lambda g, c, ga, ca: ranks(ga * ca, ga * c, g * ca, g * c), "*as it was*"),
        "mean": (lambda g, c, ga, ca: ranks(g * c, ga * c, g * ca, ga * ca).mean(-1), "one number per picture"),
        "all as one": (
            lambda g, c, ga, ca: torch.cat(
                [rank_correlation((g * c).view(1, -1), m.reshape(1, -1)).view(1) for m in (ga * c, g * ca, ga * ca)]
            ),
            "all pictures together",
        ),
        "not ranks": (
            lambda g, c, ga, ca: torch.stack([correlation(g * c, m) for m in (ga * c, g * ca, ga * ca)]),
            "plain correlation",
        ),
        "sums": (lambda g, c, ga, ca: ranks(g + c, ga + c, g + ca, ga + ca), "added the two maps"),
    },
    "05.3": {
        "scaled by the maximum": (lambda m, w: inked(m, w, quantile=1.0), "0.99 quantile"),
        "black paper": (positive_is_bright, "paper is not white"),
        "color without strokes": (lambda m, w: inked(m, w, overlay=True), "adds none"),
        "exchanged": (lambda m, w: inked(m, w, order=(2, 0)), "colors are exchanged"),
        "sign only": (lambda m, w: inked(m, w, signs_only=True), "not its sign alone"),
        "signs scaled apart": (lambda m, w: inked(m, w, apart=True), "scaled the two signs apart"),
        "ReLU": (lambda m, w: inked(m, w, cut=True), "remove what speaks against"),
        "0/0": (lambda m, w: inked(m, w, guard=False), "0/0"),
        "raw strokes": (lambda m, w: inked(m, w, raw_ink=True), "`magnitude` a hundredth"),
        "raw votes": (lambda m, w: inked(m, w, raw_vote=True), "`weighted` a hundredth"),
        "no shades": (lambda m, w: inked(m, w, flat=True), "must grow with"),
        "green everywhere": (lambda m, w: inked(m, w, colorful=True), "no vote, no color"),
        "channels last": (lambda m, w: inked(m, w).permute(1, 2, 0), "torch.stack"),
        "no clamp": (over_range, "clamp ink and vote"),
    },
}

ALSO_RIGHT = {
    "05.1": [
        lambda G, S: times(G, enlarged(S.clamp(min=0), G)),
        lambda G, S: torch.einsum("chw,hw->chw", G, enlarged(F.relu(S), G)),
    ],
    "05.2": [
        lambda g, c, ga, ca: ranks(g * c, ga * c, g * ca, ga * ca),
        lambda g, c, ga, ca: [rank_correlation(g * c, m) for m in (ga * c, g * ca, ga * ca)],
    ],
    "05.3": [inked, another_palette],
}
