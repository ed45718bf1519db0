"""Pictures of potted plants whose truth is known, and the networks trained on them."""

from .dataset import Batch, Item, Scenes
from .names import COLORS, KINDS, REGIMES, SPLITS, usual_color, usual_owner
from .stored import sample, samples

__all__ = [
    "COLORS",
    "KINDS",
    "REGIMES",
    "SPLITS",
    "Batch",
    "Item",
    "Scenes",
    "sample",
    "samples",
    "usual_color",
    "usual_owner",
]
