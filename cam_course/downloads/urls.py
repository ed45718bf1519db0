"""A file from an address, whole and as promised, or not at all."""

import hashlib
import http.client
import os
import shutil
import urllib.request
from errno import ENOSPC
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlparse

from tqdm.auto import tqdm

from . import settings
from .failures import OFFLINE, told

_CHUNK = 1 << 18  # bytes at a time


def fetch(url: str, file: Path, *, what: str, begins: str) -> None:
    """Fetch a file with a progress bar; it stands under its name only when it is whole and has the right digest.

    Args:
        url: its address, of http or https.
        file: where to put it.
        what: the file, for errors.
        begins: first digits of its SHA-256.

    Raises:
        ValueError: another digest, or a web page in the place of the file; an address of another kind.
        OSError: it cannot be had, as `failures.told` tells.
    """
    if urlparse(url).scheme not in ("https", "http"):
        raise ValueError(f"expected an address that begins with https://, got {url!r}; give another")
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with told(what):
            file.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as stream:
                got, begin = _pour(url, stream, file.name)
        _promised(got, begin, what, begins)
        with told(what):
            part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _pour(url: str, stream: BinaryIO, name: str) -> tuple[str, bytes]:
    """Write what comes; returns its digest and its first bytes."""
    request = urllib.request.Request(url, headers={"User-Agent": "cam_course"})  # noqa: S310 - out of torchvision's own list of weights
    with urllib.request.urlopen(request, timeout=settings.timeout()) as answer:  # noqa: S310 - as above
        size = int(answer.headers.get("Content-Length") or 0)
        if shutil.disk_usage(Path(stream.name).parent).free < size:
            raise OSError(ENOSPC, f"{size} bytes to come")
        sums, begin, came = hashlib.sha256(), b"", 0
        with tqdm(total=size or None, desc=name, unit="B", unit_scale=True) as bar:
            while chunk := answer.read(_CHUNK):
                stream.write(chunk)
                sums.update(chunk)
                begin, came = begin or chunk[:40], came + len(chunk)
                bar.update(len(chunk))
    if came < size:
        raise http.client.IncompleteRead(b"", size - came)
    return sums.hexdigest(), begin


def _promised(got: str, begin: bytes, what: str, begins: str) -> None:
    if got.startswith(begins):
        return
    if begin.lstrip()[:1] == b"<":
        page = begin.lstrip().decode("utf-8", "replace")
        raise ValueError(f"expected {what}, got a web page ({page!r}); open a page in your browser first; {OFFLINE}")
    promise = f"expected {what} with SHA-256 {begins}…"
    raise ValueError(f"{promise}, got {got[:12]}…; nothing of it was kept; try another network; {OFFLINE}")
