"""Pictures from another world than a network's: pieces of photographs, and whether its probability tells them apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

from cam_course.images import SamplePhoto, fit
from cam_course.lesson.measured import approx, measured

SURE = 0.9  # a probability that sounds as if the network knew


def crops(photos: Mapping[str, SamplePhoto], side: int, n: int, *, seed: int = 0) -> Tensor:
    """Square pieces of photographs, at random places and sizes, ``(n · photos, 3, side, side)``: none is enlarged."""
    draw, pieces = torch.Generator().manual_seed(seed), []
    for photo in photos.values():
        wide, high = photo.picture.size
        for _ in range(n):
            size, left, upper = (int(torch.randint(2**30, (1,), generator=draw)) for _ in range(3))
            size = side + size % (min(wide, high) - side + 1)
            left, upper = left % (wide - size + 1), upper % (high - size + 1)
            pieces.append(fit(photo.picture.crop((left, upper, left + size, upper + size)), side).image)
    return torch.stack(pieces)


def evened(images: Tensor, level: float | Tensor) -> Tensor:
    """Pictures brought to one mean brightness, each by a factor of its own.

    Args:
        images: ``(N, 3, H, W)`` in 0…1.
        level: the brightness, the mean of all numbers of a picture.

    Returns:
        The same shape, in 0…1; what a factor lifts beyond 1 is cut, so that a bright picture may stay a little darker.

    >>> evened(torch.full((1, 3, 2, 2), 0.25), 0.5)[0, 0, 0].tolist()
    [0.5, 0.5]
    """
    return (images * (level / images.mean((1, 2, 3), keepdim=True))).clamp(0, 1)


def told_apart(high: Tensor, low: Tensor) -> Tensor:
    """For each number of the first kind, the share of the second that is below it: the mean is the ROC curve's area.

    Args:
        high: ``(N,)``.
        low: ``(M,)``; equal ones count half.

    >>> told_apart(torch.tensor([3.0, 2.0]), torch.tensor([1.0, 2.0])).tolist()
    [1.0, 0.75]
    """
    above, equal = high[:, None] > low, high[:, None] == low
    return (above.double() + equal.double() / 2).mean(1)


def tell_apart(logits: Sequence[Tensor], arms: Iterable[str], photos: Iterable[str], **bounds: float) -> None:
    """Prints how well a network's largest probability tells known pictures from foreign ones.

    Args:
        logits: of the known pictures ``(N, C)``, then of the foreign ones ``(M, C)`` in each arm.
        arms: the names of the arms; what is asserted is said of the first.
        photos: the names of the photographs, of which all have as many of the M pieces, in this order.
        bounds: of the area under the ROC curve, as of `measured`.
    """
    known, *foreign = (one.softmax(1).amax(1) for one in logits)
    measured("told apart by its probability", told_apart(known, foreign[0]), **bounds)
    names = list(photos)
    print("  by photograph:", _listed(names, (told_apart(known, one) for one in foreign[0].chunk(len(names)))))
    print("  told apart,", _listed(arms, (told_apart(known, one) for one in foreign)))
    print(f"  sure (at least {SURE}),", _listed(arms, ((one >= SURE).double() for one in foreign)))


def _listed(names: Iterable[str], values: Iterable[Tensor]) -> str:
    return ", ".join(f"{name} {approx(one.mean())}" for name, one in zip(names, values, strict=True))
