"""Claims about networks that give more than one class a picture: pixels, boxes, words, answers."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from cam_course import targets
from cam_course.claims.claim import Claim, Part
from cam_course.claims.laboratory import Laboratory
from cam_course.claims.of_gradients import SELVARAJU, Measure
from cam_course.device import device
from cam_course.lesson import sentences, speech
from cam_course.lesson.twins import Table, lights, right
from cam_course.pots.dataset import Item
from cam_course.targets import Score

PLANT, COLOR = 1, 4  # which words of "a baya in a blue pot" name them


def boxes(item: Item) -> Sequence[Score]:
    """One target for each plant with its pot: the score of the detection in its box."""
    return [targets.Box(box, kind) for box, kind in zip(item["boxes"], item["kinds"], strict=True)]


def regions(item: Item) -> Sequence[Score]:
    """One target for each plant: the mean logit of its kind over its pixels; class 0 is the background."""
    return [targets.Region(mask, 1 + kind) for mask, kind in zip(item["plants"], item["kinds"], strict=True)]


ASK = {"pots_segmentation": regions, "pots_detection": boxes}


def tables(laboratory: Laboratory, network: str, layer: str) -> dict[tuple[str, str], list[Table]]:
    """Where the light of the map of each thing lies, by layer and method; scenes of one thing are left out."""
    some = several(laboratory)
    net = laboratory.network(network)
    return laboratory.once(("lights", network, layer), lambda: lights(net, some, ASK[network], [layer]))


def several(laboratory: Laboratory) -> list[Item]:
    """The scenes of the regime mixed with two plants or more."""
    scenes = laboratory.scenes("mixed")
    laboratory.batch("mixed")  # all at once: kept on disk from then on
    return laboratory.once(("several",), lambda: [item for item in scenes if len(item["kinds"]) > 1])


def asked_for(method: str, *, twin: bool, layer: str) -> Measure:
    """In each scene, the share of the maps with more light in the thing asked for than in any rival."""

    def measure(laboratory: Laboratory, network: str) -> Tensor:
        found = tables(laboratory, network, layer)[layer, method]
        return right(found, several(laboratory), twin=twin)

    return measure


def album(laboratory: Laboratory, regime: str) -> sentences.Album:
    """The scenes of a regime with their sentences."""
    return laboratory.once(("album", regime), lambda: sentences.album(laboratory.scenes(regime), device()))


def word(step: int, method: str, *, in_pot: bool) -> Measure:
    """Whether the map of the word at a step has more energy in the pot than in the plant, or the reverse."""

    def measure(laboratory: Laboratory, network: str) -> Tensor:
        shown = album(laboratory, "random")
        maps = speech.word_maps(laboratory.network(network), shown.images, shown.captions, [step], [method])[method][0]
        own, other = shown.plants[:, 0], shown.pots[:, 0]
        return sentences.closer(maps, *((other, own) if in_pot else (own, other)))

    return measure


def answer(laboratory: Laboratory, network: str) -> Tensor:
    """Whether the map of a pot's color has more energy in the plant asked about, with its pot, than in the other.

    In scenes of two plants whose pots have one color, so that the answer does not tell which was meant; asked about
    both plants, so that a map that always prefers one of them is right half of the time.
    """
    shown = album(laboratory, "pair")
    alike = [i for i, (left, right_) in enumerate(shown.colors) if left == right_]
    net, layer = laboratory.network(network), BEFORE_POOLING[network]
    images, true, found = shown.images[alike], [shown.colors[i][0] for i in alike], []
    for side in (0, 1):
        questions = [f"what color is the pot of the {shown.kinds[i][side]}?" for i in alike]
        maps, _ = speech.answer_maps(net, images, questions, true, layer=layer)
        found.append(sentences.closer(maps, shown.objects[alike, side], shown.objects[alike, 1 - side]))
    return torch.stack(found).mean(0)


BEFORE_POOLING = {"pots_questions": "net.films.1", "pots_questions_late": "net.stages.3"}
SEGMENTATION, DETECTION, CAPTIONS = ("pots_segmentation",), ("pots_detection",), ("pots_captions",)

CLAIMS = [
    Claim(
        "segmentation",
        "Vinogradova et al. 2020, arXiv:2002.11434",
        "Grad-CAM of the logits in a region explains that region of a segmentation.",
        "On scenes of several plants, the map of a plant's pixels has more light in that plant with its pot than in "
        "any other in at least 0.75 of the cases: without another of its kind in the scene, and with one.",
        [
            Part("right", asked_for("Grad-CAM", twin=twin, layer="up.0"), SEGMENTATION, at_least=0.75, where=where)
            for twin, where in ((False, "without a twin"), (True, "with a twin"))
        ],
        "11",
        "The average over the map forgets which region was asked for; what is left is the class.",
    ),
    Claim(
        "only_what_was_used",
        "Draelos & Carin 2020, arXiv:2011.08891",
        "Grad-CAM can highlight places that the network did not use for its answer; HiResCAM does not.",
        "Asked for one of two plants of a kind, Grad-CAM has more light in it than in the other in at most 0.6 of the "
        "cases, HiResCAM in at least 0.9.",
        [
            Part("right", asked_for(method, twin=True, layer=layer), networks, **bound, where=f"by {method} of {what}")
            for networks, what, layers in (
                (SEGMENTATION, "a segmentation", ("up.0", "up.0")),
                (DETECTION, "a detector", ("neck.2", "neck.1")),
            )
            for method, layer, bound in zip(
                ("Grad-CAM", "HiResCAM"), layers, ({"at_most": 0.6}, {"at_least": 0.9}), strict=True
            )
        ],
        "11",
        "It is a test of the address only: a blob in the box passes it, too.",
    ),
    Claim(
        "captions",
        SELVARAJU,
        "Grad-CAM shows what the words of a caption are about.",
        "On scenes of one plant, the map of the plant's name has more energy in the plant than in the pot, and that of "
        "the color the reverse, in at least 0.75 of the scenes.",
        [
            Part("share", word(step, method, in_pot=step == COLOR), CAPTIONS, at_least=0.75, where=f"of {what}{how}")
            for method, how in (("Grad-CAM", ""), ("LayerCAM", " by LayerCAM instead"))
            for step, what in ((PLANT, "the plant's name"), (COLOR, "the color"))
        ],
        "11b",
        "This captioner looks before each word; the average over the map forgets where.",
    ),
    Claim(
        "answers",
        "Perez et al. 2018, arXiv:1709.07871",
        "A network whose features the question modulates answers from places near the object that it is about.",
        "Asked for the color of one of two pots of one color, the map of the answer has more energy in that plant with "
        "its pot in at least 0.9 of the cases; fused with the question after the pooling, in at most 0.65.",
        [
            Part("share", answer, ("pots_questions",), at_least=0.9, where="with FiLM"),
            Part("share", answer, ("pots_questions_late",), at_most=0.65, where="fused late"),
        ],
        "11b",
    ),
]
