"""A network with a function of its output behind it, and pictures of what such a network counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from cam_course.explain import explain
from cam_course.lesson.figures import heat, picture, row, show
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
    """Shows what a reader's counts of a kind are made of, by LayerCAM; the pictures alone before it is written.

    Args:
        counts: from a detector's output and the number of kinds to counts ``(N, kinds)``, or to None.
        net: the detector.
        asked: scenes, each with the kind that is counted.
        layer: the detector's layer that is read.
    """
    counter, place = Then(net, lambda found: counts(found, len(KINDS))), next(net.parameters()).device
    fig, axes = row(len(asked), title="How many, and which ones?")
    for ax, (item, kind) in zip(axes, asked, strict=True):
        image = item["image"].to(place)
        counted = counter(image[None])
        if counted is None:
            picture(ax, item["image"], f"{KINDS[kind]}: not counted yet")
        else:
            shown = explain(counter, image, "layer_cam", target=kind, layer=f"net.{layer}")
            heat(ax, item["image"], shown.maps[0].cpu(), f"{KINDS[kind]}: {float(counted[0, kind].detach()):.2f}")
    show(fig, "Some scenes; once the exercise is solved, a map over each of the plants that were counted.")
