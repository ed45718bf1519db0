"""What a workbench is about: pictures in the space of a network and as they are seen, and masks over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from PIL import Image
from torch import Tensor

from cam_course.heatmap import overlay
from cam_course.images import Fitted
from cam_course.lesson.figures import rgb
from cam_course.report.pictures import reduced

SMALL = 640  # pixels of a photograph's longer side on the page; saved, it has all of its own

Pictures = Tensor | Mapping[str, Tensor | Fitted] | Fitted
Regions = Mapping[str, Tensor | Sequence[Tensor | None]]


@dataclass(frozen=True)
class Subject:
    """One picture: `image` ``(3, H, W)`` as the network takes it, and the photograph that it was made of, if any."""

    image: Tensor
    fitted: Fitted | None = None

    @cached_property
    def _small(self) -> Fitted | None:
        return self.fitted and reduced(self.fitted, SMALL)

    def picture(self, *, full: bool = False) -> Image.Image:
        """As it is seen; `full` at the photograph's own resolution."""
        if self.fitted is None or self._small is None:
            return Image.fromarray(rgb(self.image))
        return self.fitted.picture if full else self._small.picture

    def over(self, heatmap: Tensor, strength: float, *, full: bool = False) -> Image.Image:
        """With a map ``(H, W)`` on it."""
        if self.fitted is None or self._small is None:
            return Image.fromarray(overlay(self.image, heatmap, strength=strength))
        return (self.fitted if full else self._small).overlay(heatmap, strength=strength)


def as_subjects(images: Pictures, device: torch.device) -> dict[str, Subject]:
    """Pictures by name; those of a tensor are called picture 0, picture 1…

    Raises:
        TypeError: something that is neither a tensor nor a fitted photograph.
        ValueError: no picture, one of another shape, or a tensor outside 0…1, which cannot be shown as it is.
    """
    if isinstance(images, Tensor):
        batch = images[None] if images.ndim == 3 else images
        images = {f"picture {number}": image for number, image in enumerate(batch)}
    named = {"picture": images} if isinstance(images, Fitted) else images
    if not isinstance(named, Mapping) or not named:
        got = "none" if isinstance(named, Mapping) else type(named).__name__
        raise TypeError(f"expected pictures as a tensor (N, 3, H, W), or by name, got {got}; see images.fit")
    return {str(name): _subject(str(name), one, device) for name, one in named.items()}


def as_masks(regions: Regions | None, subjects: Mapping[str, Subject]) -> dict[str, dict[str, Tensor]]:
    """By picture, its masks ``(H, W)`` by name: one for all pictures, or one for each, None where it has none.

    Raises:
        ValueError: another number of masks than of pictures, or a mask of another size or type.
    """
    masks: dict[str, dict[str, Tensor]] = {name: {} for name in subjects}
    for region, given in (regions or {}).items():
        each = [given] * len(subjects) if isinstance(given, Tensor) and given.ndim == 2 else list(given)
        if len(each) != len(subjects):
            raise ValueError(f"expected {len(subjects)} masks of {region!r}, one a picture, got {len(each)}")
        for (name, subject), mask in zip(subjects.items(), each, strict=True):
            if mask is not None:
                masks[name][region] = _fitting(region, mask, subject.image)
    return masks


def _subject(name: str, one: object, device: torch.device) -> Subject:
    if isinstance(one, Fitted):
        return Subject(one.image.to(device), one)
    if not isinstance(one, Tensor):
        raise TypeError(f"expected {name!r} as a tensor or from images.fit, got {type(one).__name__}; see images.fit")
    if one.ndim != 3 or len(one) != 3:
        raise ValueError(f"expected {name!r} of shape (3, H, W), got {tuple(one.shape)}; pass pictures in color")
    if one.min() < 0 or one.max() > 1:
        raise ValueError(
            f"expected {name!r} in 0…1, got {float(one.min()):.3g} to {float(one.max()):.3g}, which cannot be shown; "
            "for a network that takes other numbers pass what images.fit(picture, transform) gives"
        )
    return Subject(one.detach().to(device))


def _fitting(region: str, mask: Tensor, image: Tensor) -> Tensor:
    if mask.dtype != torch.bool or mask.shape != image.shape[1:]:
        raise ValueError(
            f"expected masks of {region!r} as bool of shape {tuple(image.shape[1:])}, got {mask.dtype} of "
            f"{tuple(mask.shape)}; compare with a number, and fit it as the picture"
        )
    return mask.cpu()
