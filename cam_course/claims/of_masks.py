"""Claims about Score-CAM, whose weights come from masked pictures."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cam_course import metrics
from cam_course.capture import capture
from cam_course.claims.claim import Claim, Part
from cam_course.claims.laboratory import LEFT, Laboratory
from cam_course.claims.networks import FLAT, GAP, ON_FLAT, ON_GAP
from cam_course.claims.of_maps import WANG
from cam_course.claims.of_refinements import LATE, THRESHOLDS
from cam_course.explain import explain
from cam_course.heatmap import upsample
from cam_course.lesson.masking import Alone, alone
from cam_course.methods.score_cam import masks
from cam_course.scorecard import CHUNK

Measure = Callable[[Laboratory, str], Tensor]
PART = 100  # scenes: each takes a run of the network per feature map


class Rounded(nn.Module):
    """A network whose logits are whole numbers, so that its gradient is zero everywhere."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """The rounded logits, (N, classes)."""
        return self.network(images).round()


def masked(laboratory: Laboratory, network: str, regime: str) -> tuple[Alone, Tensor]:
    """What a network says of the scenes through each of its masks, and the class asked for in each scene."""
    model, images = laboratory.network(network), laboratory.batch(regime)["image"][:PART]
    wanted = laboratory.targets(regime, "left" if regime == "pair" else "label")[:PART]
    place = next(model.parameters()).device
    shown = laboratory.once(("masked", network, regime), lambda: alone(model, images.to(place)))
    return shown, wanted.to(place)


def without_gradient(laboratory: Laboratory, network: str) -> Tensor:
    """Rank correlation of the maps of ten scenes with those of a network that rounds its logits."""
    model, batch = laboratory.network(network), laboratory.batch("random")
    place = next(model.parameters()).device
    images, labels = (batch[key][:10].to(place) for key in ("image", "label"))
    ask = lambda net, layer: explain(net, images, "score_cam", target=labels, layer=layer, progress=False)  # noqa: E731
    return metrics.rank_correlation(ask(model, LATE).maps, ask(Rounded(model), f"network.{LATE}").maps).cpu()


def gain(measure: str) -> Measure:
    """By how much Score-CAM beats Grad-CAM on scenes of one plant, in IoU or energy."""

    def read(laboratory: Laboratory, network: str) -> Tensor:
        shown, labels = masked(laboratory, network, "random")
        plant, maps = laboratory.batch("random")["plant"][:PART], shown.maps(shown.weights(labels)).cpu()
        rival = laboratory.maps(network, "random", "grad_cam")[:PART]
        if measure == "energy":
            return metrics.energy_inside(maps, plant) - metrics.energy_inside(rival, plant)
        found = [[metrics.iou(m, plant, t) for t in THRESHOLDS] for m in (maps, rival)]
        best = [max(one, key=lambda overlap: float(overlap.mean())) for one in found]
        return best[0] - best[1]

    return read


def by_weighting(laboratory: Laboratory, network: str) -> list[Tensor]:
    """The maps of scenes of two plants, weighted by channel softmax and by probability."""
    shown, lefts = masked(laboratory, network, "pair")
    return [shown.maps(shown.weights(lefts, kind)).cpu() for kind in ("channel_softmax", "probability")]


def same_order(laboratory: Laboratory, network: str) -> Tensor:
    """Rank correlation of the two weightings' maps."""
    return metrics.rank_correlation(*by_weighting(laboratory, network))


def apart(laboratory: Laboratory, network: str) -> Tensor:
    """How far apart the two weightings' shares of the own half are."""
    soft, probable = (metrics.energy_inside(m, LEFT.expand_as(m)) for m in by_weighting(laboratory, network))
    return (soft - probable).abs()


