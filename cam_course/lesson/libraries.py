"""One picture through captum, pytorch-grad-cam and torchcam, each as it comes, and what they gave when saved."""

from __future__ import annotations

import contextlib
import copy
import io
import warnings

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cam_course.explain import compare, explain
from cam_course.heatmap import normalize, upsample
from cam_course.lesson.measured import approx
from cam_course.lesson.peers import peer

Answers = dict[str, Tensor]
ROUNDING = 1e-4  # of maps scaled to 0…1
QUIET = {"score_cam": {"progress": False}}
# with captum 0.9.0, pytorch-grad-cam 1.5.7 and torchcam 0.5.0:
# largest difference to our map of the same name, and what is left with the library's line, on the lesson's picture
SAVED: dict[str, tuple[float, float | None]] = {
    "torchcam Grad-CAM": (0.0, None),
    "torchcam LayerCAM": (0.0, None),
    "pytorch-grad-cam Grad-CAM": (0.0, None),
    "pytorch-grad-cam LayerCAM": (0.0, None),
    "captum Grad-CAM": (0.677, 0.0),
    "captum Guided Grad-CAM": (0.188, 0.0),
    "pytorch-grad-cam Grad-CAM++": (0.022, 0.0),
    "torchcam Grad-CAM++": (0.050, 0.0),
    "pytorch-grad-cam Score-CAM": (0.018, 0.0),
    "torchcam Score-CAM": (0.008, 0.0),
    "pytorch-grad-cam Grad-CAM, softmax": (0.332, 0.0),
    "torchcam Grad-CAM, in place": (0.225, 0.0),
}


def answers(model: nn.Module, layer: str, image: Tensor, target: int) -> Answers:
    """What each installed library answers, each map enlarged to the image and scaled to 0…1; by library and method.

    Args:
        model: a classifier whose rectifiers are modules; every library gets a copy of its own.
        layer: dotted name of a layer whose next-to-last module stands in front of its rectifier.
        image: ``(3, H, W)``.
        target: the class.

    Returns:
        By name, ``(H, W)`` on the CPU; without the rows of libraries that are not installed, of which it is told.
    """
    found: Answers = {}
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):  # progress bars, hooks on ReLU
        warnings.simplefilter("ignore")
        for ask in (_captum, _pytorch_grad_cam, _torchcam):
            found |= ask(copy.deepcopy(model), layer, image[None], target)
    return {name: _scaled(found_map, image) for name, found_map in found.items()}


def _captum(model: nn.Module, layer: str, images: Tensor, target: int) -> Answers:
    if not (attr := peer("captum.attr")):
        return {}
    module, size = model.get_submodule(layer), tuple(images.shape[-2:])
    coarse = attr.LayerGradCam(model, module).attribute(images, target)  # (1, 1, h, w)
    large = attr.LayerAttribution.interpolate(coarse, size)
    guided = attr.GuidedGradCam(model, module).attribute(images.clone().requires_grad_(), target)
    return {"captum Grad-CAM": large[0, 0], "captum Guided Grad-CAM": guided[0].abs().amax(0)}


def _pytorch_grad_cam(model: nn.Module, layer: str, images: Tensor, target: int) -> Answers:
    if not (library := peer("pytorch_grad_cam")):
        return {}
    targets = peer("pytorch_grad_cam.utils.model_targets")

    def ask(name: str, wanted: object) -> Tensor:
        with getattr(library, name)(model, [model.get_submodule(layer)]) as method:
            return torch.from_numpy(method(images.clone(), [wanted]))[0]

    logit, share = targets.ClassifierOutputTarget(target), targets.ClassifierOutputSoftmaxTarget(target)
    names = {"Grad-CAM": "GradCAM", "LayerCAM": "LayerCAM", "Grad-CAM++": "GradCAMPlusPlus", "Score-CAM": "ScoreCAM"}
    found = {f"pytorch-grad-cam {name}": ask(kind, logit) for name, kind in names.items()}
    return found | {"pytorch-grad-cam Grad-CAM, softmax": ask("GradCAM", share)}


def _torchcam(model: nn.Module, layer: str, images: Tensor, target: int) -> Answers:
    if not (methods := peer("torchcam.methods")):
        return {}

    def ask(name: str, network: nn.Module = model, where: str = layer) -> Tensor:
        with getattr(methods, name)(network, where, input_shape=tuple(images.shape[1:])) as method:
            return method(target, network(images.clone()))[0][0].detach()

    names = {"Grad-CAM": "GradCAM", "LayerCAM": "LayerCAM", "Grad-CAM++": "GradCAMpp", "Score-CAM": "ScoreCAM"}
    found = {f"torchcam {name}": ask(kind) for name, kind in names.items()}
    in_place, norm = _in_place(model, layer)
    return found | {"torchcam Grad-CAM, in place": ask("GradCAM", in_place, norm)}


