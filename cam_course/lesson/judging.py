"""Lesson 09's contest: every map judged by every measure on the same pictures, what a map costs, and who wins where."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from matplotlib.axes import Axes
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cam_course import metrics
from cam_course.explain import compare, explain
from cam_course.folded import folded
from cam_course.heatmap import overlay
from cam_course.lesson.captions import captioned
from cam_course.lesson.figures import FONT, OTHER, bars, rgb, side_by_side
from cam_course.lesson.measured import approx
from cam_course.lesson.widgets import Explorer, Frame, choice, explorer, slider

MEASURES = {"pointing": 1, "energy": 1, "IoU": 1, "deletion": -1, "insertion": 1}  # 1: large is good, -1: small is
STEPS, AT_ONCE = 12, 4  # shares of the pixels; pictures in one run, which fit a small machine's cache
SANITY = "rank: top", "rank: all", "rank: class", "rank: picture", "SSIM: all", "SSIM: picture"
Maps = Callable[[nn.Module, Tensor], Tensor]
Scores = dict[str, dict[str, Tensor]]


def judged(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    masks: Tensor,
    maps: Mapping[str, Tensor],
    *,
    fill: str | Tensor = "blur",
    only: Iterable[str] = MEASURES,
    steps: int = STEPS,
) -> Scores:
    """Every map by every measure: by measure, then by map, one value per picture ``(N,)``.

    Args:
        model: a classifier; deletion and insertion ask a copy of it that gives the same answers in less time.
        images: ``(N, 3, H, W)`` on the model's device.
        labels: ``(N,)``, the classes explained.
        masks: ``(N, H, W)`` bool.
        maps: by name, ``(N, H, W)``, at least 0.
        fill: what stands in for a pixel taken away, as for `metrics.deletion`.
        only: names out of `MEASURES`.
        steps: shares of the pixels at which deletion and insertion ask.
    """
    with torch.no_grad():
        quick = folded(model, images[:1])
    how = {"baseline": fill, "steps": steps, "batch_size": AT_ONCE, "progress": False}
    rules: dict[str, Callable[[Tensor], Tensor]] = {
        "pointing": lambda m: metrics.pointing_game(m, masks).double(),
        "energy": lambda m: metrics.energy_inside(m, masks),
        "IoU": lambda m: metrics.iou(m, masks, 0.5),
        "deletion": lambda m: metrics.deletion(quick, images, m, labels, **how).area,
        "insertion": lambda m: metrics.insertion(quick, images, m, labels, **how).area,
    }
    return {name: {key: rules[name](m).cpu() for key, m in maps.items()} for name in only}


CAMS = {
    "Grad-CAM": "grad_cam",
    "Grad-CAM++": "grad_cam_plus_plus",
    "LayerCAM": "layer_cam",
    "Guided Grad-CAM": "guided_grad_cam",
    "guided backprop": "guided_backprop",
    "deconvnet": "deconvnet",
    "saliency": "saliency",
}


def entries(model: nn.Module, images: Tensor, labels: Tensor, *, few: int | None = None) -> dict[str, Tensor]:
    """The maps that enter the contest: nine of the network, three that ask none. By name, ``(N, H, W)``.

    Args:
        model: a network of the course, with a first stage ``stages.0``.
        images: ``(N, 3, H, W)`` on its device.
        labels: ``(N,)``, the classes asked for.
        few: how many images Score-CAM explains, which costs a hundred times as much as the others; None for all.
    """
    found = compare(model, images, CAMS.values(), target=labels)
    maps = {name: found[method].maps for name, method in CAMS.items()}
    early = explain(model, images, "layer_cam", target=labels, layer="stages.0")
    scored = explain(model, images[:few], "score_cam", target=labels[:few], progress=False)
    maps |= {"early LayerCAM": early.maps, "Score-CAM": scored.maps}
    blind = {"colors": greenness, "edges": metrics.edges, "Gaussian": metrics.centered_gaussian}
    return maps | {name: rule(images) for name, rule in blind.items()}


def greenness(images: Tensor) -> Tensor:
    """How far green exceeds both red and blue, slightly blurred; asks no network: (N, 3, H, W) -> (N, H, W)."""
    excess = (images[:, 1] - images[:, [0, 2]].amax(1)).relu()
    return metrics.blurred(excess[:, None], sigma=2)[:, 0]


def visible(heatmap: Tensor) -> Tensor:
    """A map ``(H, W)`` cut off at its highest hundredth, so that a few bright pixels do not hide all others."""
    top = heatmap.flatten().float().quantile(0.99)
    return heatmap.clamp(max=float(top)) if top > 0 else heatmap


def edges(_: nn.Module, images: Tensor) -> Tensor:
    """The edge filter as a method that asks no model."""
    return metrics.edges(images)


def both_curves(model: nn.Module, image: Tensor, heatmap: Tensor, label: int) -> dict[str, metrics.Curve]:
    """Deletion and insertion of one image ``(3, H, W)`` by one map ``(H, W)``, in sixteenths of the pixels."""
    both = {"deletion": metrics.deletion, "insertion": metrics.insertion}
    return {name: f(model, image[None], heatmap[None], label, steps=16, progress=False) for name, f in both.items()}


def two_curves(ax: Axes, curves: Mapping[str, metrics.Curve]) -> Axes:
    """The probability of one picture's class over the share of pixels replaced, one line per name."""
    for (name, curve), color in zip(curves.items(), (OTHER, "#c45a00"), strict=False):
        ax.plot(curve.fractions.cpu(), curve.probabilities[0].cpu(), color=color, linewidth=2.5, label=name)
    ax.set_xlabel("share of pixels", fontsize=FONT - 1)
    ax.set_title("probability", fontsize=FONT)
    ax.legend(fontsize=FONT - 4, frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def sanity(
    model: nn.Module, images: Tensor, labels: Tensor, suspects: Mapping[str, str | Maps], layers: Sequence[str]
) -> tuple[Scores, dict[str, Tensor]]:
    """How alike maps stay to themselves as layers are drawn anew, beside how alike maps are that ask something else.

    Args:
        model: a classifier with four classes.
        images: ``(N, 3, H, W)``.
        labels: ``(N,)``, the classes asked for.
        suspects: by name, a method of `explain`, or a function ``(model, images) -> maps``.
        layers: drawn anew one after the other, the top layer first.

    Returns:
        By column, then by name, ``(N,)``; and by name all maps, ``(1 + layers, N, H, W)``.
    """
    scores, kept = {column: {} for column in SANITY}, {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a network without knowledge may find no evidence at all: an empty map
        for name, method in suspects.items():
            how = {"target": labels} if isinstance(method, str) else {}
            found = metrics.randomization(model, images, method, layers=layers, progress=False, **how)
            other = explain(model, images, method, target=(labels + 1) % 4).maps if how else method(model, images)
            kept[name] = found.maps
            for column, values in zip(SANITY, _likeness(found, other), strict=True):
                scores[column][name] = values.cpu()
    return scores, kept


def _likeness(found: metrics.Randomization, other: Tensor) -> tuple[Tensor, ...]:
    """One value per picture for each column of `SANITY`; `other` are the trained network's maps of other classes."""
    own, next_one = found.maps[0], found.maps[0].roll(1, 0)  # and the map of another picture
    rank = metrics.rank_correlation(own, other), metrics.rank_correlation(own, next_one)
    return found.rank_correlation[0], found.rank_correlation[-1], *rank, found.ssim[-1], metrics.ssim(own, next_one)


def table(scores: Mapping[str, Mapping[str, Tensor]], *, width: int = 20) -> None:
    """Prints the mean of each map (rows) by each measure (columns, whose names are split at a colon)."""
    heads = [name.rpartition(": ")[::2] for name in scores]
    wide = max(11, *(len(part) + 2 for head in heads for part in head))
    for line in filter(any, zip(*heads, strict=True)):
        print(" " * width + "".join(f"{part:>{wide}}" for part in line))
    for row in next(iter(scores.values())):
        print(f"{row:{width}}" + "".join(f"{approx(of[row].double().mean()):>{wide}}" for of in scores.values()))


def leading(scores: Mapping[str, Mapping[str, Tensor]], *, within: float = 0.02) -> dict[str, list[str]]:
    """By map, the measures in which its mean is the best, or no further than `within` from the best."""
    means = {name: {k: float(v.double().mean()) for k, v in of.items()} for name, of in scores.items()}
    best = {name: of[_ordered(of, name)[0]] for name, of in means.items()}
    rows = next(iter(means.values()))
    return {row: [name for name, of in means.items() if abs(of[row] - best[name]) <= within] for row in rows}


def report_card(axes: Sequence[Axes], scores: Mapping[str, Mapping[str, Tensor]]) -> None:
    """One small chart per measure, one bar per map, all on one scale; names stand at the first."""
    for ax, (name, values) in zip(axes, scores.items(), strict=True):
        bars(ax, {row: float(v.double().mean()) for row, v in values.items()}, name)
        ax.set(xlim=(0, 1), ylim=(-0.7, 1.7), xlabel="small is good" if name == "deletion" else "")
        ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        if ax is not axes[0]:
            ax.set_yticks([])


class _Counting(TorchFunctionMode):
    """Counts the pictures that enter a first convolution: one that takes three channels."""

    pictures = 0

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        if getattr(func, "__name__", "") == "conv2d" and args[0].shape[1] == 3:
            self.pictures += len(args[0])
        return func(*args, **(kwargs or {}))


def passes(model: nn.Module, image: Tensor, name: str) -> int:
    """How many pictures go forward through a network for one map of one picture.

    Args:
        model: a network that takes three channels.
        image: ``(1, 3, H, W)``, on its device.
        name: a key of `CAMS`, or Score-CAM.
    """
    how = {"method": CAMS[name]} if name in CAMS else {"method": "score_cam", "progress": False}
    explain(model, image, target=0, **how)  # the first question of a network asks for its default layer, too
    with _Counting() as counting:
        explain(model, image, target=0, **how)
    return counting.pictures


def contest(images: Tensor, maps: Mapping[str, Tensor], scores: Scores, *, alt: str, start: dict[str, Any]) -> Explorer:
    """Chooses a measure and a picture; shows the picture, the map that wins there and the one that loses.

    Args:
        images: ``(N, 3, H, W)`` in 0…1.
        maps: by name, ``(N, H, W)``, none of them flat.
        scores: as `judged` gives them, for these maps at least.
        alt: what the first state shows, for those who do not see it.
        start: the first ``measure`` and ``number``.
    """

    def draw(measure: str, number: int) -> Frame:
        values = {name: float(scores[measure][name][number]) for name in maps}
        ends = (order := _ordered(values, measure))[0], order[-1]
        panels = [overlay(images[number], visible(maps[name][number]), strength=0.9) for name in ends]
        sheet = side_by_side([rgb(images[number]), *panels], side=340)
        said = ", ".join(f"{name} {approx(values[name])}" for name in order)
        text = f"{measure}, {'large' if MEASURES[measure] > 0 else 'small'} is good. From best to worst: {said}"
        return Frame(captioned(sheet, [f"picture {number}", f"best: {ends[0]}", f"worst: {ends[1]}"]), text)

    return explorer(
        draw,
        alt=alt,
        start=start,
        sweep="measure",
        measure=choice("measure", {name: name for name in MEASURES}),
        number=slider("picture", {str(i): i for i in range(len(images))}),
    )


def _ordered(values: Mapping[str, Any], measure: str) -> list[str]:
    """Names from the best to the worst; of equals, the first stays first."""
    return sorted(values, key=lambda name: -MEASURES.get(measure, 1) * float(values[name]))
