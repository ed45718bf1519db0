"""Where downloads come from and go to, as the environment says now, not as it did when a library was imported."""

import os
from pathlib import Path

_YES = {"1", "ON", "YES", "TRUE"}


def endpoint() -> str | None:
    """The Hub's address where ``HF_ENDPOINT`` names another than the library's own."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or None


def offline() -> bool:
    """Whether ``HF_HUB_OFFLINE`` forbids the network; here it does so for torchvision's weights too."""
    from huggingface_hub import constants

    return constants.HF_HUB_OFFLINE or os.environ.get("HF_HUB_OFFLINE", "").upper() in _YES


def timeout() -> float:
    """Seconds to wait for an answer: ``HF_HUB_ETAG_TIMEOUT``, or 10.

    Raises:
        ValueError: the variable holds no whole number above 0.
    """
    text = os.environ.get("HF_HUB_ETAG_TIMEOUT", "") or "10"  # as huggingface_hub waits
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"expected HF_HUB_ETAG_TIMEOUT as whole seconds above 0, got {text!r}; set it to a number")
    return float(text)


def hub_cache() -> Path:
    """The Hub's cache, shared with every other program: ``HF_HUB_CACHE``, or the folder hub in ``HF_HOME``."""
    from huggingface_hub import constants

    home = os.environ.get("HF_HOME")
    named = os.environ.get("HF_HUB_CACHE") or (os.path.join(home, "hub") if home else constants.HF_HUB_CACHE)
    return Path(named).expanduser().absolute()


def torch_cache() -> Path:
    """torchvision's cache, shared too: the folder hub/checkpoints in ``TORCH_HOME``."""
    import torch

    return Path(torch.hub.get_dir()) / "checkpoints"


def records() -> Path:
    """The digests of what was used: the folder assets/cam_course/digests in ``HF_HOME``, beside the Hub's cache."""
    from huggingface_hub import constants

    home = Path(os.environ.get("HF_HOME") or constants.HF_HOME)
    return home.expanduser().absolute() / "assets" / "cam_course" / "digests"
