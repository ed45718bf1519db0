"""The numbers of a network out of a file, without running anything that the file says, and into a module."""

import io
import re
import warnings
from collections.abc import Mapping

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

_STARTS = (b"PK\x03\x04", b"\x80")  # a zip, or a bare pickle, as torch.save writes them; a tar is read unsafely
_ASKED = re.compile(r"GLOBAL ([\w.]+)")
_REFUSED = re.compile(r"Unsupported [\w ]+")
_NAMED = 3  # keys in an error


def read(content: bytes, what: str, *, remedy: str) -> dict[str, Tensor]:
    """The tensors of a file of safetensors or of ``torch.save``, on the CPU; code in it is refused, never run.

    Args:
        content: of the file.
        what: the file, for errors.
        remedy: what to do where it cannot be read, for errors.

    Raises:
        ValueError: a web page, a pickle that wants to run code, a broken file, or one of anything but named tensors.
    """
    if content.lstrip()[:1] == b"<":
        begin = content.lstrip()[:40].decode("utf-8", "replace")
        raise ValueError(f"expected {what} to hold weights, got a web page ({begin!r}); {remedy}")
    numbers = (_safetensors if _begins_as_safetensors(content) else _pickled)(content, what, remedy)
    strange = [key for key, value in numbers.items() if not isinstance(key, str) or not isinstance(value, Tensor)]
    if strange:
        raise ValueError(f"expected {what} to hold tensors by name, got more: {_some(strange)}; {remedy}")
    return numbers


def _begins_as_safetensors(content: bytes) -> bool:
    return content[8:9] == b"{" and int.from_bytes(content[:8], "little") <= len(content)  # a header's length, then it


def _safetensors(content: bytes, what: str, remedy: str) -> dict[str, Tensor]:
    try:
        return safetensors.torch.load(content)
    except SafetensorError as error:
        raise ValueError(f"expected {what} to be a safetensors file, got: {error}; {remedy}") from error


def _pickled(content: bytes, what: str, remedy: str) -> Mapping[str, Tensor]:
    if not content.startswith(_STARTS):
        kinds = "safetensors or a file of torch.save"
        raise ValueError(f"expected {what} to be {kinds}, got one that begins with {content[:8]!r}; {remedy}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickle protocols, which the error tells better
            numbers = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # a broken pickle fails in any way there is; the error stays attached as the cause
        raise ValueError(f"expected {what} to hold numbers only, got {_why(error)}; {remedy}") from error
    if not isinstance(numbers, Mapping):
        raise ValueError(f"expected {what} to hold tensors by name, got a {type(numbers).__name__}; {remedy}")
    return numbers


def _why(error: Exception) -> str:
    text = str(error)
    asked, refused = _ASKED.search(text), _REFUSED.search(text)
    if asked:
        return f"a pickle that wants to run {asked[1]}, which was not done"
    if refused:
        return f"a pickle of more than numbers ({refused[0]}), of which nothing was run"
    return f"a broken file ({(text.strip().splitlines() or [type(error).__name__])[0]})"


def fit(module: nn.Module, numbers: Mapping[str, Tensor], what: str, *, remedy: str) -> nn.Module:
    """Put tensors into a module that has exactly these parameters and buffers; one that has not stays as it was.

    Args:
        module: what to fill; it is changed, and returned.
        numbers: by name.
        what: the file, for errors.
        remedy: what to do where they do not fit, for errors.

    Raises:
        ValueError: other names or shapes, of which the first are told.
    """
    own = module.state_dict()
    shapes = {key: (tuple(numbers[key].shape), tuple(own[key].shape)) for key in own if key in numbers}
    faults = {
        "without": [key for key in own if key not in numbers],
        "with unknown": [key for key in numbers if key not in own],
        "with other shapes": [f"{key} {theirs} for {mine}" for key, (theirs, mine) in shapes.items() if theirs != mine],
    }
    if any(faults.values()):
        got = "; ".join(f"{fault} {_some(keys)}" for fault, keys in faults.items() if keys)
        raise ValueError(f"expected {what} to fit a {type(module).__name__}, got a file {got}; {remedy}")
    module.load_state_dict(dict(numbers))
    return module


def _some(keys: list[object]) -> str:
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return ", ".join(map(str, keys[:_NAMED])) + more
