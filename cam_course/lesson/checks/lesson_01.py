"""Checks of lesson 01, saliency and class models."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from cam_course.lesson.checks.repainting import judge_repaint
from cam_course.lesson.checks.small_inputs import SIDE, gradient_of, image_of, network_of, normal
from cam_course.lesson.exercises import Verdict, compare_function, exercise, wrong
from cam_course.lesson.guarding import AnswerError

TARGET = 2
CANCEL = "Mean first, magnitude last: only signed slopes can cancel."


class _Score:
    """One logit of a network, as a function of one image; a class, so that copies of it are cheap and equal."""

    def __init__(self, seed: int, target: int) -> None:
        self.net, self.target = network_of(seed), target

    def __call__(self, image: Tensor) -> Tensor:
        return self.net(image[None])[0, self.target]


def predicted(score: Callable[[Tensor], Tensor], image: Tensor, step: Tensor) -> Tensor:
    """The first-order prediction of a change of the score."""
    return (gradient_of(score, image) * step).sum()


@exercise("01.1", title="Predict what a small step does")
def check_predicted(answer: Callable) -> Verdict:
    """Taylor: slope times step, added up."""
    mistakes = [
        (
            "the true change",
            lambda s, x, d: s(x + d) - s(x),
            "This is the true change: you ran the network on the changed image. A prediction may look at the image "
            "alone: take the gradient there.",
        ),
        (
            "the mean over pixels",
            lambda s, x, d: (gradient_of(s, x) * d).mean(),
            "You averaged over pixels. Every pixel adds its own change to the score: add them up.",
        ),
        (
            "magnitudes",
            lambda s, x, d: (gradient_of(s, x).abs() * d.abs()).sum(),
            "You took magnitudes: then every pixel seems to raise the score. Some lower it; keep the signs of both "
            "factors.",
        ),
        (
            "the saliency map times the step",
            lambda s, x, d: (gradient_of(s, x).abs().amax(0) * d).sum(),
            "This is the saliency map times the step. The map has dropped the signs and all colors but one; a "
            "prediction needs the gradient itself.",
        ),
        (
            "magnitude of the gradient only",
            lambda s, x, d: (gradient_of(s, x).abs() * d).sum(),
            "You dropped the sign of the gradient: some pixels lower the score when they get brighter.",
        ),
        (
            "the gradient at the end of the step",
            lambda s, x, d: (gradient_of(s, x + d) * d).sum(),
            "This is the slope at the end of the step. A prediction comes before it: differentiate at `image`.",
        ),
        (
            "the score after the step",
            lambda s, x, d: s(x) + (gradient_of(s, x) * d).sum(),
            "This is the predicted score. The question is the change: leave out the score at the image.",
        ),
        (
            "the gradient alone",
            lambda s, x, d: gradient_of(s, x).sum(),
            "You added up the gradient. How far each pixel moves is missing.",
        ),
        (
            "the sign lost at the end",
            lambda s, x, d: predicted(s, x, d).abs(),
            "A change can be negative: you dropped the sign of the result.",
        ),
        (
            "the sign reversed",
            lambda s, x, d: -predicted(s, x, d),
            "The sign is reversed: uphill counts as plus.",
        ),
        (
            "not added up",
            lambda s, x, d: gradient_of(s, x) * d,
            "One number per pixel value: now add them all up.",
        ),
        (
            "the sign of the step",
            lambda s, x, d: (gradient_of(s, x) * d.sign()).sum(),
            "You took the sign of the step. How far each pixel moves counts, too.",
        ),
        (
            "the gradient in the middle of the step",
            lambda s, x, d: (gradient_of(s, x + d / 2) * d).sum(),
            "This is the slope halfway along the step, which needs the changed image. Differentiate at `image` alone.",
        ),
    ]
    step = 0.1 * normal(5, 3, SIDE, SIDE)
    inputs = [
        (_Score(3, 1), image_of(1), step),
        (_Score(4, 0), image_of(2), 0.2 - image_of(6)),
        (_Score(3, 1), image_of(1), -step),  # of two opposite steps one lowers the score
    ]
    if _is_tuple(answer, inputs[0]):
        return wrong("`autograd.grad` returns a tuple, with one gradient here: unpack it, `(gradient,) = …`.")
    praise = "Slope times step, pixel by pixel, all added up: a prediction that costs one backward pass."
    return compare_function(answer, predicted, inputs, mistakes=mistakes, praise=praise)


def _is_tuple(answer: Callable, arguments: tuple) -> bool:
    """Whether an answer returns a tuple, or stops because it computes with one."""
    try:
        return isinstance(answer(*arguments), tuple)
    except AnswerError as failure:
        told = str(failure.__cause__)
        return isinstance(failure.__cause__, (TypeError, AttributeError)) and any(
            word in told
            for word in ("tuple", "sequence", "only integer tensors")  # the last: tuple times tensor
        )


class _GradientAt:
    """The gradients of one logit at many images."""

    def __init__(self, seed: int) -> None:
        self.net = network_of(seed)

    def __call__(self, images: Tensor) -> Tensor:
        return gradient_of(lambda x: self.net(x)[:, TARGET].sum(), images)


def smooth_grad(gradient_at: Callable[[Tensor], Tensor], image: Tensor, noise: Tensor) -> Tensor:
    """SmoothGrad's mean gradient, read as a saliency map."""
    return gradient_at(image + noise).mean(0).abs().amax(0)


