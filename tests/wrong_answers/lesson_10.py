"""Answers to the exercises of lesson 10: wrong ones that must be named, right ones written another way."""

from functools import cache

import torch

from cam_course import weights
from cam_course.lesson import cards


def paint(inside, *, clamp=True):
    def recolor(image, mask, color):
        value = inside(image, mask, color.view(3, 1, 1)).expand(image.shape)
        return torch.where(mask, value.clamp(0, 1) if clamp else value, image)

    return recolor


def shade(image, mask):
    brightness = image.sum(0) / 3
    return brightness * mask.sum() / brightness[mask].sum()


def by_copy(image, mask, color):
    new = image.clone()
    new[:, mask] = (color[:, None] * shade(image, mask)[mask]).clamp(0, 1)
    return new


def into_the_picture(image, mask, color):
    image[:, mask] = (color[:, None] * shade(image, mask)[mask]).clamp(0, 1)
    return image


def shifts(pot):
    rows, columns = torch.where(pot)
    for y in range(-int(rows.min()), len(pot) - int(rows.max())):
        for x in range(-int(columns.min()), pot.shape[1] - int(columns.max())):
            yield pot.roll((y, x), (0, 1))  # such shifts leave nothing over the border


def last_place(pot, plant):
    free = [moved for moved in shifts(pot) if not (moved & (pot | plant)).any()]
    return free[-1] if free else pot & ~pot


def no_empty_mask(pot, plant):
    found = last_place(pot, plant)
    return found if found.any() else pot


def beside_the_plant_only(pot, plant):
    return next((moved for moved in shifts(pot) if not (moved & pot).any()), pot & ~pot)


def not_asked_of_the_pot(pot, plant):
    return next((moved for moved in upper_left_first(pot) if not (moved & plant).any()), pot & ~pot)


def upper_left_first(pot):
    return sorted(
        shifts(pot), key=lambda moved: tuple(int(line.any(i).nonzero()[0]) for i, line in ((1, moved), (0, moved)))
    )


def none_without_room(pot, plant):
    found = last_place(pot, plant)
    return found if found.any() else None


def into_the_plant(pot, plant):
    found = last_place(pot, plant)
    plant |= found
    return found


def not_to_the_border(pot, plant):
    inside = (moved for moved in shifts(pot) if not moved[-1].any() and not moved[:, -1].any())
    return next((moved for moved in inside if not (moved & (pot | plant)).any()), pot & ~pot)


def by_numpy(image, mask, color):
    x, m, c = (one.numpy() for one in (image, mask, color))
    brightness = x.mean(0)
    painted = c[:, None, None] * brightness / brightness[m].mean()
    return torch.from_numpy(x * ~m + painted.clip(0, 1) * m)


def torn(pot, plant):
    everywhere = (pot.roll((y, x), (0, 1)) for y in range(len(pot)) for x in range(pot.shape[1]))
    inside = [*shifts(pot)]
    for moved in everywhere:
        if not (moved & (pot | plant)).any() and not any(moved.equal(one) for one in inside):
            return moved
    return last_place(pot, plant)


def cut(pot, plant):
    return pot.roll(-1, 0) & ~pot & ~plant


