"""Which network a report asks, and what belongs to it: found by name, or brought by the reader."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from cam_course import weights
from cam_course.pots.names import KINDS
from cam_course.weights import Pretrained

SIDE = 224  # pixels that a network of the reader's gets where nothing else is said: as ImageNet's
NAMES = "a shipped name, torchvision:NAME, public:NAME or PACKAGE.MODULE:FUNCTION"


@dataclass(frozen=True)
class Subject:
    """A network and what belongs to it.

    Attributes:
        name: what the page calls it.
        model: a classifier that gives logits.
        to: a side in pixels or a transform, as `images.fit` takes it.
        categories: the names of its scores, in their order; empty where nobody knows them.
        origin: where its numbers come from, in a sentence.
    """

    name: str
    model: nn.Module
    to: object
    categories: tuple[str, ...]
    origin: str


def named(name: str) -> Subject:
    """A network by name.

    Args:
        name: one of `weights.names()`; ``torchvision:resnet18``, which fetches the weights if no cache holds them;
            ``public:pot_plant_classifier_gap``, likewise; or ``package.module:function``, which **runs that code** and
            takes the nn.Module, or the `weights.Pretrained`, that the function returns.

    Raises:
        ValueError: no such name (the nearest is offered), a network that does not tell classes apart, weights that
            do not fit.
        TypeError: a function that returns no network.
        OSError: weights that cannot be had.
    """
    before, colon, after = name.partition(":")
    if not colon:
        return _shipped(name)
    ways: dict[str, Callable[[str], Subject]] = {"torchvision": _torchvision, "public": _public}
    return ways[before](after) if before in ways else _of_code(before, after)


def brought(model: object, *, to: object = None, categories: Sequence[str] | None = None) -> Subject:
    """What the reader passed, as a subject; `to` and `categories` replace what belongs to it.

    Raises:
        TypeError: no network and no name; categories as one text.
        ValueError, OSError: as `named`.
    """
    if isinstance(categories, str):
        raise TypeError(f"expected categories as a list of names, got {categories!r}; write [{categories!r}, ...]")
    found = _found(model)
    names = found.categories if categories is None else tuple(map(str, categories))
    return Subject(found.name, found.model, found.to if to is None else to, names, found.origin)


def _found(model: object) -> Subject:
    if isinstance(model, Subject):
        return model
    if isinstance(model, str):
        return named(model)
    return _own(model, "brought by the reader")


def _own(model: object, origin: str) -> Subject:
    if isinstance(model, Pretrained):
        return Subject(model.name, model.model, model.transform, model.categories, origin)
    if not isinstance(model, nn.Module):
        got = f"expected a torch.nn.Module, got {type(model).__name__}"
        raise TypeError(f"{got}; pass the network itself, or its name: {NAMES}")
    return Subject(type(model).__name__, model, SIDE, (), origin)


def _shipped(name: str) -> Subject:
    try:
        card: dict[str, Any] = weights.card(name)
    except ValueError as error:
        raise ValueError(f"{error} (or give {NAMES})") from error
    if "task" in card:
        raise ValueError(
            f"expected a network that gives one class per picture, got {name!r}, whose task is {card['task']}; "
            "take 'pots', or see the lesson on what lies beyond classes"
        )
    origin = f"shipped with the course; trained on rendered pictures; SHA-256 {card['sha256']}"
    return Subject(name, weights.load(name), card["image_size"], tuple(card["classes"]), origin)


def _torchvision(name: str) -> Subject:
    ready = weights.torchvision(name)
    return Subject(f"torchvision:{name}", ready.model, ready.transform, ready.categories, "torchvision's own weights")


def _public(name: str) -> Subject:
    net = weights.public(name)
    outputs = weights.PUBLIC[name].arguments["num_classes"]
    kinds = KINDS if outputs == len(KINDS) else ()
    return Subject(f"public:{name}", net, weights.PUBLIC[name].side, kinds, "the Hub, by the author of the data set")


def _of_code(module: str, function: str) -> Subject:
    """The network that a function of the reader's returns; its module is imported, so all of its code runs."""
    where = f"{module}:{function}"
    if not all(part.isidentifier() for part in (*module.split("."), function)):
        raise ValueError(f"expected {NAMES}, got {where!r}; check the spelling")
    try:
        code = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if not f"{module}.".startswith(f"{error.name}."):
            raise  # found, and in want of something itself: its own message says of what
        raise ValueError(f"expected a module {module!r}, got none; start where Python finds {module}.py") from error
    make = getattr(code, function, None)
    if not callable(make):
        raise ValueError(
            f"expected a function at {where!r}, got {type(make).__name__}; name one that returns a network"
        )
    found = _own(make(), f"what {where} of the reader's returned")
    return Subject(where, found.model, found.to, found.categories, found.origin)
