"""Judges exercise 01.3: a repainted picture must stay close, stay a picture, and climb."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cam_course.lesson.checks.small_inputs import gradient_of, image_of, network_of
from cam_course.lesson.exercises import Verdict, right, wrong

BUDGET, TARGET = 0.05, 2


def judge_repaint(answer: Callable) -> Verdict:
    """Judged by what the picture must do: stay close, stay a picture, and climb."""
    net, image, before = network_of(12, pixel_sized=6.0), image_of(5).as_subclass(_Kept), image_of(5)
    painted = answer(net, image, TARGET, BUDGET)
    painted = painted.as_subclass(Tensor) if isinstance(painted, Tensor) else painted
    if not torch.equal(image.detach().as_subclass(Tensor), before):
        return wrong(
            "You changed `image` itself. The original is needed for the comparison: make a new tensor, for example "
            "image + step instead of image.add_(step)."
        )
    problem = _form(painted, before) or _budget(answer, net, before, painted)
    problem = problem or _climb(net, before, painted) or _other(answer)
    return wrong(problem) if problem else right("Within the budget, still a picture, and far uphill. Now show it.")


class _Kept(Tensor):
    """An image of which a guard makes no copy, so that a check sees what an answer writes into it."""

    # What an answer makes of it is a plain tensor: a leaf, which an optimizer takes.
    __torch_function__ = torch._C._disabled_torch_function_impl

    def __deepcopy__(self, memo: dict) -> _Kept:
        return self


def _budget(answer: Callable, net: nn.Module, image: Tensor, painted: Tensor) -> str | None:
    """A smaller budget must be felt."""
    moved, less = ((p - image).abs().max() for p in (painted, answer(net, image.clone(), TARGET, 0.4 * BUDGET)))
    if float(less) > 0.4 * BUDGET * 1.001 and abs(float(moved - less)) < 1e-6:
        return f"A pixel moves by {moved:.4f}, also where the budget is less: use the argument `budget`."
    if abs(float(moved - less)) < 1e-6:
        return f"The farthest pixel moves by {moved:.4f}, whatever the budget: use the argument `budget`."
    return None


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
    gradient = gradient_of(lambda x: net(x[None])[0, TARGET], image)
    best = _gain(net, image, (image + BUDGET * gradient.sign()).clamp(0, 1))
    if _is(painted, image + BUDGET * gradient.abs().sign()) or _is(painted, image + BUDGET):
        return (
            "Every pixel became brighter: you stepped along the magnitude of the gradient. Some pixels raise the "
            "score when they get darker; the sign says which."
        )
    own = int(net(image[None]).argmax())
    down = -gradient_of(lambda x: net(x[None])[0, own], image)
    if own != TARGET and _along(painted - image, down) > max(0.9, _along(painted - image, gradient)):
        return "You lowered the logit of the present answer. Raise that of `target`."
    if gain < 0:
        return "The logit of `target` fell: you went downhill. The gradient points uphill: add the step."
    step, everything = painted - image, gradient_of(lambda x: net(x[None]).sum(), image)
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
    net, image, target, budget = network_of(13, pixel_sized=6.0), image_of(14), 0, 0.02
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