def boxed(pot, plant):
    found = last_place(pot, plant)
    if not found.any():
        return found
    rows, columns = torch.where(found)
    found[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    return found


def mirrored(pot, plant):
    found = last_place(pot.flip(1), plant | pot)
    return found


@cache
def measured(name):
    return {figure: float(values.mean()) for figure, values in cards.evidence(weights.load(name), "val", 200).items()}


def card(name="pots", *, figures=None, claims=None, **changes):
    names, pot, seen, photographs = cards.CLAIMS
    bears = {names: "accuracy, swapped", pot: "flips, pot", seen: "energy, plant > pot", photographs: "nothing"}
    return {
        "network": weights.load(name),
        "use": "Drawn plants of this course in its four pots.",
        "fails": "Pots in the color of leaves mislead it sometimes.",
        "figures": measured(name) | (figures or {}),
        "claims": bears | {cards.CLAIMS[i]: bear for i, bear in (claims or {}).items()},
    } | changes


def lacking():
    found = card()
    del found["figures"]["flips, pot"]
    return found


WRONG = {
    "10.1": {
        "flat": (paint(lambda x, m, c: c), "painted the mask flat"),
        "too dark": (paint(lambda x, m, c: x.sum(0) / 3 * c), "too dark"),
        "whole picture": (paint(lambda x, m, c: x.mean(0) * c / x.mean()), "whole picture"),
        "filter": (paint(lambda x, m, c: c * x), "filter over the old color"),
        "channels": (paint(lambda x, m, c: c * x / x[:, m].mean(1)[:, None, None]), "each color channel"),
        "added": (paint(lambda x, m, c: c + x.mean(0) - x[:, m].mean()), "Light multiplies"),
        "no clamp": (paint(lambda x, m, c: c * shade(x, m), clamp=False), "above 1"),
        "outside": (lambda x, m, c: torch.where(~m, (c[:, None, None] * shade(x, m)).clamp(0, 1), x), "order of the"),
        "everywhere": (lambda x, m, c: (c[:, None, None] * shade(x, m)).clamp(max=1), "whole picture changed"),
        "nothing outside": (
            lambda x, m, c: m * (c[:, None, None] * shade(x, m)).clamp(0, 1),
            "outside the mask is gone",
        ),
        "zeros": (paint(lambda x, m, c: c * x.sum(0) / (x.sum(0) * m).mean()), "counts the zeros"),
        "brightest": (paint(lambda x, m, c: c * x.sum(0) / x.sum(0)[m].max()), "brightest pixel"),
        "tinted": (paint(lambda x, m, c: c * x / x.mean(0)[m].mean()), "old color is still in it"),
        "in place": (into_the_picture, "caller's picture"),
    },
    "10.2": {
        "the pot": (lambda pot, plant: pot.clone(), "the pot itself"),
        "all the rest": (lambda pot, plant: ~pot & ~plant, "all that is neither"),
        "on the plant": (beside_the_plant_only, "overlaps the plant"),
        "cut": (cut, "fewer pixels"),
        "torn": (torn, "leaves the picture"),
        "box": (boxed, "more pixels"),
        "mirrored": (mirrored, "another shape"),
        "no room": (no_empty_mask, "no room"),
        "numbers": (lambda pot, plant: last_place(pot, plant).float(), "Expected a mask"),
        "only the plant": (not_asked_of_the_pot, "overlaps the pot"),
        "none": (none_without_room, "returns None: there is no room"),
        "writes": (into_the_plant, "caller's masks"),
        "not to the border": (not_to_the_border, "the last ones included"),
        "empty": (lambda pot, plant: pot & ~pot, "in which there is room"),
    },
    "10.3": {
        "a word": ("it works", "Expected a dictionary"),
        "no network": (card(network="repaired"), "the network itself"),
        "never fails": (card(fails="never"), "`fails` is too short"),
        "lacking": (lacking(), "lacks flips, pot"),
        "percent": (card(figures={"accuracy, random": 99.5}), "not percent"),
        "own words": (card(claims={}) | {"claims": {"it works": "accuracy, biased"}}, "word for word"),
        "photographs": (card(claims={3: "accuracy, random"}), "Photographs: claimed"),
        "a map": (card(claims={1: "energy, pot"}), "A map cannot bear"),
        "own world": (card(claims={0: "accuracy, biased"}), "there the pot betrays"),
        "flips": (card(claims={0: "flips, pot"}), "never flips"),
        "nothing": (card(claims={2: "nothing"}), "you do have evidence"),
        "another thing": (card(claims={2: "accuracy, random"}), "is about something else"),
        "one energy": (card(claims={2: "energy, plant"}), "may have as much, or more, in the pot"),
        "the other energy": (card(claims={2: "energy, pot"}), "may lie on the wall"),
        "misspelled": (card(claims={0: "accuracy swapped"}), "no figure of the name"),
        "a list": (card(claims={0: ["accuracy, random", "accuracy, swapped"]}), "name one figure"),
        "None": (card(claims={3: None}), "write 'nothing'"),
        "interchanged": (
            card(figures={"energy, pot": measured("pots")["energy, plant"], "energy, plant": 0.06}),
            "interchanged",
        ),
        "too good": (card("pots_biased", figures={"accuracy, swapped": 0.99}), "more than 0.1 higher"),
        "not repaired": (card("pots_biased"), "speak against your claims"),
    },
}

ALSO_RIGHT = {
    "10.1": [by_copy, by_numpy, paint(lambda x, m, c: c * shade(x, m))],
    "10.2": [last_place],
    "10.3": [card(), card(claims={0: "accuracy, random", 1: "accuracy, swapped"})],
}
