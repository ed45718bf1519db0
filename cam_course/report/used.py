"""What a page was made with: all that somebody needs to make it again."""

from __future__ import annotations

import platform
from importlib import metadata

from torch import nn

from cam_course.images import Fitted
from cam_course.report.found import Findings
from cam_course.report.networks import Subject
from cam_course.report.photograph import plain

_PACKAGES = ("cam_course", "torch", "torchvision", "numpy", "pillow")
_LONG = 1000  # characters of a command or of a transform


def used(fitted: Fitted, subject: Subject, found: Findings, command: str) -> dict[str, str]:
    """By name, what was used.

    Args:
        fitted: the picture as the network took it.
        subject: the network.
        found: what was asked, and how.
        command: the line of a terminal; empty where Python asked.
    """
    model: nn.Module = subject.model
    parameters = sum(parameter.numel() for parameter in model.parameters())
    layers = dict.fromkeys(layer for finding in found.answers for layer in finding.layers)
    versions = [*(f"{name} {_version(name)}" for name in _PACKAGES), f"Python {platform.python_version()}"]
    return {
        "command": plain(command, _LONG) or "none: Python called cam_course.report.report",
        "network": f"{plain(subject.name)}: {type(model).__name__}, {parameters:,} parameters",
        "weights": subject.origin,
        "part seen": part_seen(fitted),
        "numbers it took": space(fitted, subject),
        "methods": ", ".join(finding.name for finding in found.answers),
        "layer": ", ".join(map(plain, layers)) or "none: pixels only",
        "deletion, insertion": f"{found.steps} steps, blurred" if found.steps else "left out",
        "weights drawn anew": f"{found.draws} times, seeds 0 to {found.draws - 1}" if found.draws else "left out",
        "device": str(next((parameter.device for parameter in model.parameters()), "cpu")),
        "versions": ", ".join(versions),
    }


def part_seen(fitted: Fitted) -> str:
    """Which part of the photograph, and at what size."""
    (left, top, right, bottom), (height, width) = fitted.box, fitted.image.shape[-2:]
    return f"columns {left} to {right}, rows {top} to {bottom} of the photograph, as {width} × {height} pixels"


def space(fitted: Fitted, subject: Subject) -> str:
    """What the network's numbers mean, and between which they lie in this picture."""
    low, high = fitted.image.min(), fitted.image.max()
    between = f"in this picture from {low:.2f} to {high:.2f}".replace("-", "−")
    if isinstance(subject.to, int):
        return f"red, green, blue in 0…1; {between}"
    return f"after {plain(' '.join(repr(subject.to).split()), _LONG)}; {between}"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "from its repository"
