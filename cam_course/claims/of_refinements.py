"""Claims about the refinements of Grad-CAM: several instances, no gradients, detail at shallow stages."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cam_course import metrics
from cam_course.claims.claim import Claim, Part
from cam_course.claims.laboratory import Laboratory
from cam_course.claims.networks import FLAT, GAP, ON_FLAT, ON_GAP
from cam_course.claims.of_maps import CHATTOPADHAY
from cam_course.lesson.instances import found, highest

Measure = Callable[[Laboratory, str], Tensor]
THRESHOLDS = [round(0.05 * step, 2) for step in range(1, 19)]  # 0.05…0.9 of the maximum
EARLY, LATE = ("stages.0", "stages.1"), "stages.3"


def more_plants(*, equal_area: bool) -> Measure:
    """How much more of a scene's plants Grad-CAM++ finds than Grad-CAM, one big and two or three small ones."""

    def measure(laboratory: Laboratory, network: str) -> Tensor:
        masks = laboratory.instances("uneven")
        maps = [laboratory.maps(network, "uneven", method) for method in ("grad_cam_plus_plus", "grad_cam")]
        shares = [found(highest(m), masks, 0.5, least=0.5) if equal_area else found(m, masks, 0.3) for m in maps]
        return shares[0] - shares[1]

    return measure


def iou(laboratory: Laboratory, network: str, method: str, layer: str) -> Tensor:
    """IoU with the plant, at the threshold that is best on the split val."""
    maps, plants = {}, {}
    for split in ("val", "test"):
        maps[split] = laboratory.maps(network, "random", method, layer=layer, split=split)
        plants[split] = laboratory.batch("random", split)["plant"]
    means = torch.stack([metrics.iou(maps["val"], plants["val"], t).mean() for t in THRESHOLDS])
    return metrics.iou(maps["test"], plants["test"], THRESHOLDS[int(means.argmax())])


def energy(laboratory: Laboratory, network: str, method: str, layer: str) -> Tensor:
    """The share of the map's energy in the plant."""
    maps = laboratory.maps(network, "random", method, layer=layer)
    return metrics.energy_inside(maps, laboratory.batch("random")["plant"])


def gained(score: Callable, stage: str, than: str) -> Measure:
    """By how much LayerCAM of a stage beats Grad-CAM of another, or of the same."""
    return lambda laboratory, network: (
        score(laboratory, network, "layer_cam", stage) - score(laboratory, network, "grad_cam", than)
    )


STAGES = tuple(f"stages.{i}" for i in range(4))


def fused(measure: str) -> Measure:
    """By how much LayerCAM fused over all four stages (γ = 2) beats LayerCAM of the last."""

    def read(laboratory: Laboratory, network: str) -> Tensor:
        plant, maps = laboratory.batch("random")["plant"], laboratory.maps(network, "random", "layer_cam", layer=STAGES)
        last = laboratory.maps(network, "random", "layer_cam", layer=LATE)
        if measure == "energy":
            return metrics.energy_inside(maps, plant) - metrics.energy_inside(last, plant)
        val = laboratory.maps(network, "random", "layer_cam", layer=STAGES, split="val")
        masks = laboratory.batch("random", "val")["plant"]
        means = torch.stack([metrics.iou(val, masks, t).mean() for t in THRESHOLDS])
        fits = metrics.iou(maps, plant, THRESHOLDS[int(means.argmax())])
        return fits - iou(laboratory, network, "layer_cam", LATE)

    return read


JIANG = "Jiang et al. 2021, doi:10.1109/TIP.2021.3089943"

CLAIMS = [
    Claim(
        "several_instances",
        CHATTOPADHAY,
        "Grad-CAM++ lights up more of several instances than Grad-CAM.",
        "On scenes of one big and two or three small plants it finds at least 0.05 more of a scene's plants: at 0.3 of "
        "the maximum, and when both mark the same area (the highest 15 %, half of a plant to be marked).",
        [
            Part("gain", more_plants(equal_area=equal), networks, at_least=0.05, where=f"{how}, {head}")
            for how, equal in (("at a threshold", False), ("at equal area", True))
            for networks, head in ((GAP, ON_GAP), (FLAT, ON_FLAT))
        ],
        "06",
        "At equal area it comes from leaving out the channels of negative weight.",
    ),
    Claim(
        "shallow_layer_cam",
        JIANG,
        "LayerCAM gives reliable maps at shallow stages too, where Grad-CAM does not.",
        "At the first and at the second stage it beats Grad-CAM of the same stage by at least 0.05, in IoU and energy.",
        [
            Part("gain", gained(score, stage, stage), GAP, at_least=0.05, where=f"by {name} at {stage}")
            for stage in EARLY
            for name, score in (("IoU", iou), ("energy", energy))
        ],
        "08",
    ),
    Claim(
        "early_beats_late",
        JIANG,
        "LayerCAM of a shallow stage localizes better than Grad-CAM of the last.",
        "At the first or at the second stage it is at least 0.03 better; by IoU, and by energy.",
        [
            Part("gain", gained(score, stage, LATE), GAP, at_least=0.03, where=f"by {name} at {stage}")
            for name, score in (("IoU", iou), ("energy", energy))
            for stage in EARLY
        ],
        "08",
        "Speckle lowers the IoU; averaged over 8 × 8 pixels the early map fits about as well as the late one.",
    ),
    Claim(
        "fusing",
        JIANG,
        "Fused over stages, LayerCAM locates the object better than any one stage.",
        "Fused over all four stages (γ = 2), its IoU is at least 0.01 above the last stage's, its energy no lower.",
        [
            Part("IoU, gain", fused("IoU"), GAP, at_least=0.01, where="by IoU"),
            Part("energy, gain", fused("energy"), GAP, at_least=0, where="by energy"),
        ],
        "08",
        "The tanh of the fusion lifts what is weak in the shallow maps; a mean of the four spills less.",
    ),
]
