"""What is explained: a score per image, computed from the output of a model."""

from cam_course.targets.asking import Score, as_scores, explained, scores_of, settled
from cam_course.targets.classes import Answer, Class, Contrast, Counterfactual
from cam_course.targets.detections import Box
from cam_course.targets.regions import Region
from cam_course.targets.words import Word

__all__ = [
    "Answer",
    "Box",
    "Class",
    "Contrast",
    "Counterfactual",
    "Region",
    "Score",
    "Word",
    "as_scores",
    "explained",
    "scores_of",
    "settled",
]
