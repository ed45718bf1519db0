"""A network with a function of its output behind it, and pictures of what such a network counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from cam_course.explain import explain
from cam_course.lesson.figures import heat, picture, row, show
from cam_course.lesson.measured import approx
from cam_course.lesson.twins import light, things
from cam_course.pots import KINDS
from cam_course.pots.dataset import Item


class Then(nn.Module):
    """A network whose output goes through a function: a new network, with the old one's layers under ``net.``.

    Args:
        net: any network.
        function: from its output to a new output.

    >>> Then(nn.Flatten(), lambda output: 2 * output)(Tensor([[[1.0, 2.0]]])).tolist()
    [[2.0, 4.0]]
    """

    def __init__(self, net: nn.Module, function: Callable[[object], object]) -> None:
        super().__init__()
        self.net, self.function = net, function

    def forward(self, images: Tensor) -> object:
        """The function of what the network gives for images."""
        return self.function(self.net(images))


def count_maps(counts: Callable, net: nn.Module, asked: Sequence[tuple[Item, int]], *, layer: str) -> None:
    """Shows what a reader's counts of a kind still depend on, by LayerCAM; the pictures alone before it is written.

    Under the pictures it prints, for each plant of the kind: its score, the `slopes`, and its share of the map's light.

    Args:
        counts: from a detector's output and the number of kinds to counts ``(N, kinds)``, or to None.
        net: the detector.
        asked: scenes, each with the kind that is counted.
        layer: the detector's layer that is read.
    """
    counter, place = Then(net, lambda found: counts(found, len(KINDS))), next(net.parameters()).device
    fig, axes = row(len(asked), title="How many, and which ones?")
    told: list[str] = []
    for ax, (item, kind) in zip(axes, asked, strict=True):
        image = item["image"].to(place)
        counted = counter(image[None])
        if counted is None:
            picture(ax, item["image"], f"{KINDS[kind]}: not counted yet")
        else:
            shown = explain(counter, image, "layer_cam", target=kind, layer=f"net.{layer}")
            heat(ax, item["image"], shown.maps[0].cpu(), f"{KINDS[kind]}: {float(counted[0, kind].detach()):.2f}")
            shares = light(shown.maps, things(item))[0]
            told.append(_told(item, kind, counts, net(image[None])[0], shares))
    show(fig, "Some scenes; once the exercise is solved, a map over the plants that the count still depends on.")
    if told:
        print("\n".join(told))


def slopes(counts: Callable, found: Mapping[str, Tensor], kind: int) -> Tensor:
    """By how much the count of a kind rises with each detection's logit: the step's slope times p(1 - p).

    Args:
        counts: from a detector's output and the number of kinds to counts ``(N, kinds)``.
        found: ``boxes``, ``labels`` and ``scores`` (D,) of one picture.
        kind: that is counted.

    Returns:
        ``(D,)``.

    >>> added = lambda found, kinds: found[0]["scores"].sum().expand(1, kinds)
    >>> slopes(added, {"scores": torch.tensor([0.5, 0.9])}, 0)
    tensor([0.2500, 0.0900])
    """
    logits = found["scores"].detach().logit().requires_grad_()
    counted = counts([{**found, "scores": logits.sigmoid()}], len(KINDS))[0, kind]
    return torch.autograd.grad(counted, logits)[0]


def _told(item: Item, kind: int, counts: Callable, found: Mapping[str, Tensor], shares: Tensor) -> str:
    slope, told = slopes(counts, found, kind).cpu(), []
    for i in (i for i, other in enumerate(item["kinds"]) if other == kind):
        gaps = (found["boxes"].detach().cpu() - item["boxes"][i]).abs().sum(1)
        which = int(gaps.where(found["labels"].cpu() == kind, torch.inf).argmin())
        score = approx(found["scores"][which].detach())
        told.append(f"score {score}, slope {approx(slope[which])}, light {approx(shares[i])}")
    return f"{KINDS[kind]}: " + "; ".join(told)