def only_alone(laboratory: Laboratory, network: str) -> Tensor:
    """Whether the plant of the lower logit gets above 0.5 through its best mask, and below 0.1 in the whole picture."""
    shown, _ = masked(laboratory, network, "pair")
    model, kinds = laboratory.network(network), laboratory.kinds()[:PART].to(shown.images.device)
    whole = logits_of(model, shown.images)
    weaker = kinds.gather(1, whole.gather(1, kinds).argmin(1)[:, None])  # (N, 1)
    best = shown.activations[torch.arange(len(kinds)), shown.of(weaker[:, 0])[0].argmax(1)]  # (N, h, w)
    through = logits_of(model, shown.images * masks(upsample(best, shown.images.shape[-2:]))[:, None])
    by_itself, in_all = (logits.softmax(1).gather(1, weaker)[:, 0] for logits in (through, whole))
    return ((by_itself > 0.5) & (in_all < 0.1)).double().cpu()


def logits_of(model: nn.Module, images: Tensor) -> Tensor:
    """The logits of many images, some at a time."""
    with torch.inference_mode():
        return torch.cat([model(x) for x in images.split(CHUNK)])


def runs_per_channel(laboratory: Laboratory, network: str) -> Tensor:
    """How many pictures go through the network for one map, per feature map of the layer."""
    seen, model, image = [], laboratory.network(network), laboratory.batch("random")["image"][:1]
    image = image.to(next(model.parameters()).device)
    explain(model, image, target=0)  # finds the layer, once for all

    def count(module: nn.Module, inputs: tuple) -> None:
        seen.append(len(inputs[0]))

    with model.register_forward_pre_hook(count):  # a network with hooks is not copied, so that all runs are seen
        explain(model, image, "score_cam", target=0, progress=False)
    channels = laboratory.once(("channels", network), lambda: capture(model, image, LATE, 0).activations[LATE].shape[1])
    return torch.tensor([sum(seen) / channels])


CLAIMS = [
    Claim(
        "score_cam_needs_no_gradient",
        WANG,
        "Score-CAM needs no gradient.",
        "On a network whose gradient is zero everywhere (its logits are rounded), the map keeps its order: rank "
        "correlation of at least 0.95 (10 scenes).",
        [Part("rank correlation", without_gradient, GAP, at_least=0.95, digits=3)],
        "07",
        "It still needs the feature maps.",
    ),
    Claim(
        "score_cam_cost",
        WANG,
        "Score-CAM is slow: its cost grows with the number of channels.",
        "One more picture goes through the network for each feature map, within a tenth.",
        [
            Part("pictures per map, at least", runs_per_channel, GAP, at_least=0.9),
            Part("pictures per map, at most", runs_per_channel, GAP, at_most=1.1),
        ],
        "07",
    ),
    Claim(
        "score_cam_localizes",
        WANG,
        "Score-CAM localizes better than Grad-CAM.",
        f"It is at least 0.01 better than Grad-CAM, by IoU and by energy ({PART} scenes; best threshold each).",
        [
            Part("gain", gain(measure), networks, at_least=0.01, where=f"by {measure} {head}")
            for networks, head in ((GAP, ON_GAP), (FLAT, ON_FLAT))
            for measure in ("IoU", "energy")
        ],
        "07",
        "Without any score, all weights 1, the IoU is about as high.",
    ),
    Claim(
        "weightings_alike",
        WANG,
        "Logits (channel softmax) and probabilities as weights behave alike.",
        f"Rank correlation of the maps at least 0.95, own half at most 0.05 apart ({PART} scenes of two plants).",
        [
            Part("rank correlation", same_order, GAP, at_least=0.95),
            Part("own half, apart", apart, GAP, at_most=0.05),
        ],
        "07",
        "Neither has weights below zero; a weighting that has them tells two plants apart better.",
    ),
    Claim(
        "score_cam_context",
        WANG,
        "Score-CAM judges each mask alone, without the rest of the picture.",
        "In at least half of the scenes the plant of the lower logit gets a probability above 0.5 through its best "
        f"mask and below 0.1 in the whole picture ({PART} scenes of two plants).",
        [Part("scenes", only_alone, GAP, at_least=0.5)],
        "07",
    ),
]
