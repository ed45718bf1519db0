"""Checks of lesson 10, the pot lab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from cam_course.lesson.checks.claims import problem_of_card
from cam_course.lesson.checks.controls import masks, problem_of_control, problem_without_room
from cam_course.lesson.checks.written_into import writes_into
from cam_course.lesson.edits import recolored
from cam_course.lesson.exercises import Verdict, compare_function, exercise, right, wrong
from cam_course.lesson.guarding import UnsolvedError


def _scene(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """A picture with a bright sky, so that its mean is not the mask's, and a mask whose color clips somewhere."""
    draw = torch.Generator().manual_seed(seed)
    image = 0.2 + 0.5 * torch.rand(3, 9, 7, generator=draw)
    image[:, :3] += 0.25
    image[:, 5, 4] = 0.95  # clips in the brightest channel
    mask = torch.zeros(9, 7, dtype=torch.bool)
    mask[4:8, 2:6] = True
    mask[5, 2] = False
    return image, mask, torch.tensor([0.75, 0.4, 0.1])[torch.randperm(3, generator=draw)]


def one_recolored(image: Tensor, mask: Tensor, color: Tensor) -> Tensor:
    """The right answer to 10.1."""
    return recolored(image[None], mask[None], color[None])[0]


def _painted(new: Callable[[Tensor, Tensor, Tensor], Tensor], *, clamp: bool = True) -> Callable:
    """A mistake in what stands inside the mask: `new` gives it from the image, the mask and the color (3, 1, 1)."""

    def paint(image: Tensor, mask: Tensor, color: Tensor) -> Tensor:
        value = new(image, mask, color[:, None, None]).expand_as(image)
        return torch.where(mask, value.clamp(0, 1) if clamp else value, image)

    return paint


def _shade(image: Tensor, mask: Tensor) -> Tensor:
    return image.mean(0) / image.mean(0)[mask].mean()


@exercise("10.1", title="Recolor a thing, and keep its light and shade")
def check_recolor(answer: Callable) -> Verdict:
    """The intervention: nothing but the color of one thing may change."""
    mistakes = [
        (
            "flat paint",
            _painted(lambda x, m, c: c),
            "You painted the mask flat: light and shade are gone, and with them the thing's shape. A network that "
            "falls for this may have missed the shape. Multiply the color by the shade of each pixel.",
        ),
        (
            "nothing outside",
            lambda x, m, c: m * (_shade(x, m) * c[:, None, None]).clamp(0, 1),
            "The picture outside the mask is gone: an edit changes nothing there. Choose, pixel by pixel, between the "
            "painted picture and the old one.",
        ),
        (
            "zeros counted",
            _painted(lambda x, m, c: x.mean(0) / (x.mean(0) * m).mean() * c),
            "Your mean counts the zeros outside the mask, so it is too small and the thing too bright: the sum over "
            "the mask belongs over the mask's number of pixels.",
        ),
        (
            "shade by the maximum",
            _painted(lambda x, m, c: x.mean(0) / x.mean(0)[m].max() * c),
            "You compare with the brightest pixel of the thing, so all of it becomes too dark: a shade of 1 must mean "
            "'as bright as this thing is on average'.",
        ),
        (
            "brightness without its mean",
            _painted(lambda x, m, c: x.mean(0) * c),
            "Everything inside is too dark: its mean color is not the one asked for. A shade of 1 must mean 'as bright "
            "as this thing is on average'.",
        ),
        (
            "mean of the whole picture",
            _painted(lambda x, m, c: x.mean(0) / x.mean() * c),
            "You compare with the mean brightness of the whole picture; a dark pot before a bright wall stays dark. "
            "Which pixels should the mean be taken over?",
        ),
        (
            "a filter over the old color",
            _painted(lambda x, m, c: x * c),
            "You laid a colored filter over the old color: blue seen through yellow is black. The old hue must go "
            "first: keep one number per pixel, its brightness.",
        ),
        (
            "a filter with shade",
            _painted(lambda x, m, c: x * c / x.mean(0)[m].mean()),
            "Scaled rightly, but the old color is still in it: you multiply each channel of the old picture. Only its "
            "brightness, one number per pixel, may stay.",
        ),
        (
            "channel by channel",
            _painted(lambda x, m, c: x / torch.stack([one[m].mean() for one in x])[:, None, None] * c),
            "You took a shade for each color channel by itself, so that the old hue's variation survives in the new "
            "color. The shade is one number per pixel: its brightness over the mean brightness inside the mask.",
        ),
        (
            "added",
            _painted(lambda x, m, c: x.mean(0) - x.mean(0)[m].mean() + c),
            "You added the color and kept differences of brightness. Light multiplies: half the light is half of each "
            "channel, whatever the color.",
        ),
        (
            "no clamp",
            _painted(lambda x, m, c: _shade(x, m) * c, clamp=False),
            "Some values lie above 1, where the light is strongest: no picture has such values. Clamp at last.",
        ),
        (
            "outside the mask",
            lambda x, m, c: torch.where(m, x, (_shade(x, m) * c[:, None, None]).clamp(0, 1)),
            "The mask is as it was and everything else is recolored: mind the order of the arguments of torch.where.",
        ),
        (
            "everywhere",
            lambda x, m, c: (_shade(x, m) * c[:, None, None]).clamp(0, 1),
            "The whole picture changed color. An experiment changes one thing: outside the mask, keep every pixel.",
        ),
    ]
    inputs = [_scene(1), _scene(2)]
    praise = "One thing changed, its color, and nothing else."
    verdict = compare_function(answer, one_recolored, inputs, mistakes=mistakes, praise=praise)
    if verdict.status == "right" and writes_into(answer, *_scene(3)):
        return wrong(
            "The result is right, but your function writes into the caller's picture, and the original is lost: "
            "there is nothing left to compare with. Work on a copy."
        )
    return verdict


@exercise("10.2", title="Turn the experiment into a control")
def check_elsewhere(answer: Callable) -> Verdict:
    """A control shares everything with the treatment but the one thing in question: judged by what it must keep."""
    *cases, full = masks()
    for number, (pot, plant) in enumerate(cases):
        found = answer(pot, plant)
        if number == len(cases) - 1 and isinstance(found, Tensor) and not found.any():
            return wrong(
                "You found room in the other hidden pictures and overlooked the only place in one: at the lower right. "
                "Search every row and every column, the last ones included."
            )
        if problem := problem_of_control(found, pot, plant):
            return wrong(problem)
    try:
        nowhere = answer(*full)
    except UnsolvedError:
        return wrong(
            "In one hidden picture your function returns None: there is no room. Return a mask of the same shape "
            "without a true pixel."
        )
    if problem := problem_without_room(nowhere, *full):
        return wrong(problem)
    if writes_into(answer, *cases[0]):
        return wrong(
            "The mask is right, but your function writes into the caller's masks: all that is measured with them "
            "afterwards would be wrong. Work on a copy."
        )
    return right(
        "As much paint, in the same shape, on neither plant nor pot. Is the place now all that differs? Not quite: "
        "paint on the pot also takes something away. Keep that in mind when you read the numbers."
    )


@exercise("10.3", title="Write the model card")
def check_card(card: Any) -> Verdict:
    """Every figure is measured again on hidden scenes; every claim must name a figure that can bear it."""
    if problem := problem_of_card(card):
        return wrong(problem)
    return right(
        "Every figure holds on hidden scenes, and every claim has evidence that can bear it. The check reads no prose: "
        "ask a colleague whether `use` promises more than the figures show."
    )