@exercise("01.2", title="Average the gradient over noisy copies")
def check_smooth_grad(answer: Callable) -> Verdict:
    """SmoothGrad: mean first, magnitude last."""
    mistakes = [
        (
            "the mean of the maps",
            lambda f, x, n: f(x + n).abs().amax(1).mean(0),
            "You averaged finished maps. A magnitude has no sign left, so what points up in one copy and down in the "
            "next adds up and cannot cancel: average the gradients, then take the magnitude.",
        ),
        (
            "the mean of the magnitudes",
            lambda f, x, n: f(x + n).abs().mean(0).amax(0),
            "You took magnitudes before the mean. Then nothing can cancel, and canceling is the idea: mean first, "
            "magnitude after it.",
        ),
        (
            "the gradient at the mean image",
            lambda f, x, n: f((x + n).mean(0, keepdim=True))[0].abs().amax(0),
            "You averaged the noisy images and took one gradient. That is nearly the image itself, and nearly its "
            "gradient: take one gradient for each copy, and average those.",
        ),
        (
            "the plain saliency map",
            lambda f, x, n: f(x[None])[0].abs().amax(0),
            "This is the saliency map of the image itself: the noise is not used.",
        ),
        (
            "the sum",
            lambda f, x, n: f(x + n).sum(0).abs().amax(0),
            "You added up: your map grows with the number of copies. Take the mean.",
        ),
        (
            "the gradient at the noise",
            lambda f, x, n: f(n).mean(0).abs().amax(0),
            "You took the gradient at the noise alone. The copies are image + noise.",
        ),
        (
            "no maximum over colors",
            lambda f, x, n: f(x + n).mean(0).abs(),
            "Your result has three colors. A saliency map takes the largest of the three magnitudes at each pixel.",
        ),
        (
            "the mean over colors",
            lambda f, x, n: f(x + n).mean(0).abs().mean(0),
            "You averaged over the colors; the map takes the largest of the three magnitudes.",
        ),
        (
            "the largest slope",
            lambda f, x, n: f(x + n).mean(0).amax(0),
            "You took the largest slope, not the largest magnitude: a steep way down counts as much as a way up.",
        ),
        (
            "the largest color first",
            lambda f, x, n: f(x + n).amax(1).mean(0).abs(),
            "The largest of three colors before the mean: nothing can cancel as it should.",
        ),
        (
            "clamped copies",
            lambda f, x, n: f((x + n).clamp(0, 1)).mean(0).abs().amax(0),
            "Do not clamp: the copies may leave 0…1.",
        ),
    ]
    inputs = [
        (_GradientAt(7), image_of(3), 0.3 * normal(8, 5, 3, SIDE, SIDE)),
        (_GradientAt(9), image_of(4), 0.5 * normal(11, 3, 3, SIDE, SIDE)),
    ]
    return compare_function(answer, smooth_grad, inputs, mistakes=mistakes, praise=CANCEL)


@exercise("01.3", title="Repaint a picture for a network")
def check_repaint(answer: Callable) -> Verdict:
    """Judged by what the picture must do."""
    return judge_repaint(answer)
