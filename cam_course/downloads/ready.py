"""torchvision's pretrained networks by name, each with the transform and the category names that belong to it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlparse

import torch
from PIL import Image
from torch import Tensor, nn

from ..pots.names import nearest
from . import settings
from .digests import Seen, check, digest, recall, record, remember
from .failures import OFFLINE
from .states import read
from .urls import fetch

_AGAIN = f"it was removed from the cache, so that the next call fetches it anew; {OFFLINE}"
_FILE = re.compile(r"[\w.-]+-([0-9a-f]{8,64})\.pth", re.ASCII)  # torchvision's names hold the digest's begin


@dataclass(frozen=True)
class Pretrained:
    """A network as somebody else trained it.

    Attributes:
        name: of the architecture, as ``resnet18``.
        model: in eval mode, on the CPU.
        transform: of a `PIL.Image` or of an image ``(3, H, W)`` in 0…1: ``(3, h, w)``, as the model takes it.
        categories: the names of its scores, in their order.
    """

    name: str
    model: nn.Module
    transform: Callable[[Image.Image | Tensor], Tensor]
    categories: tuple[str, ...]


def torchvision_names() -> list[str]:
    """The networks that `torchvision` knows: the classifiers of the installed version."""
    from torchvision import models

    return models.list_models(module=models)


def torchvision(name: str) -> Pretrained:
    """A network of torchvision's, pretrained on ImageNet, with its transform and its 1,000 category names.

    The first call fetches the weights into torchvision's own cache, later ones read them there, and never ask the
    network. Every call checks the digest that is in the file's name, and the whole of it as recorded on first use.

    Args:
        name: of the architecture, as ``resnet18``, ``vgg16``, ``densenet121``; `torchvision_names` lists them.

    Raises:
        ValueError: an unknown name (the nearest is offered), other bytes than the file's name says, code in them, or
            weights of another network.
        OSError: they cannot be had; as ConnectionError, TimeoutError, PermissionError or FileNotFoundError.
    """
    from torchvision import models

    if name not in torchvision_names():
        known = nearest(name, torchvision_names())
        raise ValueError(f"expected the name of a network of torchvision, got {name!r}; {known}")
    best = models.get_model_weights(name).DEFAULT
    what = _verified(best.url, name)
    try:
        with torch.random.fork_rng(devices=[]):  # initial weights are drawn, then replaced
            model = models.get_model(name, weights=best, progress=False)
    except RuntimeError as error:
        raise ValueError(f"expected {what} to fit, got: {error}; install another torchvision; {OFFLINE}") from error
    return Pretrained(name, model.eval(), best.transforms(), tuple(best.meta["categories"]))


def _verified(url: str, name: str) -> str:
    """See that the file from which torchvision will read is there, whole, the same as ever, and numbers only."""
    named = _FILE.fullmatch(PurePosixPath(urlparse(url).path).name)
    if not named:
        raise ValueError(f"expected an address of weights that ends in their digest, got {url!r}; name another network")
    file, what = settings.torch_cache() / named[0], f"{named[0]} of torchvision ({name})"
    if not file.is_file():
        if settings.offline():
            got = "no copy in the cache, and HF_HUB_OFFLINE forbids to fetch one"
            raise ConnectionError(f"expected {what}, got {got}; unset the variable once; {OFFLINE}")
        fetch(url, file, what=what, begins=named[1])
    try:
        _check(file, what, begins=named[1])
    except ValueError:
        file.unlink(missing_ok=True)
        raise
    return what


def _check(file: Path, what: str, *, begins: str) -> None:
    content, source = file.read_bytes(), f"torchvision:{file.name}"
    check(content, begins, what, said_by="as its name says", remedy=_AGAIN)
    seen = recall(source)
    if seen:
        check(content, seen.sha256, what, said_by=f"recorded on first use in {record(source)}", remedy=_AGAIN)
    # torchvision unpickles what it reads; bytes that our reader took for numbers only hold no code
    read(content, what, remedy=f"do not use this file; {OFFLINE}")
    if not seen:
        remember(Seen(source, digest(content), len(content)))
