"""The results as a page: tables, versions, the machine by its kind and never by its name."""

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from benchmarks.rows import LIBRARIES

PACKAGES = ("torch", "torchvision", "captum", "grad-cam", "torchcam")


@dataclass(frozen=True)
class Line:
    """One line of a table: numbers by library, or the reason why there are none."""

    what: str
    network: str
    numbers: dict[str, float]
    goal: str = ""
    reached: bool | None = None
    skipped: str = ""


def page(times: dict[int, list[Line]], memory: list[Line], settings: str, further: Iterable[str] = ()) -> str:
    parts = ["# Results", "", f"Written by `python -m benchmarks.run`. {machine()} {versions()} {settings}", ""]
    for threads, lines in times.items():
        title = f"## Time, in forward passes, {threads} thread{'s' if threads > 1 else ''}"
        parts += [title, "", *table(lines, digits=2), ""]
    if memory:
        parts += ["## Peak memory of tensors over that of a forward pass, MB", "", *table(memory, digits=0), ""]
    return "\n".join([*parts, *further]).rstrip() + "\n"


def table(lines: Iterable[Line], digits: int) -> list[str]:
    head = ["what", "network", *LIBRARIES, "to reach", "reached"]
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *(row(line, digits) for line in lines)]


def row(line: Line, digits: int) -> str:
    if line.skipped:
        cells = [line.skipped, *[""] * (len(LIBRARIES) - 1)]
    else:
        cells = [f"{line.numbers[x]:.{digits}f}" if x in line.numbers else "–" for x in LIBRARIES]
    verdict = "" if line.reached is None else ("yes" if line.reached else "**no**")
    return "| " + " | ".join([line.what, line.network, *cells, line.goal, verdict]) + " |"


def versions() -> str:
    return (
        "Python " + platform.python_version() + ", " + ", ".join(f"{name} {_version(name)}" for name in PACKAGES) + "."
    )


def machine() -> str:
    kernels = f"PyTorch's {torch.backends.cpu.get_cpu_capability()} kernels"
    return f"{platform.system()} on {platform.machine()}, {processor()}, {kernels}."


def processor() -> str:
    """The processor's model, where the system tells it."""
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        names = [x.split(":")[1].strip() for x in listing.read_text().splitlines() if x.startswith("model name")]
        if names:
            return f"{names[0]}, {len(names)} cores"
    return platform.processor() or "unknown processor"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
