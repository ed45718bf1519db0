"""Pictures of potted plants whose truth is known, and the networks trained on them."""

from .dataset import Batch, Item, Scenes
from .language import ANSWERS, QUESTIONS, WORDS
from .names import COLORS, KINDS, REGIMES, SPLITS, usual_color, usual_owner
from .stored import sample, samples

__all__ = [
    "ANSWERS",
    "COLORS",
    "KINDS",
    "QUESTIONS",
    "REGIMES",
    "SPLITS",
    "WORDS",
    "Batch",
    "Item",
    "Scenes",
    "sample",
    "samples",
    "usual_color",
    "usual_owner",
]
