"""See where a convolutional network looks: the methods, the measures and the pictures of the course."""

from cam_course.answers import METHODS
from cam_course.capture import Capture, capture
from cam_course.device import device
from cam_course.explain import compare, explain
from cam_course.heatmap import normalize, overlay, upsample
from cam_course.layers import Layer, layers
from cam_course.question import Explanation
from cam_course.visualize import ClassPicture, visualize_class

__all__ = [
    "METHODS",
    "Capture",
    "ClassPicture",
    "Explanation",
    "Layer",
    "capture",
    "compare",
    "device",
    "explain",
    "layers",
    "normalize",
    "overlay",
    "upsample",
    "visualize_class",
]