def _in_place(model: nn.Module, layer: str) -> tuple[nn.Module, str]:
    """A copy whose rectifiers write into their input, as torchvision's do, and the module before the layer's last."""
    changed = copy.deepcopy(model)
    for module in changed.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = True
    return changed, f"{layer}.{len(changed.get_submodule(layer)) - 2}"


def _scaled(found: Tensor, image: Tensor) -> Tensor:
    found = found.detach().cpu().float()
    size = tuple(image.shape[-2:])
    return normalize(found if tuple(found.shape) == size else upsample(found, size))


def unit(maps: Tensor) -> Tensor:
    """Each map scaled to 0…1 as both libraries do it, with 1e-8 against 0/0: ``(K, h, w)``."""
    low, high = maps.amin((1, 2), keepdim=True), maps.amax((1, 2), keepdim=True)
    return (maps - low) / (high - low + 1e-8)


def nearest(heatmap: Tensor, size: tuple[int, int]) -> Tensor:
    """A map enlarged by repeating its cells: ``(h, w)`` -> ``(H, W)``."""
    return F.interpolate(heatmap[None, None], tuple(size), mode="nearest")[0, 0]


def corner_to_corner(maps: Tensor, size: tuple[int, int]) -> Tensor:
    """Maps enlarged so that the outermost centers lie in the image's corner pixels: ``(K, h, w)`` -> ``(K, H, W)``."""
    return F.interpolate(maps[None], tuple(size), mode="bilinear", align_corners=True)[0]


def heard(model: nn.Module, image: Tensor, masks: Tensor, target: int, *, at_once: int = 16) -> Tensor:
    """Score-CAM's weights: the softmax over the masks of the class's logit through each, ``(K, 1, 1)``."""
    with torch.no_grad():
        logits = [model(image * part[:, None])[:, target] for part in masks.split(at_once)]
    return torch.cat(logits).softmax(0)[:, None, None]


OURS = {
    "Grad-CAM": "grad_cam",
    "LayerCAM": "layer_cam",
    "Grad-CAM++": "grad_cam_plus_plus",
    "Score-CAM": "score_cam",
    "Guided Grad-CAM": "guided_grad_cam",
}


def ours(model: nn.Module, image: Tensor, target: int, layer: str, inner: str) -> Answers:
    """Our map of each row's name, scaled to 0…1; the last row's is of `inner`, the layer that it is asked for."""
    asked = compare(model, image, list(OURS.values()), target=target, layer=layer, options=QUIET)
    maps = {name: normalize(asked[method].maps[0]).cpu() for name, method in OURS.items()}
    found = {row: maps[row.partition(" ")[2].partition(",")[0]] for row in SAVED}
    before = explain(model, image, "grad_cam", target=target, layer=inner)
    return found | {"torchcam Grad-CAM, in place": normalize(before.maps[0]).cpu()}


def report(found: Answers, same_name: Answers, by_line: Answers) -> None:
    """Prints how far each library's map is from ours, and from ours with one line changed to its own.

    Rows of libraries that are not installed come from the last time that all three were.

    Args:
        found: as `answers` gives them.
        same_name: as `ours` gives them.
        by_line: by row, our map with the library's line of mathematics, scaled to 0…1; rows that agree have none.

    Raises:
        AssertionError: a difference is left that the line does not explain.
    """
    print(f"{'largest difference':36}{'same name':>12}{'their line':>14}")
    for row, (saved, saved_line) in SAVED.items():
        if row not in found:
            print(f"{row:36}{approx(saved, 3):>12}{_left(saved_line):>14}  saved")
            continue
        named = _apart(found[row], same_name[row])
        line = _apart(found[row], by_line[row]) if row in by_line else None
        print(f"{row:36}{approx(named, 3):>12}{_left(line):>14}")
        left = named if line is None else line
        if not left <= ROUNDING:  # NaN fails too
            raise AssertionError(f"expected {row} to differ by rounding only, got {left:.2g}")


def _left(line: float | None) -> str:
    return "agrees" if line is None else approx(line, 3) if line > ROUNDING else "≈ 0.000"


def _apart(one: Tensor, other: Tensor) -> float:
    return float((one.cpu() - other.cpu()).abs().max())
