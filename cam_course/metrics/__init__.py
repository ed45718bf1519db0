"""Measures of an explanation: against the truth, against the model, against chance; all take and give tensors."""

from cam_course.metrics.baselines import centered_gaussian, edges, uniform
from cam_course.metrics.confidence import Confidence, drop_and_increase
from cam_course.metrics.faithfulness import Curve, deletion, insertion
from cam_course.metrics.localization import box_iou, energy_inside, instance_recall, iou, largest_box, pointing_game
from cam_course.metrics.replacement import blurred
from cam_course.metrics.sanity import Randomization, randomization
from cam_course.metrics.similarity import rank_correlation, ssim

__all__ = [
    "Confidence",
    "Curve",
    "Randomization",
    "blurred",
    "box_iou",
    "centered_gaussian",
    "deletion",
    "drop_and_increase",
    "edges",
    "energy_inside",
    "insertion",
    "instance_recall",
    "iou",
    "largest_box",
    "pointing_game",
    "randomization",
    "rank_correlation",
    "ssim",
    "uniform",
]
