"""Average drop and increase in confidence: what the model still says of what a map lets through."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cam_course.heatmap import normalize
from cam_course.metrics.asking import asked, checked, class_of, probability
from cam_course.metrics.replacement import stand_in


@dataclass(frozen=True)
class Confidence:
    r"""The probability of a class on the images, and on what a map lets through of them.

    .. math:: \mathrm{drop} = \frac{\max(0, p - p')}{p}, \qquad \mathrm{increase} = \mathbf{1}[p' > p]

    Attributes:
        before: p, ``(N,)``.
        after: p', ``(N,)``.

    >>> shown = Confidence(before=torch.tensor([0.8, 0.5]), after=torch.tensor([0.6, 0.75]))
    >>> shown.drop, shown.increase.tolist()
    (tensor([0.2500, 0.0000]), [False, True])
    """

    before: Tensor
    after: Tensor

    @property
    def drop(self) -> Tensor:
        """The share of the probability that is lost, ``(N,)``, 0…1; its mean is the average drop (the paper's in %)."""
        lost = (self.before - self.after).relu()
        return torch.where(lost > 0, lost / self.before, torch.zeros_like(lost))

    @property
    def increase(self) -> Tensor:
        """Whether the probability rose, ``(N,)`` bool; its mean is the increase in confidence (the paper's in %)."""
        return self.after > self.before


def drop_and_increase(
    model: nn.Module,
    images: Tensor,
    maps: Tensor,
    target: object = None,
    *,
    baseline: str | Tensor = "zero",
    batch_size: int = 32,
    progress: bool | None = None,
) -> Confidence:
    r"""Average drop and increase in confidence: the class's probability on the image times the normalized map.

    .. math:: E^c = L^c \odot I

    Args:
        model: as for `metrics.deletion`.
        images: as for `metrics.deletion`.
        maps: ``(N, H, W)``, any finite values; normalized here, each by its minimum and maximum, as the measure says.
            A flat map becomes zeros, with a warning.
        target: as for `metrics.deletion`; None is the class predicted for the whole image.
        baseline: what a pixel becomes where the map is 0. ``"zero"`` is the paper's product; with another, b, the
            image is L ⊙ I + (1 - L) ⊙ b.
        batch_size: images in one run of the model; there are 2 N.
        progress: whether to show a bar; None shows it after two seconds.

    Returns:
        A `Confidence`: `.drop` ``(N,)``, its mean to be small, and `.increase` ``(N,)``, its mean to be large.

    Raises:
        ValueError: as `metrics.deletion`.
        TypeError: as `metrics.deletion`.

    References:
        Chattopadhay et al., Grad-CAM++, 2018, arXiv:1710.11063: Average Drop % and % Increase in Confidence.

    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False))
    >>> _ = net[1].weight.data.copy_(torch.tensor([[1.0986, 0.0], [0.0, 0.0]]))  # ln 3 for class 0 where pixel 0 is
    >>> shown = drop_and_increase(net, torch.ones(1, 1, 1, 2), torch.tensor([[[0.0, 9.0]]]), target=0)
    >>> shown.before, shown.after, shown.drop  # without pixel 0, a third of 3/4 is lost
    (tensor([0.7500]), tensor([0.5000]), tensor([0.3333]))
    """
    images, maps = checked(model, images, maps)
    level = normalize(maps)[:, None].to(images.dtype)  # (N, 1, H, W)
    masked = level * images + (1 - level) * stand_in(images, baseline)
    with asked(model, batch_size, progress, "drop and increase") as logits:
        before = logits(images)
        classes = class_of(before, target)
        return Confidence(probability(before, classes), probability(logits(masked), classes))
