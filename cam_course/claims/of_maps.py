"""Claims about CAM and Grad-CAM."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cam_course import metrics
from cam_course.capture import capture
from cam_course.claims.claim import Claim, Part
from cam_course.claims.laboratory import Laboratory
from cam_course.claims.networks import FLAT, GAP, ON_FLAT, ON_GAP
from cam_course.claims.of_gradients import OWN, SELVARAJU, Measure, own_half
from cam_course.heatmap import upsample
from cam_course.lesson import boxes
from cam_course.lesson.instances import found, readings
from cam_course.metrics.replacement import blurred


def boxes_found(laboratory: Laboratory, maps: tuple[Tensor, Tensor]) -> Tensor:
    """Whether the box that a map proposes has an IoU of 0.5 with the plant's; its threshold is chosen on val."""
    true = [boxes.around(laboratory.batch("random", split)["plant"]) for split in ("val", "test")]
    return (boxes.held_out(maps, true)[1] >= 0.5).double()


def boxes_more_than_blurred_edges(laboratory: Laboratory, network: str) -> Tensor:
    """How much more often CAM's box is right than that of a blurred edge filter, the best map that knows nothing."""
    images = (laboratory.batch("random", split)["image"] for split in ("val", "test"))
    blind = tuple(blurred(metrics.edges(x)[:, None], sigma=8.0)[:, 0] for x in images)
    maps = tuple(laboratory.maps(network, "random", "cam", split=split) for split in ("val", "test"))
    right = laboratory.once(("blurred edges",), lambda: boxes_found(laboratory, blind))
    return boxes_found(laboratory, maps) - right


def logit_missed(laboratory: Laboratory, network: str) -> Tensor:
    """By what share of it the sum of the weighted feature maps misses the logit of the label, less its bias."""
    batch, model = laboratory.batch("random"), laboratory.network(network)
    bias = [module.bias for module in model.modules() if isinstance(module, nn.Linear)][-1].detach()
    place = next(model.parameters()).device
    pairs = zip(batch["image"].to(place).split(25), batch["label"].to(place).split(25), strict=True)
    missed = []
    for x, y in pairs:
        shown = capture(model, x, target=y)
        (A,), (g,) = shown.activations.values(), shown.gradients.values()
        explained = (g.mean((-2, -1), keepdim=True) * A).sum((1, 2, 3))
        missed.append((explained / (shown.logits.gather(1, y[:, None])[:, 0] - bias[y]) - 1).abs())
    return torch.cat(missed).cpu()


def grad_cam_is_cam(laboratory: Laboratory, network: str) -> Tensor:
    """The largest difference of Grad-CAM, times the number of places, from CAM, as a share of CAM's maximum."""
    cam, grad_cam = (laboratory.maps(network, "random", method).flatten(1) for method in ("cam", "grad_cam"))
    return (16 * 16 * grad_cam - cam).abs().amax(1) / cam.amax(1)


def plants_found(regime: str) -> Measure:
    """The share of a scene's plants that hold a value of 0.3 of the maximum of Grad-CAM."""
    return lambda laboratory, network: found(
        laboratory.maps(network, regime, "grad_cam"), laboratory.instances(regime), 0.3
    )


def outside_at_best(laboratory: Laboratory, network: str) -> Tensor:
    """The share of a map's light that falls beside the plant although each of its 16 × 16 cells holds the truth."""
    plant = laboratory.batch("random")["plant"]
    coarse = nn.functional.adaptive_avg_pool2d(plant[:, None].float(), 16)[:, 0]
    return 1 - metrics.energy_inside(upsample(coarse, (128, 128)), plant)


def largest_is_most_important(laboratory: Laboratory, network: str) -> Tensor:
    """Whether the feature map of the largest |α| is the one without which the logit changes most (GAP networks)."""
    batch = laboratory.batch("pair")
    A, g = readings(laboratory.network(network), batch["image"], laboratory.kinds()[:, 0])
    alpha, effect = g.mean((-2, -1)), (g.mean((-2, -1), keepdim=True) * A).sum((-2, -1))
    return (alpha.abs().argmax(1) == effect.abs().argmax(1)).double()


ZHOU = "Zhou et al. 2016, arXiv:1512.04150"
CHATTOPADHAY = "Chattopadhay et al. 2018, arXiv:1710.11063"
WANG = "Wang et al. 2020, arXiv:1910.01279"

CLAIMS = [
    Claim(
        "cam_localizes",
        ZHOU,
        "Global average pooling keeps location, so that CAM localizes although no box was seen in training.",
        "The box round CAM has an IoU of 0.5 with the plant's at least 0.3 more often than one from blurred edges.",
        [Part("more than blurred edges", boxes_more_than_blurred_edges, GAP, at_least=0.3)],
        "03",
    ),
    Claim(
        "cam_needs_gap",
        ZHOU,
        "CAM needs a network that ends in global average pooling and one linear layer.",
        "With such a head the weighted feature maps add up to the logit, less its bias, within a thousandth; with "
        "another they miss it by a quarter or more.",
        [
            Part("logit missed, GAP head", logit_missed, GAP, at_most=0.001),
            Part("logit missed, three linear layers", logit_missed, FLAT, at_least=0.25),
        ],
        "03",
    ),
    Claim(
        "grad_cam_is_cam",
        SELVARAJU,
        "On a network with GAP and one linear layer, Grad-CAM is CAM up to a constant factor.",
        "The largest difference is at most a hundred-thousandth of the map's maximum.",
        [Part("difference", grad_cam_is_cam, GAP, at_most=1e-5)],
        "04",
    ),
    Claim(
        "grad_cam_discriminative",
        SELVARAJU,
        "Grad-CAM is class-discriminative.",
        "At least 0.75 of its energy lies in the own half.",
        [
            Part(OWN, own_half("grad_cam"), GAP, at_least=0.75, where=ON_GAP),
            Part(OWN, own_half("grad_cam"), FLAT, at_least=0.75, where=ON_FLAT),
        ],
        "04",
    ),
    Claim(
        "one_of_several",
        CHATTOPADHAY,
        "Where a class occurs several times, Grad-CAM highlights only some of the instances.",
        "At most 0.85 of the plants of a scene hold a value of 0.3 of the map's maximum.",
        [
            Part("found", plants_found("uneven"), GAP, at_most=0.85, where="where one plant is big and others small"),
            Part("found", plants_found("multi"), GAP, at_most=0.85, where="where the plants are alike in size"),
        ],
        "04",
    ),
    Claim(
        "coarse",
        SELVARAJU,
        "The maps of a deep layer are coarse.",
        "Even if each of its 16 × 16 cells held the truth, at least 0.15 of its light would fall beside the plant.",
        [Part("light beside the plant", outside_at_best, ("16 × 16 cells",), at_least=0.15)],
        "08",
    ),
    Claim(
        "gradient_is_not_importance",
        WANG,
        "A feature map with a larger weight does not always contribute more to the score.",
        "In at most half of the scenes the map of the largest |α| is the one whose removal changes the logit most.",
        [Part("scenes", largest_is_most_important, GAP, at_most=0.5)],
        "04",
        "α alone is meant; Grad-CAM multiplies it by the activation.",
    ),
]
