"""What a name held when it was first used: recorded then, checked ever after."""

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from .._warnings import warn
from . import settings

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Seen:
    """A file as it was on first use.

    Attributes:
        source: its name, as ``hub:owner/name@main/model.pth``.
        sha256: of its content, in hex.
        bytes: its size.
        commit: of the repository that it came from; empty where there is none.
    """

    source: str
    sha256: str
    bytes: int
    commit: str = ""


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def record(source: str) -> Path:
    """The file that holds the record of a name: itself named by a digest, so no name leads out of its folder."""
    return settings.records() / f"{digest(source.encode())[:32]}.json"


def recall(source: str) -> Seen | None:
    """The record of a name, or None before its first use.

    Raises:
        ValueError: the record cannot be read, or is another's.
    """
    file = record(source)
    if not file.is_file():
        return None
    try:
        seen = Seen(**json.loads(file.read_text("utf-8")))
        if seen.source == source and SHA256.fullmatch(seen.sha256) and re.fullmatch("[0-9a-f]*", seen.commit):
            return seen
    except (TypeError, ValueError):  # a JSON error is a ValueError
        pass
    raise ValueError(f"expected the record of {source} in {file}, got something else; delete it to record anew")


def remember(seen: Seen) -> None:
    """Record a first use; where nothing can be written, the next use is a first one again, which a warning says."""
    file = record(seen.source)
    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(asdict(seen), indent=2) + "\n", encoding="utf-8")
        part.replace(file)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        warn(f"the SHA-256 of {seen.source} could not be recorded ({error}); the next use will not be checked by it")


def wanted(sha256: str | None) -> str | None:
    """A digest that a reader gave, in lower case.

    Raises:
        ValueError: it is none.
    """
    if sha256 is None:
        return None
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256.lower()):
        raise ValueError(f"expected sha256 as 64 hex digits, got {sha256!r}; copy it from the file's page")
    return sha256.lower()


def check(content: bytes, expected: str, what: str, *, said_by: str, remedy: str) -> None:
    """Refuse content of another digest.

    Args:
        content: of the file.
        expected: first digits of its digest, or all.
        what: the file, for the error.
        said_by: where the expected digest is from, for the error.
        remedy: what to do, for the error.

    Raises:
        ValueError: it differs.
    """
    got = digest(content)
    if not got.startswith(expected):
        begin = f"expected {what} with SHA-256 {expected[:12]}… ({said_by})"
        raise ValueError(f"{begin}, got {len(content)} bytes of {got[:12]}…; {remedy}")
