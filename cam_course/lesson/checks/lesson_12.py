"""Checks of lesson 12, your own images."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from cam_course.heatmap import normalize, upsample
from cam_course.lesson.checks.pointing import INSIDE, MISTAKES, OUTSIDE, on_map
from cam_course.lesson.exercises import Mistake, Verdict, compare_function, exercise, wrong
from cam_course.lesson.guarding import UnsolvedError


@exercise("12.1", title="Say in which cell of the map a point of the photograph lies")
def check_on_map(answer: Callable) -> Verdict:
    """Boxes with an offset, of other proportions than the map; points in them, on their edges and outside."""
    praise = "Now you can point at a photograph and read its map there."
    try:
        return compare_function(answer, on_map, INSIDE + OUTSIDE, mistakes=MISTAKES, praise=praise)
    except UnsolvedError:
        for point in INSIDE:
            answer(*point)  # the stub ends here, once more
        return wrong("Your function returns None for a point that the crop cut off. Return (-1, -1) there.")


def or_none(logits: Tensor, known: Tensor, keep: float) -> Tensor:
    """The class of each picture, or -1 where the network is less sure than on all but a share of the known ones."""
    sure = logits.softmax(1).amax(1)
    limit = known.softmax(1).amax(1).quantile(1 - keep)
    return torch.where(sure >= limit, logits.argmax(1), -1)


def _guests(seed: int) -> tuple[Tensor, Tensor, float]:
    draw = torch.Generator().manual_seed(seed)
    known = 3 * torch.randn(57, 4, generator=draw) + 5 * torch.rand(57, 1, generator=draw)
    logits = 2 * torch.randn(40, 4, generator=draw) + 9 * torch.rand(40, 1, generator=draw)
    return logits, known, 0.875 if seed % 2 else 0.125  # eighths of 57: every kind of quantile agrees


def _limited(sure: Callable[[Tensor], Tensor], limit: Callable[[Tensor, float], Tensor]) -> Callable:
    return lambda x, k, keep: torch.where(sure(x) >= limit(sure(k), keep), x.argmax(1), -1)


def _probability(logits: Tensor) -> Tensor:
    return logits.softmax(1).amax(1)


NONE_MISTAKES: list[Mistake] = [
    (
        "always a name",
        lambda x, k, keep: x.argmax(1),
        "Every picture gets a name. Where the network is less sure than the limit, answer -1.",
    ),
    (
        "the other tail",
        _limited(_probability, lambda s, keep: s.quantile(keep)),
        "Your limit keeps the surest few of the known pictures and turns away most. Which quantile leaves `keep` of "
        "them *above* it?",
    ),
    (
        "a fixed limit",
        _limited(_probability, lambda s, keep: torch.tensor(keep)),
        "You took `keep` itself as the limit. It is a share of the known pictures; the limit is read off their "
        "probabilities.",
    ),
    (
        "always 95 %",
        lambda x, k, keep: or_none(x, k, 0.95),
        "You keep 95 % whatever `keep` says.",
    ),
    (
        "probabilities over the pictures",
        lambda x, k, keep: torch.where(
            x.softmax(0).amax(1) >= k.softmax(0).amax(1).quantile(1 - keep), x.argmax(1), -1
        ),
        "Your softmax runs over the pictures (`dim=0`). The probabilities of one picture's classes add up to 1.",
    ),
    (
        "a quantile of all probabilities",
        lambda x, k, keep: torch.where(_probability(x) >= k.softmax(1).quantile(1 - keep), x.argmax(1), -1),
        "Your quantile runs over all probabilities, those of the other classes too, which are small: nearly everything "
        "gets a name. Take it of the *largest* one of each picture.",
    ),
    (
        "the probability",
        lambda x, k, keep: torch.where(or_none(x, k, keep) >= 0, _probability(x), -1.0),
        "You return how sure the network is. Return what it says: the number of the class, or -1.",
    ),
    (
        "the limit from the guests",
        lambda x, k, keep: or_none(x, x, keep),
        "Your limit comes from the pictures that you judge. It would turn away the same share of any pictures: take it "
        "from the known ones.",
    ),
    (
        "logits",
        _limited(lambda x: x.amax(1), lambda s, keep: s.quantile(1 - keep)),
        "You compared the largest logits. Add 5 to all logits of a picture, and nothing about its answer changes; "
        "compare probabilities.",
    ),
    (
        "inverted",
        lambda x, k, keep: torch.where(
            _probability(x) < _probability(k).quantile(1 - keep), x.argmax(1), torch.full_like(x.argmax(1), -1)
        ),
        "You name the pictures of which the network is unsure, and turn away the others.",
    ),
    (
        "the mean",
        _limited(_probability, lambda s, keep: s.mean()),
        "Your limit is the mean of the known pictures and does not depend on `keep`.",
    ),
    (
        "the least sure",
        _limited(_probability, lambda s, keep: s.min()),
        "Your limit is the least sure of the known pictures: it keeps all of them, whatever `keep` says.",
    ),
    (
        "truth values",
        lambda x, k, keep: _probability(x) >= _probability(k).quantile(1 - keep),
        "You return whether there is an answer. Return the answer: the number of the class, or -1.",
    ),
    (
        "no class is 0",
        lambda x, k, keep: or_none(x, k, keep).clamp(min=0),
        "You answer 0 where there is no answer. 0 is a class; say -1.",
    ),
]


@exercise("12.2", title="Let the network say: none of these")
def check_or_none(answer: Callable) -> Verdict:
    """Logits with an offset of their own for each picture, so that logits and probabilities differ."""
    praise = "A network with a door. Now see in the next lines whom it lets in."
    return compare_function(answer, or_none, [_guests(121), _guests(122)], mistakes=NONE_MISTAKES, praise=praise)


def spotlight(photo: Tensor, heat: Tensor) -> Tensor:
    """The photograph in color where the map is high, gray where it is 0: (3, H, W)."""
    large = _large(photo, heat)
    return _mixed(photo, large / large.max())


def _large(photo: Tensor, heat: Tensor) -> Tensor:
    return upsample(heat, photo.shape[-2:])


def _mixed(photo: Tensor, share: Tensor) -> Tensor:
    return share * photo + (1 - share) * photo.mean(0, keepdim=True)


def _nearest(photo: Tensor, heat: Tensor) -> Tensor:
    return _mixed(photo, interpolate(heat[None, None], photo.shape[-2:])[0, 0] / heat.max())


def _min_max(photo: Tensor, heat: Tensor) -> Tensor:
    return _mixed(photo, normalize(_large(photo, heat)))


def _toward(gray: Tensor, photo: Tensor, heat: Tensor) -> Tensor:
    share = _large(photo, heat) / _large(photo, heat).max()
    return share * photo + (1 - share) * gray


def _aligned(photo: Tensor, heat: Tensor) -> Tensor:
    return interpolate(heat[None, None], photo.shape[-2:], mode="bilinear", align_corners=True)[0, 0]


def _photo(seed: int) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    return torch.rand(3, 18, 30, generator=draw), 0.4 + 7 * torch.rand(4, 5, generator=draw)


LIGHT_MISTAKES: list[Mistake] = [
    (
        "inverted",
        lambda p, h: _mixed(p, 1 - _large(p, h) / _large(p, h).max()),
        "Color and gray have changed places: the map's maximum is to be in full color.",
    ),
    (
        "dark in place of gray",
        lambda p, h: p * _large(p, h) / _large(p, h).max(),
        "Where the map is low your picture is dark. It is to be gray: as bright as the photograph, without color.",
    ),
    (
        "nearest",
        _nearest,
        "Your light has square edges: each cell was copied. Enlarge bilinearly, as `upsample` does.",
    ),
    (
        "the photograph made small",
        lambda p, h: _mixed(interpolate(p[None], h.shape, mode="bilinear")[0], h / h.max()),
        "You made the photograph as small as the map. Enlarge the map: the photograph keeps its own resolution.",
    ),
    (
        "minimum to 0",
        _min_max,
        "You shifted the map's minimum to 0 (`normalize` does that). Take shares of the maximum: a map that is high "
        "everywhere then leaves all of the photograph in color, and says so.",
    ),
    (
        "not divided",
        lambda p, h: _mixed(p, _large(p, h)),
        "You used the raw map, in score units. Divide by its maximum, so that 1 is full color.",
    ),
    (
        "divided before it was enlarged",
        lambda p, h: _mixed(p, _large(p, h / h.max())),
        "You divided by the small map's maximum, which the enlarged one may not reach. Divide after enlarging.",
    ),
    (
        "one gray for all",
        lambda p, h: p.mean() + _large(p, h) / _large(p, h).max() * (p - p.mean()),
        "Your gray is the same everywhere: the mean of the whole photograph. Each pixel has its own: the mean of its "
        "three colors.",
    ),
    (
        "weighted gray",
        lambda p, h: _toward((p * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(0), p, h),
        "Your gray weighs green most, as television did. Here it is the plain mean of the three colors.",
    ),
    (
        "the brightest color as gray",
        lambda p, h: _toward(p.amax(0), p, h),
        "Your gray is the largest of the three colors. Take their mean.",
    ),
    (
        "corners aligned",
        lambda p, h: _mixed(p, _aligned(p, h) / _aligned(p, h).max()),
        "You enlarged with `align_corners=True`, which puts the outer cells' centers on the edge. `upsample` keeps "
        "them half a cell inside.",
    ),
    (
        "a threshold",
        lambda p, h: _mixed(p, (_large(p, h) >= _large(p, h).max() / 2).float()),
        "Your light has a hard edge: you cut the map at a threshold. Mix color and gray by the map's share.",
    ),
]


@exercise("12.3", title="Make a spotlight: color where the network looked, gray elsewhere")
def check_spotlight(answer: Callable) -> Verdict:
    """A photograph and a coarse map of other proportions, of which the least value is not 0."""
    praise = "Send it with the answer, its probability, and what a flat map would look like: all of it in color."
    return compare_function(answer, spotlight, [_photo(131), _photo(132)], mistakes=LIGHT_MISTAKES, praise=praise)
