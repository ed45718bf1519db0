"""The report of the shipped networks that name the plant: how often they are right, and where their evidence lies.

``python -m cam_course.scorecard`` prints it, for all networks or for those named.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from tqdm import tqdm

from cam_course import weights
from cam_course.device import device
from cam_course.explain import explain
from cam_course.metrics import energy_inside, pointing_game
from cam_course.pots import Scenes, usual_owner
from cam_course.pots.dataset import Batch
from cam_course.pots.recipes import recipe

REGIMES = ("biased", "random", "swapped")
CHUNK = 25  # images at once: their activations fit a small machine's cache, which makes it twice as fast as 200
PIXELS = 1 << 16  # at once where only the answer is wanted: 4 images of 128 pixels, or 1 of 256: thrice as fast as 25


@dataclass(frozen=True)
class Evidence:
    """Where the class activation map of the predicted class lies; shares of images or of the map's sum, 0…1."""

    energy_in_pot: float
    energy_in_plant: float
    peak_in_pot: float
    peak_in_plant: float
    more_in_plant_than_in_pot: float


def maps(
    model: nn.Module,
    images: Tensor,
    method: str = "grad_cam",
    *,
    target: Tensor | int | None = None,
    layer: str | None = None,
) -> Tensor:
    """The maps of many images, (N, H, W) on the CPU, explained a few at a time on the model's device.

    Args:
        model: as for `explain`.
        images: ``(N, C, H, W)``.
        method: as for `explain`.
        target: one class per image, ``(N,)``, or one for all; None for each image's prediction.
        layer: as for `explain`.

    Raises:
        ValueError: not one target per image; otherwise as `explain`.
    """
    place = next(model.parameters()).device
    if isinstance(target, Tensor) and len(target) != len(images):
        raise ValueError(f"expected one target per image ({len(images)}), got {len(target)}; give as many")
    parts = images.split(CHUNK)
    wanted = target.split(CHUNK) if isinstance(target, Tensor) else [target] * len(parts)
    chunks = zip(parts, wanted, strict=True)
    return torch.cat([explain(model, x.to(place), method, target=t, layer=layer).maps.cpu() for x, t in chunks])


def predictions(model: nn.Module, images: Tensor) -> Tensor:
    """The predicted class of each image, (N,), computed in chunks on the model's device: fewer at once of large ones.

    Args:
        model: a classifier, in evaluation mode.
        images: ``(N, 3, H, W)``.
    """
    place = next(model.parameters()).device
    at_once = max(1, PIXELS // images[0, 0].numel()) if len(images) else 1
    with torch.inference_mode():
        return torch.cat([model(chunk.to(place)).argmax(1).cpu() for chunk in images.split(at_once)])


def accuracy(model: nn.Module, batch: Batch) -> float:
    """The share of images whose predicted class is their label."""
    return float((predictions(model, batch["image"]) == batch["label"]).double().mean())


def goes_to_the_owner(model: nn.Module, scenes: Scenes, batch: Batch) -> float:
    """Among the wrong predictions, the share that names the plant to which the pot usually belongs.

    NaN where no prediction is wrong.
    """
    predicted = predictions(model, batch["image"])
    owners = torch.tensor([usual_owner(scenes.scene(i).placements[0].color) for i in range(len(scenes))])
    wrong = predicted != batch["label"]
    return float((predicted == owners)[wrong].double().mean())


def evidence(model: nn.Module, batch: Batch, method: str = "cam") -> Evidence:
    """Where the map of the predicted class lies, over a batch of scenes with one plant each."""
    shown = maps(model, batch["image"], method)
    pot, plant = (energy_inside(shown, batch[part]) for part in ("pot", "plant"))
    peaks = [pointing_game(shown, batch[part]).double().mean() for part in ("pot", "plant")]
    return Evidence(*(float(x) for x in (pot.mean(), plant.mean(), *peaks, (plant > pot).double().mean())))


def sides(model: nn.Module, scenes: Scenes, method: str = "grad_cam") -> tuple[float, float]:
    """On scenes of two plants, the mean energy on the side of the plant explained: left, then right."""
    images = scenes.batch()["image"]
    kinds = torch.tensor([scenes[i]["kinds"] for i in range(len(scenes))])  # (N, 2), left to right
    left = torch.zeros(images.shape[-2:], dtype=torch.bool)
    left[:, : images.shape[-1] // 2] = True
    own = [maps(model, images, method, target=kinds[:, side]) for side in (0, 1)]
    shares = [float(energy_inside(m, mask).mean()) for m, mask in zip(own, (left, ~left), strict=True)]
    return shares[0], shares[1]


def report(names: Sequence[str], n: int = 400) -> Iterator[str]:
    """The report's lines, one network after the other, on n unseen scenes of each regime."""
    scenes = {regime: Scenes(regime, "test", n=n) for regime in (*REGIMES, "pair")}
    batches = {regime: scenes[regime].batch(progress=True) for regime in REGIMES}
    yield f"accuracy on {n} unseen scenes of each regime; maps: CAM of the predicted class, Grad-CAM of either plant"
    for name in tqdm(names, desc="networks", leave=False):
        model = weights.load(name).to(device())
        rates = "  ".join(f"{regime} {accuracy(model, batches[regime]):.3f}" for regime in REGIMES)
        owner = goes_to_the_owner(model, scenes["swapped"], batches["swapped"])
        yield f"{name:16} {rates}  swapped errors that go to the pot's owner {owner:.3f}"
        method = "grad_cam" if "flat" in name else "cam"
        found = evidence(model, batches["swapped"], method)
        left, right = sides(model, scenes["pair"])
        yield (
            f"{'':16} {method} on swapped: energy in pot {found.energy_in_pot:.3f}, "
            f"in plant {found.energy_in_plant:.3f}; "
            f"peak in pot {found.peak_in_pot:.3f}, in plant {found.peak_in_plant:.3f}; "
            f"more in plant than in pot {found.more_in_plant_than_in_pot:.3f}; pair: own side {left:.3f} / {right:.3f}"
        )


def classifiers() -> list[str]:
    """The shipped networks that name the plant; `pots.examine` tells of the others."""
    return [name for name in weights.names() if recipe(name).task == "classification"]


def main(arguments: list[str] | None = None) -> None:
    """Prints the report of the networks named, or of all that name the plant."""
    parser = argparse.ArgumentParser(prog="python -m cam_course.scorecard", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="shipped networks that name the plant (default: all)")
    parser.add_argument("-n", type=int, default=400, help="scenes of each regime (default: 400)")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in classifiers():
            remedy = f"of others tells 'python -m cam_course.pots.examine {name}'"
            parser.error(f"expected networks that name the plant, got {name!r}; {remedy}")
    for line in report(options.names or classifiers(), options.n):
        tqdm.write(line)


if __name__ == "__main__":
    main()
