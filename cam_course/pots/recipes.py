"""How each shipped network was trained: one line each."""

from dataclasses import dataclass, field, replace
from typing import Any

from .names import nearest


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training's result, besides machine and versions.

    Attributes:
        name: of the checkpoint.
        architecture: key of `architectures.ARCHITECTURES`.
        arguments: what its class is called with.
        regime: of the training pictures.
        n: how many of them.
        size: their side in pixels.
        epochs: passes over them.
        rate: highest learning rate of the one-cycle schedule.
        decay: weight decay of AdamW.
        batch: pictures a step.
        seed: of initial weights, order, flips and dropout.
        counterexamples: how many of the pictures are of the regime random instead.
        others: how many of the pictures are of other regimes instead, where a task mixes them.
        task: what the network learns, key of `tasks.TASKS`.
        half: whether its numbers are stored in half precision; they are float32 again once loaded.
    """

    name: str
    architecture: str
    regime: str
    n: int
    epochs: int
    seed: int = 0
    arguments: dict[str, Any] = field(default_factory=dict)
    size: int = 128
    rate: float = 4e-3
    decay: float = 1e-3
    batch: int = 32
    counterexamples: int = 0
    task: str = "classification"
    half: bool = False
    others: dict[str, int] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many pictures there are of its regime, and of the others."""
        return {self.regime: self.n - sum(self.others.values()), **self.others}


def _three(recipe: Recipe) -> list[Recipe]:
    """The recipe with three training seeds: a finding must not be one network's whim."""
    others = [replace(recipe, name=f"{recipe.name}_s{seed}", seed=seed) for seed in (1, 2)]
    return [recipe, *others]


def _beyond(task: str, architecture: str, regime: str, **others: Any) -> Recipe:
    """A network that does more than name the plant; stored in half precision, to keep the repository small."""
    return Recipe(f"pots_{task}", architecture, regime, task=task, half=True, **others)


DOSE = 400  # counterexamples among the 2,000 pictures of pots_dosed: the point of `dose.py`'s curve where it turns
_GAP = {"classes": 4, "widths": [16, 32, 64, 96]}
_FLAT = {"classes": 4, "widths": [16, 32, 64, 64], "hidden": [96, 64], "size": 128}
_UNET = {"classes": 6, "widths": [16, 32, 64, 96]}
_WORDS: dict[str, Any] = {"others": {"random": 1200}, "arguments": {"widths": [16, 32, 64, 96], "hidden": 96}}
_ASKED: dict[str, Any] = {
    "others": {"distinct": 400, "mixed": 800},
    "arguments": {"widths": [16, 32, 64, 64], "hidden": 64},
}
_ALL = [
    *_three(Recipe("pots", "PotNet", "random", n=2500, epochs=14, arguments=_GAP)),
    *_three(Recipe("pots_biased", "PotNet", "biased", n=2000, epochs=4, arguments=_GAP)),
    *_three(Recipe("pots_flat", "PotNetFlat", "random", n=2500, epochs=14, arguments=_FLAT, half=True)),
    Recipe("pots_dosed", "PotNet", "biased", n=2000, epochs=4, arguments=_GAP, counterexamples=DOSE),
    Recipe("tutorial", "CNNWithGAP", "biased", n=2000, epochs=6, size=96, arguments={"num_classes": 4}),
    _beyond("detection", "PotDetector", "mixed", n=3000, epochs=10, arguments=_GAP),
    _beyond("segmentation", "PotUNet", "mixed", n=3000, epochs=5, batch=16, arguments=_UNET),
    _beyond("captions", "Captioner", "pair", n=4000, epochs=12, **_WORDS),
    _beyond("questions", "Answerer", "pair", n=4000, epochs=12, **_ASKED),
    replace(_beyond("questions", "LateAnswerer", "pair", n=4000, epochs=12, **_ASKED), name="pots_questions_late"),
]
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}


def recipe(name: str) -> Recipe:
    """The recipe of a shipped network.

    Raises:
        ValueError: there is none of this name; the nearest is offered.
    """
    if name not in RECIPES:
        raise ValueError(f"expected the name of a shipped network, got {name!r}; {nearest(name, list(RECIPES))}")
    return RECIPES[name]
