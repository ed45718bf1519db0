"""Claims about what explanations are for: to find out what a network has learned, and whether they can."""

from __future__ import annotations

import torch
from torch import Tensor

from cam_course import metrics
from cam_course.claims.claim import Claim, Part
from cam_course.claims.laboratory import Laboratory
from cam_course.claims.networks import GAP
from cam_course.claims.of_gradients import BIASED, Measure
from cam_course.pots import usual_owner
from cam_course.scorecard import predictions


def more_in_pot(laboratory: Laboratory, network: str) -> Tensor:
    """How much more energy the CAM of the answer has in the pot than in the plant, pots exchanged."""
    batch, maps = laboratory.batch("swapped"), laboratory.maps(network, "swapped", "cam", target="answer")
    return metrics.energy_inside(maps, batch["pot"]) - metrics.energy_inside(maps, batch["plant"])


def names_the_owner(laboratory: Laboratory, network: str) -> Tensor:
    """Whether the answer to a plant in a foreign pot is the plant that usually stands in that pot."""
    scenes = laboratory.scenes("swapped")
    answers = predictions(laboratory.network(network), laboratory.batch("swapped")["image"])
    owners = torch.tensor([usual_owner(scenes.scene(i).placements[0].color) for i in range(laboratory.n)])
    return (answers == owners).double()


def kept(method: str) -> Measure:
    """How much more a map is like its old self, once the top layer is drawn anew, than like another scene's map.

    Rank correlation, on 40 scenes. The other map is the trained network's.
    """

    def measure(laboratory: Laboratory, network: str) -> Tensor:
        model, batch = laboratory.network(network), laboratory.batch("random")
        place = next(model.parameters()).device
        images, labels = (batch[key][:SOME].to(place) for key in ("image", "label"))
        first, after = metrics.randomization(
            model, images, method, target=labels, layers=["fc"], progress=False
        ).maps.cpu()
        own, other = (metrics.rank_correlation(first, m) for m in (after, first.roll(1, 0)))
        return own - other

    return measure


SOME = 40

CLAIMS = [
    Claim(
        "sanity",
        "Adebayo et al. 2018, arXiv:1810.03292",
        "Guided backpropagation and Guided Grad-CAM hardly change when the upper layers are drawn anew, so that they "
        "explain little of what was learned; the gradient and Grad-CAM do change.",
        "Once the top layer is drawn anew, a map is more like its old self than like the trained network's map of "
        "another scene, in rank correlation by at least 0.1 where it hardly changes, by less where it does "
        f"({SOME} scenes).",
        [
            Part("more alike", kept("guided_backprop"), GAP, at_least=0.1, where="of guided backpropagation"),
            Part("more alike", kept("guided_grad_cam"), GAP, at_least=0.1, where="of Guided Grad-CAM"),
            Part("more alike", kept("saliency"), GAP, at_most=0.1, where="of the gradient"),
            Part("more alike", kept("grad_cam"), GAP, at_most=0.1, where="of Grad-CAM"),
        ],
        "09",
    ),
    Claim(
        "looked_at_the_pot",
        "the public Pot Plant tutorial, hub:a-data-odyssey/XAI-for-CV-models",
        "A classifier of plants trained where each plant lives in its own pot looks at the pot.",
        "With the pots exchanged, the map of its answer has at least 0.2 more energy in the pot than in the plant, and "
        "at least 0.95 of its answers name the plant that usually stands in that pot.",
        [
            Part("more energy in the pot", more_in_pot, BIASED, at_least=0.2),
            Part("answers that name the pot's owner", names_the_owner, BIASED, at_least=0.95),
        ],
        "10",
        "The map alone is no proof: the exchanged pots are.",
    ),
]
