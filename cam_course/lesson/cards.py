"""Model cards: what is claimed of a network of the course, the evidence for it measured, and the card as a page."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from cam_course.lesson.edits import POT_COLORS, numbers, others, recolored
from cam_course.lesson.measured import approx
from cam_course.metrics import energy_inside
from cam_course.pots import Scenes
from cam_course.pots.dataset import Batch
from cam_course.scorecard import REGIMES, maps, predictions

# what may be claimed; which figures can bear it out is for the reader to say
CLAIMS = (
    "names the plant, whatever its pot",
    "the color of the pot hardly ever decides",
    "its maps lie on the plant rather than on the pot",
    "works on photographs",
)


@lru_cache(maxsize=4)
def worlds(split: str, n: int) -> dict[str, tuple[Batch, Tensor]]:
    """The pictures of the three regimes with one plant, and the numbers of their pots' colors; drawn once."""
    scenes = {regime: Scenes(regime, split, n=n) for regime in REGIMES}
    return {regime: (one.batch(progress=False), numbers(one)) for regime, one in scenes.items()}


def evidence(network: nn.Module, split: str = "test", n: int = 200) -> dict[str, Tensor]:
    """What can be measured of a network, one value per picture.

    Args:
        network: a classifier of `cam_course.pots.KINDS` that ends in global average pooling and one linear layer.
        split: of the pictures.
        n: how many of each regime.

    Returns:
        By name, ``(n,)`` float: ``accuracy`` in each regime; on the biased pictures ``flips``, whether the answer
        changes when the pot, or the plant, is recolored to the pot color of another kind; on the swapped pictures
        ``energy`` of the class activation map of the answer in the pot, and in the plant, and whether the plant has
        more of it than the pot.
    """
    found, shown = {}, worlds(split, n)
    answers = {regime: predictions(network, batch["image"]) for regime, (batch, _) in shown.items()}
    for regime, (batch, _) in shown.items():
        found[f"accuracy, {regime}"] = answers[regime] == batch["label"]
    batch, colors = shown["biased"]
    for part in ("pot", "plant"):
        edited = recolored(batch["image"], batch[part], POT_COLORS[others(colors)])
        found[f"flips, {part}"] = predictions(network, edited) != answers["biased"]
    batch, _ = shown["swapped"]
    heat = maps(network, batch["image"], "cam", target=answers["swapped"])
    inside = {f"energy, {part}": energy_inside(heat, batch[part]) for part in ("pot", "plant")}
    inside["energy, plant > pot"] = inside["energy, plant"] > inside["energy, pot"]
    return {name: values.double() for name, values in (found | inside).items()}


def table(files: Mapping[str, Mapping[str, Tensor]]) -> None:
    """Print the means of several networks' evidence, one line a figure and one column a network, each with a head."""
    names = list(files)
    print(f"{'':20}" + "".join(f"{name:>12}" for name in names))
    for figure in next(iter(files.values())):
        print(f"{figure:20}" + "".join(f"{approx(files[name][figure].mean()):>12}" for name in names))


def show(card: Mapping[str, Any] | None) -> None:
    """Display a model card as a page: figures, claims beside their evidence, and what is not shown."""
    from IPython.display import display

    if card is None:
        print("Write the card, then run this cell again.")
        return
    lines = [f"{name} {approx(torch.as_tensor(value).double().mean())}" for name, value in card["figures"].items()]
    claims = [f"{claim}: {'NOT SHOWN' if bears == 'nothing' else bears}" for claim, bears in card["claims"].items()]
    parts = {
        "Use it for": [card["use"]],
        "It fails": [card["fails"]],
        "Figures": lines,
        "Claims, and their evidence": claims,
    }
    text = "\n".join(f"{title}\n" + "\n".join(f"  {line}" for line in body) for title, body in parts.items())
    page = "".join(
        f"<h4>{title}</h4>" + "<br>".join(html.escape(line) for line in body) for title, body in parts.items()
    )
    display({"text/plain": text, "text/html": f"<div class='cam-card'><h3>Model card</h3>{page}</div>"}, raw=True)
