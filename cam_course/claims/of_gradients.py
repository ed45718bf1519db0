"""Claims about maps of pixels: saliency, deconvnet, guided backpropagation and its product with Grad-CAM."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cam_course import metrics
from cam_course.claims.claim import Claim, Part
from cam_course.claims.laboratory import LEFT, Laboratory
from cam_course.claims.networks import FLAT, GAP, ON_FLAT, ON_GAP
from cam_course.explain import explain
from cam_course.lesson.ink import alike, contours
from cam_course.scorecard import CHUNK

Measure = Callable[[Laboratory, str], Tensor]


def signed(laboratory: Laboratory, network: str, method: str) -> Tensor:
    """The signed attributions of the scenes of regime random to their labels: (N, 3, H, W)."""
    batch, model = laboratory.batch("random"), laboratory.network(network)
    place = next(model.parameters()).device
    pairs = zip(batch["image"].to(place).split(CHUNK), batch["label"].to(place).split(CHUNK), strict=True)
    make = lambda: torch.cat([explain(model, x, method, target=y).attribution.cpu() for x, y in pairs])  # noqa: E731
    return laboratory.once(("maps", "signed", network, method), make)


def logits(laboratory: Laboratory, network: str, images: Tensor) -> Tensor:
    """The logit of each scene's label: (N,)."""
    labels, model = laboratory.batch("random")["label"], laboratory.network(network)
    place = next(model.parameters()).device
    with torch.inference_mode():
        found = torch.cat([model(x.to(place)).cpu() for x in images.split(CHUNK)])
    return found.gather(1, labels[:, None])[:, 0]


def error_uphill(gray_levels: float) -> Measure:
    """How far the first-order prediction of a step uphill is off, as a share of the mean predicted rise."""

    def measure(laboratory: Laboratory, network: str) -> Tensor:
        images, slopes = laboratory.batch("random")["image"], signed(laboratory, network, "saliency")
        step = gray_levels / 255 * slopes.sign()
        predicted = (slopes * step).sum((1, 2, 3))
        true = logits(laboratory, network, images + step) - logits(laboratory, network, images)
        return (predicted - true).abs() / predicted.abs().mean()

    return measure


def above_edges(thing: str) -> Measure:
    """How much more energy saliency has in the thing than an edge filter has; each network is asked its own answer."""

    def measure(laboratory: Laboratory, network: str) -> Tensor:
        batch = laboratory.batch("swapped")
        maps = laboratory.maps(network, "swapped", "saliency", target="answer")
        return metrics.energy_inside(maps, batch[thing]) - metrics.energy_inside(
            metrics.edges(batch["image"]), batch[thing]
        )

    return measure


def sharpness(laboratory: Laboratory, network: str, method: str) -> Tensor:
    """Of a map's energy on or next to plants and pots, the share within one pixel of their contours."""
    batch = laboratory.batch("pair")
    line = contours(batch["plant"]) | contours(batch["pot"])
    maps = laboratory.maps(network, "pair", method, target="left")
    return metrics.energy_inside(maps, line) / metrics.energy_inside(maps, line | batch["plant"] | batch["pot"])


def sharper(method: str, than: str) -> Measure:
    """By how much one method is sharper than another."""
    return lambda laboratory, network: sharpness(laboratory, network, method) - sharpness(laboratory, network, than)


def less_elsewhere(laboratory: Laboratory, network: str) -> Tensor:
    """By how much less of guided backpropagation's energy than of saliency's lies away from plants and pots."""
    batch = laboratory.batch("pair")
    near = batch["plant"] | batch["pot"] | contours(batch["plant"]) | contours(batch["pot"])
    maps = (laboratory.maps(network, "pair", method, target="left") for method in ("guided_backprop", "saliency"))
    guided, plain = (metrics.energy_inside(one, near) for one in maps)
    return guided - plain


def flicker(laboratory: Laboratory, network: str, method: str) -> Tensor:
    """One minus the correlation of a map with that of the same scene under noise too weak to see: (40,)."""
    model, batch = laboratory.network(network), laboratory.batch("random")
    images, labels = (batch[key][:40] for key in ("image", "label"))
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(0)) * 2 / 255
    place = next(model.parameters()).device
    again = [
        explain(model, x.to(place), method, target=y.to(place)).maps.cpu()
        for x, y in zip((images + noise).split(20), labels.split(20), strict=True)
    ]
    return 1 - alike(torch.cat(again), laboratory.maps(network, "random", method)[:40])


def flicker_left(laboratory: Laboratory, network: str) -> Tensor:
    """Guided backpropagation's flicker as a share of saliency's."""
    return flicker(laboratory, network, "guided_backprop") / flicker(laboratory, network, "saliency")


def smoother(laboratory: Laboratory, network: str) -> Tensor:
    """By how much better a value correlates with its right neighbor's than in the gradient, signed maps."""
    grain = [alike(a[..., 1:], a[..., :-1]) for a in _mean_over_colors(laboratory, network)]
    return grain[0] - grain[1]


