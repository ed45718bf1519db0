"""Checks of lesson 03, class activation mapping."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from cam_course.lesson.checks import receipts
from cam_course.lesson.exercises import Verdict, compare_function, exercise
from cam_course.lesson.guarding import AnswerError
from cam_course.lesson.verdicts import wrong
from cam_course.methods.cams import cam


def _random(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _layer_and_head(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Activations after a rectifier (5, 3, 4), and the weight (3, 5) and bias (3,) of a linear layer."""
    return _random(seed, 5, 3, 4).relu(), _random(seed + 1, 3, 5), _random(seed + 2, 3) + 2


def places_vote(activations: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The linear layer at every place, whose mean over places is the logits."""
    return torch.einsum("ck,khw->chw", weight, activations) + bias[:, None, None]


def _bias_at_one_place(activations: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    votes = places_vote(activations, weight, 0 * bias)
    votes[:, 0, 0] += bias
    return votes


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
            "rectified before the bias",
            lambda A, w, b: places_vote(A, w, 0 * b).relu() + b[:, None, None],
            "You cut the negative votes before adding the bias: the mean is no longer the logit.",
        ),
        (
            "divided by Z",
            lambda A, w, b: places_vote(A, w, b) / A[0].numel(),
            "Your maps *add up* to the logits; asked for are maps whose mean is the logit. One division too many.",
        ),
        (
            "weights divided by Z",
            lambda A, w, b: places_vote(A, w / A[0].numel(), b),
            "You divided what the feature maps add by the number of places, and the bias not. The mean over places "
            "divides already; divide nothing yourself.",
        ),
        (
            "bias at one place",
            _bias_at_one_place,
            "You gave the bias to one place. No place has earned more of it than another: every place needs the same.",
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
    """What each place pays toward the logit where the largest activation of each map is its feature."""
    return (weights[:, None, None] * activations * _peaks(activations)).sum(0)


def _one_winner(activations: Tensor, weights: Tensor) -> Tensor:
    total = cam(activations, weights, relu=False)
    return total * _peaks(total[None])[0]


def _peaks_of_products(activations: Tensor, weights: Tensor) -> Tensor:
    products = weights[:, None, None] * activations
    return (products * _peaks(products)).sum(0)


def _overwritten(activations: Tensor, weights: Tensor) -> Tensor:
    paid = torch.zeros_like(activations[0])
    for one, weight in zip(activations, weights, strict=True):
        paid.view(-1)[one.argmax()] = weight * one.max()
    return paid


TIED = (
    "In one of the check's feature maps two places share the maximum, and you let both pay in full: your amounts no "
    "longer add up to the logit. Each feature map pays once; let one of them pay, or both a half."
)


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
            "One place pays all: you took the maximum of the finished class map. That is Oquab's network; here the "
            "maximum comes before the weights, and each feature map has a winner of its own.",
        ),
        (
            "winner of the product",
            _peaks_of_products,
            "You looked for the largest weight × activation. With a negative weight that is the place where the "
            "feature is weakest; the network pools A, and multiplies afterward.",
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
        (
            "second winner overwrites",
            _overwritten,
            "Two feature maps can have their maximum at the same place. There your second payment replaced the first; "
            "what does a place owe that wins twice?",
        ),
        (
            "weight only",
            lambda A, w: (w[:, None, None] * _peaks(A)).sum(0),
            "You pay the weight. What reaches the logit is the weight times something.",
        ),
        (
            "weight times the mean",
            lambda A, w: (w[:, None, None] * A.mean((-2, -1), keepdim=True) * _peaks(A)).sum(0),
            "The right places pay, but the weight times the *mean* of the map. Which number of the map did this "
            "network pool?",
        ),
        (
            "negative weights left out",
            lambda A, w: who_pays(A, w.clamp(min=0)),
            "Your bill has no negative payments, but a map with a negative weight takes away. Does your sum reach the "
            "logit?",
        ),
    ]
    inputs = [(_with_a_place_that_wins_twice(s), _random(s + 1, 6).float()) for s in (30, 40)]
    praise = (
        "Each feature map pays once. What pools decides who is accountable: an average asks everybody, a maximum the "
        "loudest."
    )
    verdict = compare_function(answer, who_pays, inputs, mistakes=mistakes, praise=praise)
    return verdict if verdict.status != "right" or _pays_once(answer) else wrong(TIED)


def _with_a_place_that_wins_twice(seed: int) -> Tensor:
    """Activations (6, 4, 5) above 0; the first and the last feature map have their maximum at the same place."""
    maps = _random(seed, 6, 4, 5).relu() + 0.1
    maps[-1] = 0.7 * maps[0] + 0.2
    return maps.float()  # as in the lesson, so that torch.zeros(n) is of the same type


def _pays_once(answer: Callable) -> bool:
    """Whether the payments still add up where two places share a map's maximum; who of them pays is free."""
    maps, weights = _with_a_place_that_wins_twice(50), _random(51, 6).float()
    maps[:, 1, 1] = maps[:, 2, 3] = 4.0
    paid = answer(maps.clone(), weights.clone())
    return torch.allclose(torch.as_tensor(paid).sum().double(), 4 * weights.double().sum(), atol=1e-3)


@exercise("03.3", title="Write the receipt of a logit")
def check_receipt(answer: Callable) -> Verdict:
    """An attribution that adds up: what each thing in the scene paid."""
    inputs = [(_random(s, 3, 4), _random(s + 1, 1)[0] - 1.5, _masks(s)) for s in (50, 60)]
    praise = "Paid in full: the lines add up to the logit, and no line is hidden. Now show it to somebody."
    try:
        return compare_function(answer, receipts.receipt, inputs, mistakes=receipts.MISTAKES, praise=praise)
    except AnswerError:
        usual = _random(70, 16, 16), _random(71, 1)[0], _random(72, 2, 128, 128) > torch.tensor([[[0.9]], [[9.0]]])
        if compare_function(answer, receipts.receipt, [usual]).status == "right":
            return wrong(receipts.OTHER_SIZES)
        raise


def _masks(seed: int) -> Tensor:
    """Two things that share places but no pixel: (2, 12, 16), four pixels to a place's side."""
    owner = _random(seed + 2, 12, 16)
    return torch.stack([owner > 0.8, owner < -0.4])
