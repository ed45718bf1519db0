"""`visualize_class`: the picture that a network likes best for a class."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from cam_course._checks import is_count
from cam_course.methods.class_model import ascend
from cam_course.targets import as_scores, scores_of
from cam_course.untouched import run, untouched, unwrapped

WHOLE = {"steps": 1, "jitter": 0, "blur_every": 0}  # whole numbers, and the least of each
FRAMES = 32  # pictures kept of the way, the last among them


class ClassPicture(NamedTuple):
    """What gradient ascent found.

    Attributes:
        image: ``(3, H, W)`` in 0…1.
        frames: ``(F, 3, H, W)`` in 0…1, from the blank start to `image`.
        steps: the step of each frame, ``(F,)``.
        score: the target's score of `image`.
    """

    image: Tensor
    frames: Tensor
    steps: Tensor
    score: float


class _Space(NamedTuple):
    """The space in which zero is the mean picture, ``(picture - mean) / std``; and whether the model takes pictures."""

    mean: Tensor
    std: Tensor
    takes_pictures: bool

    @property
    def bounds(self) -> tuple[Tensor, Tensor]:
        """Black and white, beyond which there are no pictures."""
        return (0 - self.mean) / self.std, (1 - self.mean) / self.std

    def model_input(self, image: Tensor) -> Tensor:
        return image * self.std + self.mean if self.takes_pictures else image


def visualize_class(
    model: nn.Module,
    target: object,
    *,
    size: int | tuple[int, int] = 128,
    steps: int = 256,
    l2: float = 1e-5,
    step_size: float = 0.2,
    jitter: int = 8,
    blur_every: int = 4,
    decay: float = 0.0,
    mean: Tensor | None = None,
    std: Tensor | None = None,
    seed: int = 0,
) -> ClassPicture:
    r"""The picture that a network likes best for a class, found by gradient ascent from a blank one.

    It maximizes the class's logit less ``l2`` times the sum of squared pixels, in the normalized space, where zero is
    the mean color of the data set. The paper has the L2 term only; jitter and blur are on because without them the
    result is noise as fine as the pixels, decay is off. With ``jitter=0, blur_every=0`` the objective is the
    paper's; the steps are Adam's.

    Args:
        model: a classifier; left exactly as it was.
        target: a class, or a target from `cam_course.targets`; None is the class that the network predicts for the
            picture of each step.
        size: of the picture, in pixels: a side, or ``(H, W)``.
        steps: of ascent; about 6 ms each for 128 pixels on the course's networks.
        l2: λ, the price of departing from the mean color, in score per squared unit. Too high for the scale of the
            network's scores, and the picture stays blank.
        step_size: how far a pixel moves at most in a step, in normalized units.
        jitter: pixels by which the picture is rolled at random before each look; 0 is off.
        blur_every: steps between two small blurs; 0 is off.
        decay: share of its departure from the mean that a pixel loses in each step; 0 is off.
        mean: mean color of the training pictures, one number per color. None: read from a module `normalize` of the
            model, if it has one (the model then takes pictures in 0…1), else 0.
        std: likewise, the standard deviation per color, else 1.
        seed: of the jitter. The global random number generators are left alone.

    Returns:
        A `ClassPicture`: `.image`, `.frames` from first to last, `.steps`, `.score`.

    Raises:
        ValueError: a number out of its range, a target that is not one score per image.
        TypeError: a model that is no module; a target that is neither a class nor a callable; a step count that is no
            int.

    References:
        Simonyan, Vedaldi, Zisserman, Deep Inside Convolutional Networks, 2014, arXiv:1312.6034, sec. 2.

    >>> net = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())  # class 0 is red
    >>> shown = visualize_class(net, 0, size=4, steps=40, l2=0)
    >>> shown.image[:, 0, 0].tolist(), shown.score
    ([1.0, 0.0, 0.0], 1.0)
    """
    model = unwrapped(model)
    (score,) = as_scores(target)
    how = {"steps": steps, "step_size": step_size, "l2": l2, "jitter": jitter, "blur_every": blur_every, "decay": decay}
    _check(**how)
    height, width = _sides(size)
    with untouched(model):
        space = _space(model, mean, std)
        low, high = space.bounds
        start, generator = low.new_zeros(3, height, width), torch.Generator().manual_seed(seed)

        def scored(image: Tensor) -> Tensor:
            return scores_of(score, run(model, space.model_input(image)), 1)

        images = ascend(scored, start, low, high, generator=generator, **how)
        return _shown(scored, space, images)


def _space(model: nn.Module, mean: Tensor | None, std: Tensor | None) -> _Space:
    first = next(iter(model.parameters()), torch.zeros(()))
    own = getattr(model, "normalize", None)
    takes_pictures = mean is None and std is None and hasattr(own, "mean") and hasattr(own, "std")
    if takes_pictures:
        mean, std = own.mean, own.std

    def per_color(values: Tensor | None, default: float) -> Tensor:
        values = torch.full((3,), default) if values is None else torch.as_tensor(values)
        if values.numel() != 3:
            raise ValueError(
                f"expected mean and std of 3 numbers, one per color, got {values.numel()}; see visualize_class"
            )
        return values.detach().to(first).reshape(3, 1, 1)

    space = _Space(per_color(mean, 0.0), per_color(std, 1.0), takes_pictures)
    if not (space.std > 0).all():
        raise ValueError(
            f"expected std above 0 for each color, got {space.std.flatten().tolist()}; 1 leaves a color as it is"
        )
    return space


def _shown(scored: Callable[[Tensor], Tensor], space: _Space, images: list[Tensor]) -> ClassPicture:
    steps = torch.linspace(0, len(images) - 1, min(FRAMES, len(images))).round().long()
    frames = torch.stack([images[step] for step in steps]) * space.std + space.mean
    with torch.no_grad():
        reached = float(scored(images[-1][None]))
    frames = frames.clamp(0, 1)  # rounding may leave the range by 1e-7
    return ClassPicture(frames[-1], frames, steps, reached)


def _sides(size: int | tuple[int, int]) -> tuple[int, int]:
    sides = (size, size) if isinstance(size, int) else size
    if not isinstance(sides, (tuple, list)) or len(sides) != 2 or not all(isinstance(x, int) and x > 0 for x in sides):
        raise ValueError(
            f"expected size as a side or (H, W), of at least 1 pixel each, got {size!r}; the default is 128"
        )
    return tuple(sides)


def _check(**numbers: float) -> None:
    for name, number in numbers.items():
        if name in WHOLE:
            is_count(name, number, least=WHOLE[name])
        elif isinstance(number, bool) or not isinstance(number, (int, float)):
            raise TypeError(f"expected {name} as a number, got {number!r}; see visualize_class")
        least = 1 if name == "steps" else 0
        if number < least or (name == "decay" and number >= 1):
            bounds = "from 0 to below 1" if name == "decay" else f"of at least {least}"
            raise ValueError(f"expected {name} {bounds}, got {number}; see visualize_class")
