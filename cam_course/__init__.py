"""See where a convolutional network looks: the methods, the measures and the pictures of the course."""

from cam_course.capture import Capture, capture
from cam_course.device import device
from cam_course.explain import METHODS, Explanation, compare, explain
from cam_course.heatmap import normalize, overlay, upsample
from cam_course.layers import Layer, layers

__all__ = [
    "METHODS",
    "Capture",
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
]
