"""Judge a model card: its figures against hidden scenes, its claims against the evidence that they name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import nn

from cam_course.lesson.cards import CLAIMS, evidence

HIDDEN, ALLOWED = 200, 0.1  # scenes of each regime, and how far a claimed share may lie from the share among them
CHANCE = 3.5  # standard errors of a difference: an honest figure lies farther off once in two thousand cards

# claim → the figures that bear it out. Accuracy where the pot misleads bears the second only where it is high: then
# the pot cannot often decide. Of the energies neither can bear the third: it speaks of both.
BEARS = dict(
    zip(
        CLAIMS,
        (
            ("accuracy, random", "accuracy, swapped"),
            ("flips, pot", "accuracy, random", "accuracy, swapped"),
            ("energy, plant > pot",),
            ("nothing",),
        ),
        strict=True,
    )
)
FIGURES = {figure for bears in BEARS.values() for figure in bears} - {"nothing"}
FIGURES |= {"accuracy, biased", "energy, plant", "energy, pot", "flips, plant"}


def problem_of_card(card: Any) -> str | None:
    """What is wrong with a card; None where nothing is."""
    problem = _form(card) or _form_of_figures(card["figures"]) or _claims(card["claims"])
    return problem or _figures(card) or _unborne(card)


def _form(card: Any) -> str | None:
    needed = ("network", "use", "fails", "figures", "claims")
    if not isinstance(card, Mapping) or any(name not in card for name in needed):
        return f"Expected a dictionary with the entries {', '.join(needed)}."
    if not isinstance(card["network"], nn.Module):
        return "`network` must be the network itself, so that the check can measure it."
    for name in ("use", "fails"):
        if not isinstance(card[name], str) or len(card[name].split()) < 5:
            return f"`{name}` is too short to be of use to anybody: write a sentence. Every network fails somewhere."
    return None


def _form_of_figures(figures: Any) -> str | None:
    if not isinstance(figures, Mapping) or not set(figures) >= FIGURES:
        missing = sorted(FIGURES - set(figures)) if isinstance(figures, Mapping) else sorted(FIGURES)
        return f"`figures` lacks {', '.join(missing)}: a reader of the card will ask for it."
    for name, value in figures.items():
        number = float(torch.as_tensor(value).double().mean())
        if 1 < number <= 100:
            return f"{name} is above 1: give shares, 0…1, not percent."
        if not 0 <= number <= 1:
            return f"{name} is no share: it must lie in 0…1."
    return None


def _claims(claims: Any) -> str | None:
    if not isinstance(claims, Mapping) or set(claims) != set(CLAIMS):
        return f"`claims` must speak to each of these, word for word: {'; '.join(CLAIMS)}."
    for claim, bears in claims.items():
        if problem := _name(claim, bears):
            return problem
    named, pot, _, photographs = (claims[claim] for claim in CLAIMS)
    if photographs != "nothing":
        return (
            "Photographs: claimed without evidence. Every figure here was measured on drawn scenes; the honest entry "
            "is 'nothing'."
        )
    if pot.startswith("energy"):
        return (
            "A map cannot bear 'hardly ever decides': the hushed network's maps had left the pot, and its answers "
            "followed the pot as before. What was changed, and what happened?"
        )
    if "accuracy, biased" in (named, pot):
        return (
            "Accuracy on biased pictures cannot bear that: there the pot betrays the plant, and the fooled network has "
            "the same figure."
        )
    if named.startswith("flips"):
        return (
            "Flips cannot bear 'names the plant': a network that always says the same never flips. They say what an "
            "answer depends on, not whether it is right."
        )
    return _other_claims(claims)


def _name(claim: str, bears: Any) -> str | None:
    if bears is None or bears == "":
        return f"'{claim}': if no figure bears it out, write 'nothing'."
    if not isinstance(bears, str):
        return f"'{claim}': name one figure, the one that bears it out."
    if bears not in FIGURES | {"nothing"}:
        return f"There is no figure of the name '{bears}'; the names are: {'; '.join(sorted(FIGURES))}."
    return None


def _other_claims(claims: Mapping[str, str]) -> str | None:
    seen = claims[CLAIMS[2]]
    if seen == "energy, plant":
        return "Half of a comparison: a map with that much in the plant may have as much, or more, in the pot."
    if seen == "energy, pot":
        return "Half of a comparison: a map with so little in the pot may lie on the wall, and not on the plant."
    for claim, bears in BEARS.items():
        if claims[claim] == "nothing" and bears != ("nothing",):
            return f"'{claim}': you do have evidence for or against this one among your figures."
        if claims[claim] not in bears:
            return f"'{claim}' is about something else than '{claims[claim]}' measures."
    return None


@lru_cache(maxsize=1)
def _hidden(network: nn.Module) -> dict[str, float]:
    return {name: float(values.mean()) for name, values in evidence(network, "val", HIDDEN).items()}


def allowed(share: float) -> float:
    """How far an honest share may lie from this one, each of `HIDDEN` scenes.

    >>> allowed(0.99), round(allowed(0.5), 3)
    (0.1, 0.175)
    """
    return max(ALLOWED, CHANCE * (2 * share * (1 - share) / HIDDEN) ** 0.5)


def _figures(card: Mapping[str, Any]) -> str | None:
    found = _hidden(card["network"])
    claimed = {name: float(torch.as_tensor(value).double().mean()) for name, value in card["figures"].items()}
    gaps = {name: claimed[name] - found[name] for name in claimed if name in found}
    off = {name: gap for name, gap in gaps.items() if abs(gap) > allowed(found[name])}
    if {"energy, pot", "energy, plant"} <= set(off) and off["energy, pot"] * off["energy, plant"] < 0:
        return "energy, pot and energy, plant: one is too high and one too low. Are they interchanged?"
    for name, gap in off.items():
        side = "higher" if gap > 0 else "lower"
        return (
            f"{name}: you claim a figure more than {allowed(found[name]):.2g} {side} than on hidden scenes, farther "
            "than chance would take it. Perhaps it was measured on another network, or on other pictures."
        )
    return None


def _unborne(card: Mapping[str, Any]) -> str | None:
    """A claim whose evidence is named and speaks against it."""
    found = _hidden(card["network"])
    if min(found["accuracy, random"], found["accuracy, swapped"]) < 0.75 or found["flips, pot"] > 0.25:
        return (
            "Your figures are honest, and they speak against your claims: this network follows the pot. Hand over a "
            "repaired one (with all 400 counterexamples)."
        )
    if found["energy, plant > pot"] < 0.5:
        return "Your figures are honest; but by them the maps lie on the pot rather than on the plant."
    return None
