"""Checks of lesson 05, Guided Grad-CAM."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from cam_course.heatmap import normalize, upsample
from cam_course.lesson.exercises import Verdict, compare_function, exercise, right, wrong
from cam_course.lesson.ink_mistakes import problem_of_inks
from cam_course.metrics import rank_correlation


def _drawn(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def product_of(attribution: Tensor, weighted: Tensor) -> Tensor:
    """Guided Grad-CAM from guided backpropagation and the weighted sum of feature maps."""
    return attribution * upsample(weighted.relu(), attribution.shape[-2:])


def _by_other_enlarging(**how: object) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda G, S: G * F.interpolate(S.relu()[None, None], G.shape[-2:], **how)[0]


@exercise("05.1", title="Put Guided Grad-CAM together")
def check_product_of(answer: Callable) -> Verdict:
    """The order of steps: cut, enlarge, multiply."""
    mistakes = [
        (
            "forgot the ReLU",
            lambda G, S: G * upsample(S, G.shape[-2:]),
            "`weighted` comes before its ReLU, and you kept its negative part. By hand, bottom right: what do two "
            "negatives make?",
        ),
        (
            "ReLU after enlarging",
            lambda G, S: G * upsample(S, G.shape[-2:]).relu(),
            "You enlarged first and cut afterward. What is enlarged is Grad-CAM, and Grad-CAM is finished only after "
            "its ReLU: a negative cell must not pull its neighbors down.",
        ),
        (
            "magnitude of the weighted sum",
            lambda G, S: G * upsample(S.abs(), G.shape[-2:]),
            "You took the magnitude of `weighted`: what speaks against the class now counts as evidence for it.",
        ),
        (
            "nearest cell",
            _by_other_enlarging(mode="nearest"),
            "You repeated each cell: squares with hard borders. That is captum's default; the definition here "
            "interpolates bilinearly.",
        ),
        (
            "aligned corners",
            _by_other_enlarging(mode="bilinear", align_corners=True),
            "You interpolated with align_corners=True, which stretches the map so that the centers of the corner cells "
            "lie on the corner pixels. With half-pixel centers they do not.",
        ),
        (
            "rectified strokes",
            lambda G, S: product_of(G.relu(), S),
            "You cut the negative part of `attribution` as well. Only Grad-CAM has a ReLU at its end; the product is "
            "signed.",
        ),
        (
            "magnitude of the strokes",
            lambda G, S: product_of(G.abs(), S),
            "You took the magnitude of `attribution`: the sign is lost. For a map, one takes magnitudes afterward.",
        ),
        (
            "one value per pixel",
            lambda G, S: product_of(G, S).abs().amax(0),
            "You returned one value per pixel, the largest magnitude. That is `.maps`; asked for is the signed product "
            "in three colors.",
        ),
        (
            "normalized",
            lambda G, S: G * normalize(upsample(S.relu(), G.shape[-2:])),
            "Up to its strength it is right: you normalized Grad-CAM on the way. Raw is asked for; normalize once, at "
            "the end, and by a step of its own.",
        ),
    ]
    inputs = [(_drawn(50, 3, 12, 16), _drawn(51, 3, 4)), (_drawn(52, 3, 9, 9), _drawn(53, 3, 3))]
    praise = "Cut, enlarge, multiply: and the sign is that of the strokes."
    return compare_function(answer, product_of, inputs, mistakes=mistakes, praise=praise)


def who_changed(guided: Tensor, coarse: Tensor, guided_after: Tensor, coarse_after: Tensor) -> Tensor:
    """Rank correlations with the product as it was: of new strokes, of new Grad-CAM, of both."""
    return _rows(rank_correlation, guided * coarse, guided, coarse, guided_after, coarse_after)


def _rows(measure: Callable, reference: Tensor, g: Tensor, c: Tensor, ga: Tensor, ca: Tensor) -> Tensor:
    return torch.stack([measure(reference, product) for product in (ga * c, g * ca, ga * ca)])


def _pearson(maps: Tensor, others: Tensor) -> Tensor:
    pairs = zip(maps.flatten(1), others.flatten(1), strict=True)
    return torch.stack([torch.corrcoef(torch.stack(pair))[0, 1] for pair in pairs])


def _as_one(maps: Tensor, others: Tensor) -> Tensor:
    return rank_correlation(maps.reshape(1, -1), others.reshape(1, -1))


@exercise("05.2", title="Exchange one parent at a time")
def check_who_changed(answer: Callable) -> Verdict:
    """An experiment in which one thing changes at a time."""
    mistakes = [
        (
            "rows exchanged",
            lambda *four: who_changed(*four)[[1, 0, 2]],
            "Rows 0 and 1 are exchanged: in row 0 only *guided backpropagation* is the new one.",
        ),
        (
            "parents compared with themselves",
            lambda g, c, ga, ca: torch.stack(
                [rank_correlation(g, ga), rank_correlation(c, ca), rank_correlation(g * c, ga * ca)]
            ),
            "You compared each parent with itself. The question is what each change does to the *product*: multiply "
            "before you compare.",
        ),
        (
            "compared with the product after",
            lambda g, c, ga, ca: torch.stack([rank_correlation(ga * ca, one) for one in (ga * c, g * ca, g * c)]),
            "Your reference is the product after the change. Compare with the product *as it was*.",
        ),
        (
            "the mean over pictures",
            lambda *four: who_changed(*four).mean(1),
            "You averaged over the pictures. Return one number per picture, (3, N): an interval needs them all.",
        ),
        (
            "all pictures as one",
            lambda g, c, ga, ca: _rows(_as_one, g * c, g, c, ga, ca),
            "You ranked the pixels of all pictures together. Rank within each picture: (N,) numbers a row.",
        ),
        (
            "not ranks",
            lambda g, c, ga, ca: _rows(_pearson, g * c, g, c, ga, ca),
            "This is the plain correlation, which the few strongest pixels decide. Use the rank correlation.",
        ),
        *(
            (
                f"compared with {parent}",
                lambda *four, place=place: _rows(rank_correlation, four[place], *four),
                "Your reference is one of the two parents. Compare products with a product: the one as it was.",
            )
            for place, parent in enumerate(("guided backpropagation", "Grad-CAM"))
        ),
        (
            "one minus",
            lambda *four: 1 - who_changed(*four),
            "You returned 1 minus the correlation, a distance. Asked for is the correlation: 1 where nothing changed.",
        ),
        (
            "sums instead of products",
            lambda g, c, ga, ca: torch.stack([rank_correlation(g + c, one) for one in (ga + c, g + ca, ga + ca)]),
            "You added the two maps. Guided Grad-CAM is their product.",
        ),
    ]
    inputs = [tuple(_drawn(60 + 10 * i + k, 4, 6, 7).abs() for k in range(4)) for i in range(2)]
    praise = "One change at a time, one reference: now you can say who did it."
    return compare_function(answer, who_changed, inputs, mistakes=mistakes, praise=praise)


@exercise("05.3", title="Draw every stroke in the color of its vote")
def check_two_inks(answer: Callable) -> Verdict:
    """A picture is judged by what it must show, so that every way of painting it may be right."""
    problem = problem_of_inks(answer)
    return wrong(problem) if problem else right("The strokes are one parent's, the color the other's: show it around.")
