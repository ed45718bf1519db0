"""How long a reader waits for a widget: from a released slider to the new picture, in the kernel, in milliseconds.

``python -m benchmarks.redraw`` prints it; ``python -m benchmarks.run`` puts it into RESULTS.md.
"""

import statistics
import time
from collections.abc import Callable
from functools import cache

import torch

from cam_course import layers, weights
from cam_course.lesson import widgets
from cam_course.pots import KINDS, Scenes

MOST = 60.0  # milliseconds, for a gradient CAM on a shipped network
NETWORKS = ("pots", "pots_flat", "tutorial")
SCENE = 17  # of the pairs that lesson 04 shows


@cache
def scene() -> dict:
    return Scenes("pair", "test", n=SCENE + 1)[SCENE]


def explorer(network: str) -> widgets.Explorer:
    """The explorer of lesson 04 on a network, at its default layer."""
    model, shown = weights.load(network), scene()
    default = next(layer.name for layer in layers(model, shown["image"]) if layer.default)
    classes = [str(number) for number in range(len(model(shown["image"][None])[0]))]
    regions = {"plants": shown["plants"].any(0), "pots": shown["pots"].any(0)}
    names = KINDS if len(classes) == len(KINDS) else classes
    start = {"class_": 0, "layer": default}
    return widgets.class_and_layer(
        model, shown["image"], regions, classes=names, layers=[default], start=start, alt="A map on a plant."
    )


def workbench(network: str) -> widgets.Workbench:
    """The workbench, with one map; each picture is asked about anew."""
    bench = widgets.workbench(weights.load(network), scene()["image"], methods=["grad_cam"])
    bench._answers.ask = lambda *question: type(bench._answers)(bench._model).ask(*question)  # remembers nothing
    return bench


def milliseconds(explorer: widgets.Explorer, rounds: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """The median over moves of its class; two moves before are not counted."""
    control, spent = explorer.controls["class_"], []
    values = [value for _, value in control.options if value >= 0]
    for _ in range(rounds + 2):
        before = clock()
        control.value = values[(values.index(control.value) + 1) % len(values) if control.value in values else 0]
        spent.append(1000 * (clock() - before))
    return statistics.median(spent[2:])


def lines(rounds: int) -> list[tuple[str, str, float]]:
    """What is drawn, on which network, and its milliseconds."""
    found = [("Grad-CAM, explorer", name, milliseconds(explorer(name), rounds)) for name in NETWORKS]
    return [*found, ("Grad-CAM, workbench", NETWORKS[0], milliseconds(workbench(NETWORKS[0]), rounds))]


def table(found: list[tuple[str, str, float]]) -> list[str]:
    head = ["what", "network", "ms", "to reach", "reached"]
    rows = [
        f"| {what} | {name} | {spent:.0f} | ≤ {MOST:.0f} | {'yes' if spent <= MOST else '**no**'} |"
        for what, name, spent in found
    ]
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *rows]


def section(threads: int, found: list[tuple[str, str, float]]) -> list[str]:
    plural = "s" if threads > 1 else ""
    return [
        f"## A widget's redraw, from the released control to the new picture, {threads} thread{plural}",
        "",
        *table(found),
        "",
    ]


if __name__ == "__main__":
    print("\n".join(section(torch.get_num_threads(), lines(50))))
