"""Answers to the exercises of lesson 12: wrong ones that must be named, right ones written another way."""

import math

import torch
import torch.nn.functional as F


def step(first, last, cells):
    return (last - first) / cells


def spans(x, y, cells, box):
    return (y - box[1]) / step(box[1], box[3], cells[0]), (x - box[0]) / step(box[0], box[2], cells[1])


def outside(x, y, box):
    return x < box[0] or y < box[1] or x >= box[2] or y >= box[3]


def cell(x, y, cells, box):
    return (-1, -1) if outside(x, y, box) else tuple(int(part) for part in spans(x, y, cells, box))


def cell_by_centers(x, y, cells, box):
    """The nearest of the centers of equations (1) and (2)."""
    if outside(x, y, box):
        return torch.tensor([-1, -1])
    downs = box[1] + (torch.arange(cells[0]) + 0.5) * step(box[1], box[3], cells[0])
    rights = box[0] + (torch.arange(cells[1]) + 0.5) * step(box[0], box[2], cells[1])
    return torch.stack([(downs - y).abs().argmin(), (rights - x).abs().argmin()])


def cell_by_search(x, y, cells, box):
    edges = [torch.linspace(box[i], box[i + 2], cells[1 - i] + 1) for i in (1, 0)]
    found = [int(torch.searchsorted(edge, float(at), right=True)) - 1 for edge, at in zip(edges, (y, x), strict=True)]
    return found if 0 <= found[0] < cells[0] and 0 <= found[1] < cells[1] else [-1, -1]


def within(how):
    return lambda x, y, cells, box: (-1, -1) if outside(x, y, box) else how(x, y, cells, box)


def x_as_row(x, y, cells, box):
    across, down = (x - box[0]) / (box[2] - box[0]), (y - box[1]) / (box[3] - box[1])
    return int(across * cells[0]), int(down * cells[1])


def as_sizes(x, y, cells, box):
    return int((y - box[1]) / box[3] * cells[0]), int((x - box[0]) / box[2] * cells[1])


def without_offset(x, y, cells, box):
    return int(y / step(box[1], box[3], cells[0])), int(x / step(box[0], box[2], cells[1]))


def of_the_center(x, y, cells, box):
    return tuple(int(part - 0.5) for part in spans(x, y, cells, box))


def of_the_center_floor(x, y, cells, box):
    return tuple((torch.tensor(spans(x, y, cells, box)) - 0.5).floor().int().tolist())


def clamped(x, y, cells, box):
    return tuple(
        min(max(math.floor(part), 0), most - 1) for part, most in zip(spans(x, y, cells, box), cells, strict=True)
    )


def towards_zero(x, y, cells, box):
    row, column = (int(part) for part in spans(x, y, cells, box))
    return (row, column) if 0 <= row < cells[0] and 0 <= column < cells[1] else (-1, -1)


def with_the_end(x, y, cells, box):
    inside = box[0] <= x <= box[2] and box[1] <= y <= box[3]
    return tuple(int(part) for part in spans(x, y, cells, box)) if inside else (-1, -1)


def sureness(logits):
    return logits.softmax(-1).max(-1).values


def named(logits, sure):
    answers = logits.argmax(-1)
    answers[~sure] = -1
    return answers


def door(logits, known, keep):
    return named(logits, sureness(logits) >= torch.quantile(sureness(known), 1 - keep))


def door_by_list(logits, known, keep):
    limit = sureness(known).quantile(1 - keep).item()
    return torch.tensor([int(one.argmax()) if sureness(one) >= limit else -1 for one in logits])


def door_by_lower(logits, known, keep):
    limit = sureness(known).quantile(1 - keep, interpolation="lower")
    return named(logits, sureness(logits) > limit - 1e-9)


def door_by_sorting(logits, known, keep):
    ranked = sureness(known).sort(descending=True).values
    return named(logits, sureness(logits) >= ranked[math.ceil(keep * len(known)) - 1])


def by_logits(logits, known, keep):
    return named(logits, logits.max(1).values >= known.max(1).values.quantile(1 - keep))


def large(photo, heat):
    return F.interpolate(heat[None, None], photo.shape[1:], mode="bilinear", align_corners=False)[0]


def mixed(photo, share):
    gray = photo.mean(0).expand_as(photo)
    return gray + share * (photo - gray)


def light(photo, heat):
    return mixed(photo, large(photo, heat) / large(photo, heat).max())


def light_by_lerp(photo, heat):
    share = large(photo, heat) / large(photo, heat).amax()
    return torch.lerp(photo.mean(0, keepdim=True).expand_as(photo), photo, share.expand_as(photo))


def toward(gray, photo, heat):
    share = large(photo, heat) / large(photo, heat).max()
    return gray + share * (photo - gray)


def aligned(photo, heat):
    return F.interpolate(heat[None, None], photo.shape[1:], mode="bilinear", align_corners=True)[0]


def from_the_minimum(photo, heat):
    map_ = large(photo, heat)
    return mixed(photo, (map_ - map_.min()) / (map_.max() - map_.min()))


def small_photo(photo, heat):
    return mixed(F.interpolate(photo[None], heat.shape, mode="bilinear")[0], heat / heat.max())


