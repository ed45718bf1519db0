"""Checks of lesson 01, saliency and class models."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cam_course.lesson.exercises import Verdict, compare_function, exercise, right, wrong

SIDE, BUDGET, TARGET = 8, 0.05, 2
CANCEL = "Mean first, magnitude last: only signed slopes can cancel."


def _normal(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _image(seed: int) -> Tensor:
    """Pixels in 0…1, some of them black or white."""
    pixels = torch.rand(3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (1.2 * pixels - 0.1).clamp(0, 1)


def _network(seed: int, *, pixel_sized: float = 1.0) -> nn.Module:
    """A small network with a rectifier: its logits are no straight line."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 36, 4)).double()
        net[0].weight.data *= pixel_sized
        return net.eval().requires_grad_(False)


def _gradient(score: Callable[[Tensor], Tensor], image: Tensor) -> Tensor:
    x = image.detach().clone().requires_grad_()
    return torch.autograd.grad(score(x), x)[0]


class _Score:
    """One logit of a network, as a function of one image; a class, so that copies of it are cheap and equal."""

    def __init__(self, seed: int, target: int) -> None:
        self.net, self.target = _network(seed), target

    def __call__(self, image: Tensor) -> Tensor:
        return self.net(image[None])[0, self.target]


def predicted(score: Callable[[Tensor], Tensor], image: Tensor, step: Tensor) -> Tensor:
    """The first-order prediction of a change of the score."""
    return (_gradient(score, image) * step).sum()


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
            lambda s, x, d: (_gradient(s, x) * d).mean(),
            "You averaged over pixels. Every pixel adds its own change to the score: add them up.",
        ),
        (
            "magnitudes",
            lambda s, x, d: (_gradient(s, x).abs() * d.abs()).sum(),
            "You took magnitudes: then every pixel seems to raise the score. Some lower it; keep the signs of both "
            "factors.",
        ),
        (
            "the saliency map times the step",
            lambda s, x, d: (_gradient(s, x).abs().amax(0) * d).sum(),
            "This is the saliency map times the step. The map has dropped the signs and all colors but one; a "
            "prediction needs the gradient itself.",
        ),
        (
            "magnitude of the gradient only",
            lambda s, x, d: (_gradient(s, x).abs() * d).sum(),
            "You dropped the sign of the gradient: some pixels lower the score when they get brighter.",
        ),
        (
            "the gradient at the end of the step",
            lambda s, x, d: (_gradient(s, x + d) * d).sum(),
            "This is the slope at the end of the step. A prediction comes before it: differentiate at `image`.",
        ),
        (
            "the score after the step",
            lambda s, x, d: s(x) + (_gradient(s, x) * d).sum(),
            "This is the predicted score. The question is the change: leave out the score at the image.",
        ),
        (
            "the gradient alone",
            lambda s, x, d: _gradient(s, x).sum(),
            "You added up the gradient. How far each pixel moves is missing.",
        ),
    ]
    inputs = [(_Score(3, 1), _image(1), 0.1 * _normal(5, 3, SIDE, SIDE)), (_Score(4, 0), _image(2), 0.2 - _image(6))]
    praise = "Slope times step, pixel by pixel, all added up: a prediction that costs one backward pass."
    return compare_function(answer, predicted, inputs, mistakes=mistakes, praise=praise)


class _GradientAt:
    """The gradients of one logit at many images."""

    def __init__(self, seed: int) -> None:
        self.net = _network(seed)

    def __call__(self, images: Tensor) -> Tensor:
        return _gradient(lambda x: self.net(x)[:, TARGET].sum(), images)


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
    ]
    inputs = [
        (_GradientAt(7), _image(3), 0.3 * _normal(8, 5, 3, SIDE, SIDE)),
        (_GradientAt(9), _image(4), 0.5 * _normal(11, 3, 3, SIDE, SIDE)),
    ]
    return compare_function(answer, smooth_grad, inputs, mistakes=mistakes, praise=CANCEL)