def _mean_over_colors(laboratory: Laboratory, network: str) -> list[Tensor]:
    return [signed(laboratory, network, method).mean(1) for method in ("guided_backprop", "saliency")]


def own_half(method: str, layer: str | None = None) -> Measure:
    """The share of the map of the left plant of a pair that lies in the left half; 0.5 for one that knows nothing."""

    def measure(laboratory: Laboratory, network: str) -> Tensor:
        where = {"layer": layer} if layer else {}
        maps = laboratory.maps(network, "pair", method, target="left", **where)
        return metrics.energy_inside(maps, LEFT.expand_as(maps))

    return measure


OWN = "own half"
SIMONYAN = "Simonyan et al. 2014, arXiv:1312.6034"
SPRINGENBERG = "Springenberg et al. 2015, arXiv:1412.6806"
SELVARAJU = "Selvaraju et al. 2017, arXiv:1610.02391"
BIASED = ("pots_biased", "pots_biased_s1", "pots_biased_s2")

CLAIMS = [
    Claim(
        "taylor",
        SIMONYAN,
        "Near a picture, the class score is approximated by its first-order Taylor expansion.",
        "A step uphill changes the logit as the gradient predicts, within a tenth of the mean predicted rise.",
        [
            Part("error", error_uphill(0.25), GAP, at_most=0.1, where="for steps of a quarter of a gray level"),
            Part("error", error_uphill(16), GAP, at_most=0.1, where="for steps of 16 gray levels"),
        ],
        "01",
        "Rectifiers and poolings switch on the way.",
    ),
    Claim(
        "saliency_on_object",
        SIMONYAN,
        "Pixels of large gradient lie where the object is.",
        "At least 0.1 more of the map's energy lies in what the network uses (the plant; the pot for the networks "
        "that look at it) than of an edge filter's.",
        [
            Part("plant, more than edges", above_edges("plant"), GAP, at_least=0.1),
            Part("pot, more than edges", above_edges("pot"), BIASED, at_least=0.1),
        ],
        "01",
    ),
    Claim(
        "guided_sharp",
        SPRINGENBERG,
        "Guided backpropagation gives sharp pictures.",
        "Of its energy on or next to plants and pots, at least 0.03 more than of the gradient's lies within a pixel "
        "of their contours.",
        [
            Part("more than the gradient", sharper("guided_backprop", "saliency"), GAP, at_least=0.03, where=ON_GAP),
            Part("more than the gradient", sharper("guided_backprop", "saliency"), FLAT, at_least=0.03, where=ON_FLAT),
        ],
        "02",
        "An edge filter, which knows no network, is sharper than all of them.",
    ),
    Claim(
        "guided_noise",
        SPRINGENBERG,
        "Guided backpropagation removes noise.",
        "Against the gradient: at least 0.04 less energy away from plants and pots; at most 0.6 times the flicker "
        "under noise of 2/255; neighboring pixels correlate at least 0.1 better.",
        [
            Part("less elsewhere", less_elsewhere, GAP, at_least=0.04, where="for light away from the things"),
            Part("flicker left", flicker_left, GAP, at_most=0.6, where="for flicker"),
            Part("neighbors", smoother, GAP, at_least=0.1, where="for grain"),
        ],
        "02",
        "The grain is made by max-pooling, which gives the whole gradient to one pixel of four, under either rule.",
    ),
    Claim(
        "guided_not_discriminative",
        SELVARAJU,
        "Guided backpropagation is not class-discriminative.",
        "At most 0.6 of its energy lies in the own half.",
        [
            Part(OWN, own_half("guided_backprop"), GAP, at_most=0.6, where=ON_GAP),
            Part(OWN, own_half("guided_backprop"), FLAT, at_most=0.6, where=ON_FLAT),
        ],
        "02",
        "Behind a GAP head the last rectifier adds up what speaks for and against the class before the rule cuts.",
    ),
    Claim(
        "deconvnet_not_discriminative",
        SELVARAJU,
        "Deconvnet is not class-discriminative.",
        "At most 0.6 of its energy lies in the own half.",
        [
            Part(OWN, own_half("deconvnet"), GAP, at_most=0.6, where=ON_GAP),
            Part(OWN, own_half("deconvnet"), FLAT, at_most=0.6, where=ON_FLAT),
        ],
        "02",
    ),
    Claim(
        "guided_grad_cam",
        SELVARAJU,
        "Guided Grad-CAM is both high-resolution and class-discriminative.",
        "At least 0.75 of its energy lies in the own half, and at least 0.03 more of it than of Grad-CAM's within a "
        "pixel of the contours.",
        [
            Part(OWN, own_half("guided_grad_cam"), GAP + FLAT, at_least=0.75),
            Part("sharper than Grad-CAM", sharper("guided_grad_cam", "grad_cam"), GAP + FLAT, at_least=0.03),
        ],
        "05",
    ),
]
