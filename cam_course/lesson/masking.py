"""One feature map at a time: what a network says of pictures shown through a single mask, and a film of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter, process_time
from timeit import repeat
from typing import NamedTuple

import torch
from torch import Tensor, nn

from cam_course.capture import capture
from cam_course.explain import explain
from cam_course.heatmap import overlay, upsample
from cam_course.lesson.captions import captioned
from cam_course.lesson.explorer import Explorer, Frame, choice, explorer, slider
from cam_course.lesson.figures import bars, rgb, row, show, side_by_side
from cam_course.lesson.measured import approx, bootstrap
from cam_course.masked import channel_scores
from cam_course.methods.score_cam import channel_weights, masks, score_cam
from cam_course.metrics import centered_gaussian, energy_inside, iou, pointing_game, uniform
from cam_course.targets import as_scores

CHUNK = 20  # pictures at once: with more, the masked ones no longer fit the cache of a small machine


class Alone(NamedTuple):
    """What the runs gave; every weighting and every class can be had from it without another run.

    Attributes:
        images: x, ``(N, 3, H, W)``.
        activations: A, ``(N, K, h, w)``.
        logits: of picture n under the mask of map k, ``(N, K, classes)``.
        blank: logits of the fully masked pictures, ``(N, classes)``.
        live: which maps are not flat, ``(N, K)`` bool; the others have no mask.
    """

    images: Tensor
    activations: Tensor
    logits: Tensor
    blank: Tensor
    live: Tensor

    def of(self, classes: Tensor, *, probability: bool = False) -> tuple[Tensor, Tensor]:
        """The score of one class per picture: under each mask ``(N, K)``, and of the fully masked picture ``(N, 1)``.

        Args:
            classes: ``(N,)`` int.
            probability: the softmax over the classes instead of the logit.
        """
        logits, blank = (x.softmax(-1) if probability else x for x in (self.logits, self.blank))
        return (
            logits.gather(2, classes[:, None, None].expand(-1, logits.shape[1], 1))[..., 0],
            blank.gather(1, classes[:, None]),
        )

    def weights(self, classes: Tensor, kind: str = "channel_softmax") -> Tensor:
        """The weights ``(N, K)`` of Score-CAM for one class per picture; `kind` as ``weights`` of ``score_cam``."""
        scores, blank = self.of(classes, probability=kind == "probability")
        return channel_weights(scores, self.live, kind, blank[:, 0])

    def masks(self) -> Tensor:
        """H, the enlarged maps scaled to 0…1: ``(N, K, H, W)``; zeros for flat maps."""
        return masks(upsample(self.activations, self.images.shape[-2:]))

    def maps(self, weights: Tensor) -> Tensor:
        """The maps that these weights ``(N, K)`` give, enlarged: ``(N, H, W)``; flat maps are left out."""
        return upsample(score_cam(self.activations, weights * self.live), self.images.shape[-2:])


def alone(model: nn.Module, images: Tensor, *, classes: int = 4, baseline: float | Tensor = 0.0) -> Alone:
    """Shows every picture through the mask of each map of the last stage, and keeps all logits.

    Args:
        model: a classifier.
        images: ``(N, 3, H, W)``, on the model's device.
        classes: how many logits the model gives.
        baseline: what a masked pixel becomes: a number, or a tensor that broadcasts to the images.
    """
    layer = explain(model, images[:1]).layers[0]
    instead = torch.as_tensor(baseline, dtype=images.dtype, device=images.device).expand_as(images)
    parts = [
        _alone(model, x, layer, classes, b) for x, b in zip(images.split(CHUNK), instead.split(CHUNK), strict=True)
    ]
    return Alone(*(torch.cat(column) for column in zip(*parts, strict=True)))


def _alone(model: nn.Module, images: Tensor, layer: str, classes: int, baseline: Tensor) -> Alone:
    activations = capture(model, images, layer, target=0).activations[layer]
    asked = as_scores(None, list(range(classes)))
    found = channel_scores(model, images, activations, asked, baseline=baseline, progress=False)
    masked, blank = (torch.stack(scores, -1) for scores in found.scores)
    return Alone(images, activations, masked, blank, found.live)


CAPTIONS = ("what is run", "its map", "sum so far")


def film(
    shown: Alone,
    regions: Mapping[str, Tensor],
    *,
    classes: Sequence[str],
    start: dict[str, int],
    alt: str,
) -> Explorer:
    """Goes through the masks of one picture by weight: what the network is shown, the map, and the sum so far.

    Args:
        shown: of one picture.
        regions: by name, masks ``(H, W)`` whose share of the sum so far is told.
        classes: the names of the classes, in order.
        start: the first ``class_`` (its number) and ``rank`` (1 is the map of the largest weight).
        alt: what the first state shows, for those who do not see it.
    """
    image, lit = shown.images[0], shown.masks()[0]
    count = lit.shape[0]

    def draw(class_: int, rank: int) -> Frame:
        wanted = torch.full((1,), class_, device=image.device)
        weights = shown.weights(wanted)
        order = weights[0].argsort(descending=True)
        k = int(order[rank - 1])
        so_far = torch.zeros_like(weights).index_fill_(1, order[:rank], 1) * weights
        total = shown.maps(so_far)
        panels = [rgb(image * lit[k]), overlay(image, lit[k], strength=0.75), overlay(image, total[0], strength=0.75)]
        told = _told(shown, class_, k, float(weights[0, k]))
        shares = ", ".join(f"{name} {approx(float(energy_inside(total, m)[0]))}" for name, m in regions.items())
        text = f"{classes[class_]}, rank {rank} of {count} (map {k}): {told}; share of the sum so far: {shares}"
        return Frame(captioned(side_by_side(panels), CAPTIONS), text)

    return explorer(
        draw,
        alt=alt,
        start=start,
        class_=choice("class", {name: i for i, name in enumerate(classes)}),
        rank=slider("rank by weight", {str(i): i for i in range(1, count + 1)}),
    )


def _told(shown: Alone, class_: int, k: int, weight: float) -> str:
    logit, blank = (approx(float(x), 1) for x in (shown.logits[0, k, class_], shown.blank[0, class_]))
    return f"logit {logit} through this mask, {blank} of a black picture, weight {approx(weight, 3)}"


THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # shares of the maximum at which a map is cut


def localized(maps: Tensor, things: Tensor) -> dict[str, Tensor]:
    """How well maps find one thing per picture, by three measures, ``(N,)`` each.

    ``IoU`` is taken at the threshold whose mean over these pictures is best, so that no map suffers from a threshold
    that suits another; ``energy`` is the share of the map's sum in the thing; ``hits`` whether its maximum lies there.

    Args:
        maps: ``(N, H, W)``, at least 0.
        things: ``(N, H, W)`` bool.
    """
    overlaps = [iou(maps, things, threshold) for threshold in THRESHOLDS]
    best = max(overlaps, key=lambda overlap: float(overlap.mean()))
    hits = pointing_game(maps, things).double()
    return {"IoU": best, "energy": energy_inside(maps, things), "hits": hits}


def chart(
    scores: Mapping[str, Mapping[str, Tensor] | Tensor],
    title: str,
    alt: str,
    *,
    label: str = "",
    lead: str | None = None,
) -> None:
    """Shows the mean of every measure of every map as bars with their intervals, and prints the means under the title.

    Args:
        scores: by the name of a map, one value per picture ``(N,)``; or several such, by the name of the measure.
        title: the finding.
        alt: what the bars show, for those who do not see them.
        label: the name of the measure, where there is one only.
        lead: the map whose bars are in color, among gray ones.
    """
    table = {name: {label: score} if isinstance(score, Tensor) else score for name, score in scores.items()}
    measures = list(next(iter(table.values())))
    figure, axes = row(len(measures), height=1.2 + 0.42 * len(table), title=title)
    for ax, measure in zip(axes, measures, strict=True):
        bars(ax, {name: bootstrap(score[measure]) for name, score in table.items()}, label=measure, lead=lead)
    for ax in axes[1:]:
        ax.set_yticklabels([])
    show(figure, alt)
    print(title)
    for name, score in table.items():
        means = ", ".join(f"{measure} {approx(score[measure].double().mean())}" for measure in measures)
        print(f"{name:{max(map(len, table))}}", means)


def lineup(shown: Alone, classes: Tensor) -> dict[str, Tensor]:
    """Score-CAM's maps of one class per picture, and maps beside which they must stand: ``(N, H, W)`` each.

    Two sum the same feature maps without any score: with all weights 1, and with Score-CAM's weights dealt out at
    random. Two know nothing of the network.
    """
    weights = shown.weights(classes)
    dealt = torch.randperm(weights.shape[1], generator=torch.Generator().manual_seed(0)).to(weights.device)
    return {
        "Score-CAM": shown.maps(weights),
        "all weights 1": shown.maps(torch.ones_like(weights)),
        "weights at random": shown.maps(weights[:, dealt]),
        "Gaussian": centered_gaussian(shown.images),
        "uniform": uniform(shown.images),
    }


class Rounded(nn.Module):
    """Rounds logits to multiples of `step`, which is in their unit; its gradient is zero everywhere."""

    def __init__(self, step: float) -> None:
        super().__init__()
        self.step = step

    def forward(self, logits: Tensor) -> Tensor:
        """The nearest multiples, same shape."""
        return (logits / self.step).round() * self.step


def prices(models: Sequence[nn.Module], images: Tensor) -> Tensor:
    """The time that Score-CAM takes, in forward passes of the same network on the same images, one per network.

    On a CPU it is the processor's time of this process. The shortest of several counts, and the networks take turns:
    what else the machine does only ever adds, and may go on for longer than one network is timed.

    Args:
        models: classifiers.
        images: ``(N, 3, H, W)``, on the models' device.
    """
    times = torch.tensor([[_times(model, images) for model in models] for _ in range(3)])  # (rounds, models, 2)
    passes, maps = times.amin(0).T
    return maps / passes


def _times(model: nn.Module, images: Tensor) -> tuple[float, float]:
    """Seconds of one forward pass, and of one Score-CAM."""
    clock = perf_counter if images.is_cuda else process_time
    with torch.no_grad():
        passes = repeat(lambda: model(images).cpu(), timer=clock, number=1, repeat=15)  # .cpu() waits for a GPU
    start = clock()
    explain(model, images, "score_cam", target=0, progress=False).maps.cpu()
    return min(passes), clock() - start