@exercise("01.3", title="Repaint a picture for a network")
def check_repaint(answer: Callable) -> Verdict:
    """Judged by what the picture must do: stay close, stay a picture, and climb."""
    net, image = _network(12, pixel_sized=6.0), _image(5)
    painted = answer(net, image, TARGET, BUDGET)
    problem = _form(painted, image) or _climb(net, image, painted) or _other(answer)
    return wrong(problem) if problem else right("Within the budget, still a picture, and far uphill. Now show it.")


def _form(painted: object, image: Tensor) -> str | None:
    if not isinstance(painted, Tensor) or painted.shape != image.shape:
        got = tuple(painted.shape) if isinstance(painted, Tensor) else type(painted).__name__
        return f"Expected a picture of the shape of `image`, (3, H, W), got {got}."
    if not torch.isfinite(painted).all():
        return "The picture holds NaN or infinity: look for a division by zero."
    if float((painted - image).abs().max()) < 1e-9:
        return "The picture has not changed at all. Does the result of the step get lost?"
    if float(painted.min()) < -1e-6 or float(painted.max()) > 1 + 1e-6:
        return f"Values must stay in 0…1, got {painted.min():.2f} to {painted.max():.2f}: clamp after the last step."
    moved = float((painted - image).abs().max())
    if moved > BUDGET * 1.001:
        return (
            f"A pixel moved by {moved:.3f}, and the budget is {BUDGET}. Several steps add up: after each, bring the "
            "difference to `image` back into −budget…budget."
        )
    return None


def _climb(net: nn.Module, image: Tensor, painted: Tensor) -> str | None:
    gain = _gain(net, image, painted.detach())
    gradient = _gradient(lambda x: net(x[None])[0, TARGET], image)
    best = _gain(net, image, (image + BUDGET * gradient.sign()).clamp(0, 1))
    if _is(painted, image + BUDGET * gradient.abs().sign()) or _is(painted, image + BUDGET):
        return (
            "Every pixel became brighter: you stepped along the magnitude of the gradient. Some pixels raise the "
            "score when they get darker; the sign says which."
        )
    if gain < 0:
        return "The logit of `target` fell: you went downhill. The gradient points uphill: add the step."
    step, everything = painted - image, _gradient(lambda x: net(x[None]).sum(), image)
    if _along(step, everything) > 0.97 > _along(step, gradient):
        return "You climbed the sum of all logits. The logit of `target` alone is to rise: model(x[None])[0, target]."
    if gain < 0.7 * best:
        return (
            f"The logit rose by {gain / best:.0%} of what one step of `budget` along the sign of the gradient gives. "
            "A gradient is tiny at most pixels: move every pixel that matters as far as the budget allows."
        )
    return None


def _other(answer: Callable) -> str | None:
    """Another network, image, class and budget: nothing may be built in."""
    net, image, target, budget = _network(13, pixel_sized=6.0), _image(14), 0, 0.02
    painted = answer(net, image, target, budget)
    if float((painted - image).abs().max()) > budget * 1.001:
        return "With another budget a pixel moved further than it allows: use the argument `budget`."
    if float((net(painted[None]) - net(image[None]))[0, target]) <= 0:
        return "With another class its logit fell: use the argument `target`."
    return None


def _gain(net: nn.Module, image: Tensor, painted: Tensor) -> float:
    return float((net(painted[None].double()) - net(image[None]))[0, TARGET])


def _is(painted: Tensor, wanted: Tensor) -> bool:
    return bool((painted - wanted.clamp(0, 1)).abs().max() < 1e-3 * BUDGET)


def _along(step: Tensor, direction: Tensor) -> float:
    """Of the values that a step moves, the share that moves the way of a direction."""
    moved = step.abs() > 1e-9
    return float((step.sign() == direction.sign())[moved].double().mean())
