"""Checks of lesson 05, Guided Grad-CAM."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from cam_course.heatmap import normalize, upsample
from cam_course.lesson.exercises import Verdict, compare_function, exercise, right, wrong
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
            "You enlarged first and cut afterwards. What is enlarged is Grad-CAM, and Grad-CAM is finished only after "
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
            "You took the magnitude of `attribution`: the sign is lost. For a map, one takes magnitudes afterwards.",
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
            "Rows 0 and 1 are exchanged: in row 0 only *guided backpropagation* comes from the redrawn network.",
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
            "Your reference is the product of the redrawn network. Compare with the product *as it was*.",
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
        (
            "sums instead of products",
            lambda g, c, ga, ca: torch.stack([rank_correlation(g + c, one) for one in (ga + c, g + ca, ga + ca)]),
            "You added the two maps. Guided Grad-CAM is their product.",
        ),
    ]
    inputs = [tuple(_drawn(60 + 10 * i + k, 4, 6, 7).abs() for k in range(4)) for i in range(2)]
    praise = "One change at a time, one reference: now you can say who did it."
    return compare_function(answer, who_changed, inputs, mistakes=mistakes, praise=praise)


FOR, AGAINST, PALE, NO_VOTE, EMPTY, STRAY = (2, 2), (2, 17), (17, 2), (17, 17), (10, 10), (0, 10)


@exercise("05.3", title="Draw every stroke in the color of its vote")
def check_two_inks(answer: Callable) -> Verdict:
    """A picture is judged by what it must show, so that every way of painting it may be right."""
    magnitude, weighted = _scene()
    shown = answer(magnitude, weighted)
    problem = _form(shown) or _paper(shown) or _inks(shown) or _scales(answer, shown) or _nothing(answer)
    return wrong(problem) if problem else right("The strokes are one parent's, the color the other's: show it around.")


def _scene() -> tuple[Tensor, Tensor]:
    """Four patches of strokes and one stray pixel; votes at three of them, and one where nothing is drawn."""
    magnitude, weighted = torch.zeros(20, 20), torch.zeros(20, 20)
    for row, column in (FOR, AGAINST, PALE, NO_VOTE):
        magnitude[row - 1 : row + 2, column - 1 : column + 2] = 3.0
    magnitude[STRAY] = 300.0
    weighted[:7, :7], weighted[:7, -7:], weighted[-7:, :7] = 5.0, -5.0, 0.5
    weighted[EMPTY] = 5.0
    return magnitude, weighted


def _form(shown: object) -> str | None:
    if not isinstance(shown, Tensor) or shown.shape != (3, 20, 20):
        got = tuple(shown.shape) if isinstance(shown, Tensor) else type(shown).__name__
        return f"Expected a tensor of shape (3, H, W), got {got}: stack red, green and blue with torch.stack([...])."
    if not torch.isfinite(shown).all():
        return "The picture holds NaN or infinity: look for a division by zero."
    if shown.min() < -1e-4 or shown.max() > 1 + 1e-4:
        return f"Values must stay in 0…1, got {shown.min():.2f} to {shown.max():.2f}: clamp ink and vote before mixing."
    return None


def _paper(shown: Tensor) -> str | None:
    if float(shown[:, 7, 10].min()) < 0.98:
        return "The paper is not white. Where `magnitude` is zero there is no ink, and ink is what takes light away."
    if float(shown[(slice(None), *EMPTY)].min()) < 0.98:
        return "There is color where nothing is drawn: a vote colors the ink that is there, and adds none."
    return None


def _inks(shown: Tensor) -> str | None:
    red, against, pale, black = (shown[(slice(None), *place)].tolist() for place in (FOR, AGAINST, PALE, NO_VOTE))
    if black[0] > 0.6 and min(black) > 0.6:
        return "The strokes are too pale: does one stray pixel bleach all others? Scale by the 0.99 quantile."
    if max(black) - min(black) > 0.05 or max(black) >= 0.6:
        return "A stroke on a place without a vote must be gray or black: no vote, no color, but the stroke is there."
    if red[2] > red[0] and against[0] > against[2]:
        return "The colors are exchanged: red (channel 0) is for the class, blue (channel 2) against it."
    if red[0] < max(red[1:]) + 0.3:
        return "Full ink on the strongest vote for the class must be red: at least 0.3 above green and blue."
    if against[2] < max(against[:2]) + 0.3:
        return (
            "Full ink on the strongest vote against the class must be blue: at least 0.3 above red and green. "
            "Did a ReLU, or a clamp, remove what speaks against?"
        )
    if pale[0] - max(pale[1:]) >= 0.5 * (red[0] - max(red[1:])):
        return "A tenth of the vote has half of the color or more: show the strength of the vote, not its sign alone."
    return None


def _scales(answer: Callable, shown: Tensor) -> str | None:
    magnitude, weighted = _scene()
    for name, changed in (("magnitude", (magnitude / 100, weighted)), ("weighted", (magnitude, weighted / 100))):
        if not torch.allclose(answer(*changed), shown, atol=0.02):
            return f"With `{name}` a hundredth as strong the picture changes: it is raw, so divide it by its own scale."
    weak = answer(magnitude, torch.where(weighted < 0, weighted / 10, weighted))[(slice(None), *AGAINST)]
    strong = shown[(slice(None), *AGAINST)]
    if float(weak[2] - weak[:2].max()) >= 0.5 * float(strong[2] - strong[:2].max()):
        return (
            "Votes against the class are painted as strongly when they are a tenth as strong: you scaled the two signs "
            "apart. Divide both by the largest magnitude."
        )
    magnitude[NO_VOTE] /= 2
    if float(answer(magnitude, weighted)[(1, *NO_VOTE)]) < float(shown[(1, *NO_VOTE)]) + 0.1:
        return "A stroke of half the strength is drawn as black: the ink must grow with `magnitude`."
    return None


def _nothing(answer: Callable) -> str | None:
    magnitude, weighted = _scene()
    if not torch.isfinite(answer(magnitude, weighted * 0)).all():
        return "Without any vote the picture holds NaN: the largest vote is then 0, and dividing by it is 0/0."
    blank = answer(magnitude * 0, weighted)
    if not torch.isfinite(blank).all():
        return "Without any stroke the picture holds NaN: its scale is then 0, and dividing by it is 0/0."
    if float(blank.min()) < 0.98:
        return "Without any stroke the paper must stay white."
    few = torch.zeros(20, 20)
    few[FOR] = 1.0
    if not torch.isfinite(answer(few, weighted)).all():
        return "With a single stroke the picture holds NaN: the 0.99 quantile is then 0. What can stand in for it?"
    return None
