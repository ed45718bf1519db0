"""Whether the maps of one picture depend on what the network has learned: all weights drawn anew, a few times."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from cam_course import explain
from cam_course.metrics import rank_correlation
from cam_course.metrics.progress import bar
from cam_course.metrics.sanity import draw_anew
from cam_course.report.found import Finding
from cam_course.untouched import unwrapped

MOST_PASSES = 128  # of a map: Score-CAM takes up to thousands, and each draw would take them again


def with_anew(
    model: nn.Module, image: Tensor, found: Sequence[Finding], target: int, draws: int, *, progress: bool | None = None
) -> tuple[list[Finding], str]:
    """The same findings, each with the mean size of the rank correlation with its maps under other weights.

    The size, since a drawn network often shows the picture's one pattern or its reverse. A map that is zero
    everywhere under other weights agrees with nothing: 0.

    Args:
        model: as for `explain`; copies of it are changed, one for each draw, from the seeds 0, 1, ….
        image: ``(1, 3, h, w)``.
        found: maps of `model` for `target`; flat ones, and those of more than `MOST_PASSES` passes, are left as they
            are.
        target: the class explained.
        draws: how often; 0 leaves all as it is.
        progress: whether to show a bar; None shows it after two seconds.

    Returns:
        The findings in their order, and why some could not be asked, an empty text where all could.
    """
    sizes: dict[str, list[float]] = {one.name: [] for one in found if not one.flat and one.passes <= MOST_PASSES}
    why: dict[str, None] = {}
    for seed in bar(range(draws), progress, "weights drawn anew"):
        try:
            drawn = _drawn(model, seed)
            for one in found:
                if one.name in sizes:
                    sizes[one.name].append(_alike(drawn, image, one, target))
        except (ValueError, TypeError, RuntimeError) as error:  # a network that cannot be copied, or gives no numbers
            why[str(error)] = None
    means = {name: sum(of) / len(of) for name, of in sizes.items() if draws and len(of) == draws}
    return [replace(one, anew=means.get(one.name)) for one in found], "; ".join(why)


def _drawn(model: nn.Module, seed: int) -> nn.Module:
    drawn = copy.deepcopy(unwrapped(model))
    draw_anew(drawn, torch.Generator().manual_seed(seed))
    return drawn


def _alike(drawn: nn.Module, image: Tensor, finding: Finding, target: int) -> float:
    options = {"progress": False} if finding.name == "score_cam" else {}
    layer = finding.layers[0] if finding.layers else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of maps that are zero everywhere: counted as 0
        maps = explain(drawn, image, finding.name, target=target, layer=layer, **options).maps
    return abs(float(rank_correlation(maps.detach().float().cpu(), finding.heatmap[None])))
