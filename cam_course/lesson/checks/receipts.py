"""The receipt of a logit, which exercise 03.3 asks for, and the mistakes that its check names."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from cam_course.heatmap import upsample


def receipt(signed: Tensor, bias: Tensor, masks: Tensor) -> Tensor:
    """A logit split over masks, the rest, and the bias."""
    side = masks.shape[-1] // signed.shape[-1]
    cover = F.avg_pool2d(masks.to(signed), side)  # (I, h, w) share of each place
    amounts = (cover * signed).mean((-2, -1))  # (I,)
    return _with_rest(amounts, signed, bias)


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
    return _with_rest((touched * signed).mean((-2, -1)), signed, bias)


def _shares(signed: Tensor, bias: Tensor, masks: Tensor) -> Tensor:
    paid = receipt(signed, bias, masks)
    return paid / paid.sum()


def _with_rest(amounts: Tensor, signed: Tensor, bias: Tensor) -> Tensor:
    """The lines of a receipt, of which the rest is what the amounts leave of the map's mean."""
    return torch.cat([amounts, (signed.mean() - amounts.sum())[None], bias.reshape(1)])


def _means(signed: Tensor, bias: Tensor, masks: Tensor) -> Tensor:
    return _with_rest(_split(signed, bias, masks, lambda large, area: large[area].mean())[:-2], signed, bias)


def _majority(signed: Tensor, bias: Tensor, masks: Tensor) -> Tensor:
    side = masks.shape[-1] // signed.shape[-1]
    whole = F.avg_pool2d(masks.to(signed), side) > 0.5
    return _with_rest((whole * signed).mean((-2, -1)), signed, bias)


def _one_pixel(signed: Tensor, bias: Tensor, masks: Tensor) -> Tensor:
    side = masks.shape[-1] // signed.shape[-1]
    return _with_rest((masks[:, ::side, ::side] * signed).mean((-2, -1)), signed, bias)


MISTAKES = [
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
        "Your rest holds the whole map, the masks included, so they are paid twice. The rest is what lies in no mask.",
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
    (
        "mean inside each mask, and the rest",
        _means,
        "You averaged over the pixels of each thing. Then a small thing pays as much as a large one; divide by all "
        "places.",
    ),
    (
        "amounts rectified",
        lambda m, b, masks: _with_rest(receipt(m, b, masks)[:-2].relu(), m, b),
        "You rectified the amounts. Amounts against the class belong on the bill too.",
    ),
    (
        "every line rectified",
        lambda m, b, masks: receipt(m, b, masks).relu(),
        "You rectified every line of the bill. A negative amount is no error: it speaks against the class.",
    ),
    (
        "bias before the rest",
        lambda m, b, masks: receipt(m, b, masks)[[*range(len(masks)), -1, -2]],
        "The right lines in another order: masks, rest, bias.",
    ),
    (
        "bias twice",
        lambda m, b, masks: receipt(m, b, masks) + F.one_hot(torch.tensor(len(masks)), len(masks) + 2).to(m) * b,
        "The bias is on your bill twice: in its own line, and inside the rest. Of what is the rest the remainder?",
    ),
    (
        "one pixel decides",
        _one_pixel,
        "One pixel of each place decided for all of it: take the mean of the mask over the place.",
    ),
    (
        "majority",
        _majority,
        "You gave each place to a thing whole, where it covers more than half of it. Deal the place out: a quarter "
        "covered is a quarter paid.",
    ),
]

OTHER_SIZES = (
    "On maps of 16×16 places and pictures of 128×128 pixels you are right. The check uses another size; compute the 8 "
    "(and every other size) from the shapes."
)