def blocks(photo, heat):
    return mixed(photo, F.interpolate(heat[None, None] / heat.max(), photo.shape[1:])[0])


WRONG = {
    "12.1": {
        "column first": (lambda x, y, n, b: cell(x, y, n, b)[::-1], "the row, which counts down, comes first"),
        "x as row": (within(x_as_row), "Your row moves with x"),
        "cells changed places": (
            within(lambda x, y, n, b: tuple(int(part) for part in spans(x, y, n[::-1], b))),
            "`cells` is (rows, columns)",
        ),
        "no offset": (within(without_offset), "The map begins where the crop begins"),
        "the size is right and lower": (within(as_sizes), "a width is a difference"),
        "the center's number, cut": (within(of_the_center_floor), "yours goes to the cell before"),
        "the center's number, by int": (within(of_the_center), "cut what is behind the point"),
        "rounded": (
            within(lambda x, y, n, b: tuple(round(part) for part in spans(x, y, n, b))),
            "rounded to the nearest",
        ),
        "counted from 1": (
            within(lambda x, y, n, b: tuple(int(part) + 1 for part in spans(x, y, n, b))),
            "They begin at 0",
        ),
        "not whole": (within(spans), "which one is it in"),
        "three cells": (lambda x, y, n, b: cell(x, y, (3, 3), b), "the pencil's map"),
        "outside, too": (
            lambda x, y, n, b: tuple(math.floor(part) for part in spans(x, y, n, b)),
            "a cell for every point",
        ),
        "moved to the edge": (clamped, "to the nearest cell"),
        "cut towards 0": (towards_zero, "`int` cuts towards 0"),
        "the end belongs to it": (with_the_end, "one past it"),
        "None outside": (
            lambda x, y, n, b: None if outside(x, y, b) else cell(x, y, n, b),
            "returns None for a point that the crop cut off",
        ),
    },
    "12.2": {
        "always a name": (lambda x, k, keep: x.argmax(1), "Every picture gets a name"),
        "the other tail": (
            lambda x, k, keep: named(x, sureness(x) >= sureness(k).quantile(keep)),
            "turns away most",
        ),
        "a fixed limit": (lambda x, k, keep: named(x, sureness(x) >= keep), "took `keep` itself"),
        "always 95 %": (lambda x, k, keep: door(x, k, 0.95), "whatever `keep` says"),
        "probabilities over the pictures": (
            lambda x, k, keep: named(x, x.softmax(0).max(1).values >= k.softmax(0).max(1).values.quantile(1 - keep)),
            "runs over the pictures",
        ),
        "a quantile of all probabilities": (
            lambda x, k, keep: named(x, sureness(x) >= k.softmax(-1).flatten().quantile(1 - keep)),
            "Take it of the *largest*",
        ),
        "the probability": (
            lambda x, k, keep: sureness(x).where(door(x, k, keep) >= 0, torch.tensor(-1.0)),
            "how sure the network is",
        ),
        "the limit from the guests": (lambda x, k, keep: door(x, x, keep), "the pictures that you judge"),
        "logits": (by_logits, "compare probabilities"),
        "inverted": (
            lambda x, k, keep: named(x, sureness(x) < sureness(k).quantile(1 - keep)),
            "turn away the others",
        ),
        "the mean": (lambda x, k, keep: named(x, sureness(x) >= sureness(k).mean()), "does not depend on `keep`"),
        "the least sure": (lambda x, k, keep: named(x, sureness(x) >= sureness(k).min()), "keeps all of them"),
        "truth values": (lambda x, k, keep: door(x, k, keep) >= 0, "whether there is an answer"),
        "no class is 0": (lambda x, k, keep: door(x, k, keep).relu(), "0 is a class"),
    },
    "12.3": {
        "inverted": (lambda p, h: mixed(p, 1 - large(p, h) / large(p, h).max()), "have changed places"),
        "dark in place of gray": (lambda p, h: p * (large(p, h) / large(p, h).max()), "is dark"),
        "nearest": (blocks, "square edges"),
        "the photograph made small": (small_photo, "Enlarge the map"),
        "minimum to 0": (from_the_minimum, "`normalize` does that"),
        "not divided": (lambda p, h: mixed(p, large(p, h)), "Divide by its maximum"),
        "divided before it was enlarged": (lambda p, h: mixed(p, large(p, h / h.max())), "Divide after enlarging"),
        "one gray for all": (
            lambda p, h: p.mean() + large(p, h) / large(p, h).max() * (p - p.mean()),
            "Each pixel has its own",
        ),
        "weighted gray": (
            lambda p, h: toward(0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2], p, h),
            "as television did",
        ),
        "the brightest color as gray": (lambda p, h: toward(p.max(0).values, p, h), "the largest of the three"),
        "corners aligned": (lambda p, h: mixed(p, aligned(p, h) / aligned(p, h).max()), "`align_corners=True`"),
        "a threshold": (
            lambda p, h: mixed(p, (large(p, h) >= large(p, h).max() / 2).float()),
            "a hard edge",
        ),
    },
}

ALSO_RIGHT = {
    "12.1": [cell, cell_by_centers, cell_by_search],
    "12.2": [door, door_by_list, door_by_lower, door_by_sorting],
    "12.3": [light, light_by_lerp],
}
