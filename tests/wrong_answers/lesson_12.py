"""Answers to the exercises of lesson 12: wrong ones that must be named, right ones written another way."""

import torch
import torch.nn.functional as F


def center(first, last, cell, cells, shift=0.5):
    step = (last - first) / cells
    return first + step * cell + step * shift


def place(row, column, cells, box):
    return center(box[0], box[2], column, cells[1]), center(box[1], box[3], row, cells[0])


def corner(row, column, cells, box):
    return center(box[0], box[2], column, cells[1], 0), center(box[1], box[3], row, cells[0], 0)


def without_offset(row, column, cells, box):
    x, y = place(row, column, cells, box)
    return x - box[0], y - box[1]


def as_sizes(row, column, cells, box):
    return box[0] + (column + 0.5) / cells[1] * box[2], box[1] + (row + 0.5) / cells[0] * box[3]


def row_as_x(row, column, cells, box):
    return center(box[0], box[2], row, cells[1]), center(box[1], box[3], column, cells[0])


def aligned(row, column, cells, box):
    x = box[0] + column / (cells[1] - 1) * (box[2] - box[0])
    return x, box[1] + row / (cells[0] - 1) * (box[3] - box[1])


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


def from_the_minimum(photo, heat):
    map_ = large(photo, heat)
    return mixed(photo, (map_ - map_.min()) / (map_.max() - map_.min()))


def small_photo(photo, heat):
    return mixed(F.interpolate(photo[None], heat.shape, mode="bilinear")[0], heat / heat.max())


def blocks(photo, heat):
    return mixed(photo, F.interpolate(heat[None, None] / heat.max(), photo.shape[1:])[0])


WRONG = {
    "12.1": {
        "the corner": (corner, "half a cell further"),
        "no offset": (without_offset, "the crop cut"),
        "the size is right and lower": (as_sizes, "a width is a difference"),
        "row first": (lambda r, c, n, b: place(r, c, n, b)[::-1], "x, which counts columns"),
        "row as x": (row_as_x, "moves with the row"),
        "cells changed places": (lambda r, c, n, b: place(r, c, (n[1], n[0]), b), "`cells` is (rows, columns)"),
        "corners aligned": (aligned, "half a cell inside"),
    },
    "12.2": {
        "always a name": (lambda x, k, keep: x.argmax(1), "Every picture gets a name"),
        "the other tail": (
            lambda x, k, keep: named(x, sureness(x) >= sureness(k).quantile(keep)),
            "turns away most",
        ),
        "a fixed limit": (lambda x, k, keep: named(x, sureness(x) >= keep), "took `keep` itself"),
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
        "a threshold": (
            lambda p, h: mixed(p, (large(p, h) >= large(p, h).max() / 2).float()),
            "a hard edge",
        ),
    },
}

ALSO_RIGHT = {
    "12.1": [place],
    "12.2": [door, door_by_list],
    "12.3": [light, light_by_lerp],
}
