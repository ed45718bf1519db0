"""What this package does in each row of the benchmark; the layer is named, as the other libraries ask for it."""

from collections.abc import Callable

import torch

from benchmarks.setting import CLASS, CLASSES, STAGES, Setting
from cam_course import capture, compare, explain, upsample
from cam_course.methods.cams import grad_cam as grad_cam_of

Run = Callable[[], object]
FOUR = ("grad_cam", "grad_cam_plus_plus", "layer_cam", "hires_cam")


def forward(net: Setting) -> Run:
    def run():
        with torch.no_grad():
            return net.model(net.image)

    return run


def grad_cam(net: Setting) -> Run:
    return lambda: explain(net.model, net.image, "grad_cam", target=CLASS, layer=net.layer).maps


def four_methods(net: Setting) -> Run:
    asked = {"target": CLASS, "layer": net.layer}
    return lambda: [answer.maps for answer in compare(net.model, net.image, FOUR, **asked).values()]


def ten_classes(net: Setting) -> Run:
    return lambda: explain(net.model, net.image, "grad_cam", classes=CLASSES, layer=net.layer).maps


def four_layers(net: Setting) -> Run:
    def run():
        shown = capture(net.model, net.image, STAGES, CLASS)
        return [upsample(grad_cam_of(shown.activations[x], shown.gradients[x]), net.size) for x in STAGES]

    return run


def guided_backprop(net: Setting) -> Run:
    return lambda: explain(net.model, net.image, "guided_backprop", target=CLASS).attribution


def score_cam(net: Setting) -> Run:
    asked = {"target": CLASS, "layer": net.layer, "progress": False}
    return lambda: explain(net.model, net.image, "score_cam", **asked).maps
