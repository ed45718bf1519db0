"""The lessons' widgets: explorers and players ready for a model and its pictures, and the parts to build others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from cam_course.explain import explain
from cam_course.heatmap import overlay
from cam_course.layers import layers as list_layers
from cam_course.lesson.captions import captioned
from cam_course.lesson.explorer import Explorer, Frame, choice, explorer, slider
from cam_course.lesson.figures import rgb, side_by_side, tint
from cam_course.lesson.measured import approx
from cam_course.lesson.player import Player, player
from cam_course.lesson.workbench import Workbench, workbench
from cam_course.metrics import energy_inside
from cam_course.pots import Scenes
from cam_course.visualize import ClassPicture

__all__ = [
    "Explorer",
    "Frame",
    "Player",
    "Workbench",
    "choice",
    "class_and_layer",
    "class_models",
    "explorer",
    "player",
    "shelves",
    "slider",
    "workbench",
]


def class_and_layer(
    model: nn.Module,
    image: Tensor,
    regions: Mapping[str, Tensor],
    *,
    classes: Sequence[str],
    layers: Sequence[str],
    start: dict[str, Any],
    alt: str,
    method: str = "grad_cam",
) -> Explorer:
    """Chooses the class that is explained and the layer that is read; shows the image, the map, and where it lies.

    Args:
        model: a classifier.
        image: ``(3, H, W)`` in 0…1, on the model's device.
        regions: by name, masks ``(H, W)`` whose share of the map is told.
        classes: the names of the classes, in order.
        layers: dotted names of layers, in order.
        start: the first ``class_`` (its number) and ``layer`` (its name).
        alt: what the first state shows, for those who do not see it.
        method: any method that reads a layer.
    """
    shapes = {layer.name: layer.shape for layer in list_layers(model, image)}

    def draw(class_: int, layer: str) -> Frame:
        answer = explain(model, image, method, target=class_, layer=layer)
        shares = ", ".join(
            f"{name} {approx(float(energy_inside(answer.maps, mask)[0]))}" for name, mask in regions.items()
        )
        _, high, wide = shapes[layer]
        logit = approx(float(answer.logits[0, class_]), 1)
        peak = approx(float(answer.maps.max()), 3)
        about = f"{classes[class_]} at {layer} ({high}×{wide}): logit {logit}, strongest value {peak}"
        text = f"{about}; share of the map: {shares}"
        return Frame(side_by_side([rgb(image), overlay(image, answer.maps[0], strength=0.75)]), text)

    options = {f"{name}  {shapes[name][1]}×{shapes[name][2]}": name for name in layers}
    return explorer(
        draw,
        alt=alt,
        start=start,
        class_=choice("class", {name: i for i, name in enumerate(classes)}),
        layer=slider("layer", options),
    )


def shelves(scenes: Mapping[str, Scenes], *, alt: str) -> Explorer:
    """Chooses a regime and a picture of it; shows the picture, and beside it its masks filled in.

    Args:
        scenes: by name, data sets of one length.
        alt: what the first picture shows, for those who do not see it.
    """

    def draw(regime: str, number: int) -> Frame:
        item = scenes[regime][number]
        masks = tint(item["image"], item["plants"], item["pots"])
        share = float(item["plants"].any(0).double().mean())
        text = f"{regime}, picture {number}: {item['caption']}; plants cover {approx(share)} of it"
        return Frame(side_by_side([rgb(item["image"]), rgb(masks)]), text)

    count = min(len(one) for one in scenes.values())
    return explorer(
        draw,
        alt=alt,
        regime=choice("regime", {name: name for name in scenes}),
        number=slider("picture", {str(i): i for i in range(count)}),
    )


def class_models(
    found: Mapping[str, Sequence[ClassPicture]],
    networks: Mapping[str, nn.Module],
    examples: Sequence[Tensor],
    *,
    classes: Sequence[str],
    start: int,
    alt: str,
) -> Player:
    """Plays the ascents of one class on several networks side by side, beside a real example of the class.

    Args:
        found: by network, one `ClassPicture` per class; all with the same steps.
        networks: the same names; they score the pictures on the way.
        examples: one image ``(3, H, W)`` in 0…1 per class.
        classes: the names of the classes, in order.
        start: the number of the class shown first.
        alt: what its last pictures show, for those who do not see them.
    """
    steps = next(iter(found.values()))[0].steps.tolist()
    scores = {name: _scores(networks[name], pictures) for name, pictures in found.items()}

    def draw(step: int, class_: int) -> Frame:
        panels = [rgb(examples[class_]), *(rgb(found[name][class_].frames[step]) for name in found)]
        logits = ", ".join(f"{name} {approx(scores[name][class_][step], 1)}" for name in found)
        text = f"{classes[class_]}, step {steps[step]} of {steps[-1]}; logit of {classes[class_]}: {logits}"
        return Frame(captioned(side_by_side(panels), [f"a real {classes[class_]}", *found]), text)

    pick = choice("class", {name: i for i, name in enumerate(classes)})
    return player(draw, steps, alt=alt, start={"class_": start}, class_=pick)


def _scores(network: nn.Module, pictures: Sequence[ClassPicture]) -> list[list[float]]:
    """The class's logit of each frame, by class."""
    with torch.inference_mode():
        return [network(picture.frames)[:, kind].tolist() for kind, picture in enumerate(pictures)]
