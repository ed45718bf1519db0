"""Checks of lesson 03, class activation mapping."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from cam_course.heatmap import upsample
from cam_course.lesson.exercises import Verdict, compare_function, exercise
from cam_course.methods.cams import cam


def _random(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _layer_and_head(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Activations after a rectifier (5, 3, 4), and the weight (3, 5) and bias (3,) of a linear layer."""
    return _random(seed, 5, 3, 4).relu(), _random(seed + 1, 3, 5), _random(seed + 2, 3) + 2


def places_vote(activations: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The linear layer at every place, whose mean over places is the logits."""
    return torch.einsum("ck,khw->chw", weight, activations) + bias[:, None, None]


@exercise("03.1", title="Let every place vote")
def check_places_vote(answer: Callable) -> Verdict:
    """Averaging last: the bias belongs to every place, undivided."""
    mistakes = [
        (
            "no bias",
            lambda A, w, b: places_vote(A, w, 0 * b),
            "The mean of your maps is the logit without its bias. The linear layer has one; which share of it does "
            "each place need, if their *mean* is to hold all of it?",
        ),
        (
            "bias dealt out",
            lambda A, w, b: places_vote(A, w, b / A[0].numel()),
            "You dealt the bias out over the places. That is right for a sum; here the places are averaged, and the "
            "mean of Z equal numbers is that number.",
        ),
        (
            "rectified",
            lambda A, w, b: places_vote(A, w, b).relu(),
            "You rectified: the mean of your maps is larger than the logit. Places that vote against count too.",
        ),
        (
            "divided by Z",
            lambda A, w, b: places_vote(A, w, b) / A[0].numel(),
            "Your maps *add up* to the logits; asked for are maps whose mean is the logit. One division too many.",
        ),
        (
            "average first",
            lambda A, w, b: places_vote(A.mean((-2, -1), keepdim=True).expand_as(A), w, b),
            "Every place votes alike in your maps: you averaged first. The means are right, but the places are gone; "
            "apply the weights to each place.",
        ),
        (
            "softmax over classes",
            lambda A, w, b: places_vote(A, w, b).softmax(0),
            "You turned the votes into probabilities: their mean is not the logit. Leave the softmax out.",
        ),
    ]
    inputs = [_layer_and_head(10), _layer_and_head(20)]
    praise = (
        "A linear layer and an average may change places, bias and all: every place votes, and the logit is the mean."
    )
    return compare_function(answer, places_vote, inputs, mistakes=mistakes, praise=praise)


def _peaks(maps: Tensor) -> Tensor:
    """One at the largest value of each map, zero elsewhere: (K, h, w)."""
    return F.one_hot(maps.flatten(1).argmax(1), maps[0].numel()).view_as(maps).to(maps)


def who_pays(activations: Tensor, weights: Tensor) -> Tensor:
    """What each place pays towards the logit where the largest activation of each map is its feature."""
    return (weights[:, None, None] * activations * _peaks(activations)).sum(0)


def _one_winner(activations: Tensor, weights: Tensor) -> Tensor:
    total = cam(activations, weights, relu=False)
    return total * _peaks(total[None])[0]


def _peaks_of_products(activations: Tensor, weights: Tensor) -> Tensor:
    products = weights[:, None, None] * activations
    return (products * _peaks(products)).sum(0)


@exercise("03.2", title="Say who pays when the maximum is taken")
def check_who_pays(answer: Callable) -> Verdict:
    """Global max pooling: of each map one place is used, and it alone is accountable."""
    mistakes = [
        (
            "CAM",
            lambda A, w: cam(A, w, relu=False),
            "This is the CAM of a network that averages: every place of a map counts. Under the maximum only one place "
            "of each feature map reaches the logit.",
        ),
        (
            "CAM over Z",
            lambda A, w: cam(A, w, relu=False) / A[0].numel(),
            "These are the shares of a network that averages. Under the maximum a place that is not the largest of its "
            "feature map pays nothing.",
        ),
        (
            "one winner for all maps",
            _one_winner,
            "You took the maximum after adding up the feature maps, so one place pays all. The network takes it "
            "before: each feature map has a winner of its own.",
        ),
        (
            "winner of the product",
            _peaks_of_products,
            "You looked for the largest weight × activation. With a negative weight that is the place where the "
            "feature is weakest; the network pools A, and multiplies afterwards.",
        ),
        (
            "maximum over channels",
            lambda A, w: (w[:, None, None] * A).amax(0),
            "You took the maximum over channels at each place. Pooling takes it over the places of each channel.",
        ),
        (
            "rectified",
            lambda A, w: who_pays(A, w).relu(),
            "You rectified: what places pay no longer adds up to the logit without its bias. Keep the "
            "negative amounts.",
        ),
    ]
    inputs = [(_random(s, 6, 4, 5).relu() + 0.1, _random(s + 1, 6)) for s in (30, 40)]
    praise = (
        "At most one place per feature map pays. What pools decides who is accountable: an average asks everybody, a "
        "maximum the loudest."
    )
    return compare_function(answer, who_pays, inputs, mistakes=mistakes, praise=praise)


def receipt(signed: Tensor, bias: Tensor, masks: Tensor) -> Tensor:
    """A logit split over masks, the rest, and the bias."""
    side = masks.shape[-1] // signed.shape[-1]
    cover = F.avg_pool2d(masks.to(signed), side)  # (I, h, w) share of each place
    amounts = (cover * signed).mean((-2, -1))  # (I,)
    return torch.cat([amounts, (signed.mean() - amounts.sum())[None], bias.reshape(1)])


def _split(signed: Tensor, bias: Tensor, masks: Tensor, reduce: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """The receipt of another way to reduce an enlarged map to one amount per mask."""
    side = masks.shape[-1] // signed.shape[-1]
    large = signed.repeat_interleave(side, 0).repeat_interleave(side, 1)
    areas = torch.cat([masks, ~masks.any(0, keepdim=True)])
    return torch.cat([torch.stack([reduce(large, area) for area in areas]), bias.reshape(1)])


def _sums(signed: Tensor, bias: Tensor, masks: Tensor) -> Tensor:
    paid = receipt(signed, bias, masks)
    return torch.cat([paid[:-1] * signed.numel(), paid[-1:]])


def _smeared(signed: Tensor, bias: Tensor, masks: Tensor) -> Tensor:
    large = upsample(signed, tuple(masks.shape[-2:]))
    return receipt(large, bias, masks)


def _whole_places(signed: Tensor, bias: Tensor, masks: Tensor) -> Tensor:
    """Each place to every mask that touches it."""
    side = masks.shape[-1] // signed.shape[-1]
    touched = F.max_pool2d(masks.to(signed), side)
    amounts = (touched * signed).mean((-2, -1))
    return torch.cat([amounts, (signed.mean() - amounts.sum())[None], bias.reshape(1)])


def _shares(signed: Tensor, bias: Tensor, masks: Tensor) -> Tensor:
    paid = receipt(signed, bias, masks)
    return paid / paid.sum()


@exercise("03.3", title="Write the receipt of a logit")
def check_receipt(answer: Callable) -> Verdict:
    """An attribution that adds up: what each thing in the scene paid."""
    mistakes = [
        (
            "rectified",
            lambda m, b, masks: receipt(m.relu(), b, masks),
            "Your receipt does not add up to the logit: you rectified the map. What speaks against the class is a "
            "negative amount, and belongs on the receipt.",
        ),
        (
            "sum instead of mean",
            _sums,
            "Your amounts add up to Z times what they should: the logit is the *mean* of the map over its places.",
        ),
        (
            "mean inside each mask",
            lambda m, b, masks: _split(m, b, masks, lambda large, area: large[area].mean()),
            "You took the mean inside each mask: how strongly a thing speaks per pixel, and not how much it paid. Add "
            "up inside the mask and divide by all pixels of the picture.",
        ),
        (
            "no bias",
            lambda m, b, masks: receipt(m, 0 * b, masks),
            "The last amount must be the bias: without it the receipt misses the logit.",
        ),
        (
            "bias dealt out",
            lambda m, b, masks: receipt(m + b, 0 * b, masks),
            "You dealt the bias out over the places. No place earned it: it is paid before the network sees anything. "
            "Give it a line of its own.",
        ),
        (
            "rest is everything",
            lambda m, b, masks: torch.cat([receipt(m, b, masks)[:-2], torch.stack([m.mean(), b])]),
            "Your rest holds the whole map, the masks included, so they are paid twice. The rest is what lies in "
            "no mask.",
        ),
        (
            "places not split",
            _whole_places,
            "A place that touches two things is charged to both in full. Deal it out: a thing that covers a quarter of "
            "a place gets a quarter of its amount (avg_pool2d of the mask gives that share).",
        ),
        (
            "bilinear",
            _smeared,
            "It adds up, but you enlarged bilinearly, and amounts seep over the edges of their places. Deal each "
            "place's amount evenly over its own pixels.",
        ),
        (
            "shares",
            _shares,
            "You divided by the total: these are shares. Amounts in score units were asked for; shares explode where "
            "the logit is near 0, and mislead where it is negative.",
        ),
    ]
    inputs = [(_random(s, 3, 4), _random(s + 1, 1)[0] - 1.5, _masks(s)) for s in (50, 60)]
    praise = "Paid in full: the lines add up to the logit, and no line is hidden. Now show it to somebody."
    return compare_function(answer, receipt, inputs, mistakes=mistakes, praise=praise)


def _masks(seed: int) -> Tensor:
    """Two things that share places but no pixel: (2, 12, 16), four pixels to a place's side."""
    owner = _random(seed + 2, 12, 16)
    return torch.stack([owner > 0.8, owner < -0.4])
