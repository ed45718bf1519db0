"""Any network filled from a file of the Hugging Face Hub; what was there on first use is what is taken ever after."""

import errno
import inspect
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from torch import nn

from . import settings
from .digests import SHA256, Seen, check, digest, recall, record, remember, wanted
from .failures import OFFLINE, told
from .states import fit, read

_AGAIN = f"it was removed from the cache, so that the next call fetches it anew; {OFFLINE}"
_DISTRUST = f"do not use this file; ask its owner for safetensors; {OFFLINE}"
_NAME = r"[A-Za-z0-9](?:[\w.-]{0,94}[A-Za-z0-9])?"
_REPOSITORY = re.compile(rf"(?:{_NAME}/)?{_NAME}", re.ASCII)
_REVISION = re.compile(r"[A-Za-z0-9][\w.+-]*(?:/[\w.+-]+)*", re.ASCII)
_FROM_SERVER = re.compile(r"[\w+=-]{1,128}", re.ASCII)  # commits and entity tags, of which paths are made


@dataclass(frozen=True)
class Asked:
    """A file of a repository, its names checked: each becomes a part of a path.

    Raises:
        TypeError: a name is no text.
        ValueError: a name that the Hub does not know, or that leads out of the cache.
    """

    repo_id: str
    filename: str
    revision: str

    def __post_init__(self) -> None:
        for name, text, is_right, rule in (
            ("repo_id", self.repo_id, _is_repository, "owner/name, of letters, digits, '-', '_' and '.'"),
            ("filename", self.filename, _is_inside, "a path inside the repository, as 'models/model.pth'"),
            ("revision", self.revision, _is_revision, "a branch, tag or commit, as 'main'"),
        ):
            if not isinstance(text, str):
                raise TypeError(f"expected {name} as {rule}, got {type(text).__name__}; give it as text")
            if not is_right(text):
                raise ValueError(f"expected {name} as {rule}, got {text!r}; copy it from the repository's page")

    def __str__(self) -> str:
        return f"{self.filename} of {self.repo_id} ({self.revision})"

    @property
    def source(self) -> str:
        """The name under which its digest is recorded."""
        return f"hub:{self.repo_id}@{self.revision}/{self.filename}"


def _is_repository(text: str) -> bool:
    return bool(_REPOSITORY.fullmatch(text)) and ".." not in text and "--" not in text and not text.endswith(".git")


def _is_revision(text: str) -> bool:
    return bool(_REVISION.fullmatch(text)) and ".." not in text


def _is_inside(text: str) -> bool:
    rooted = PurePosixPath(text).is_absolute() or PureWindowsPath(text).drive
    return not rooted and not re.search(r"[\\:*?\"<>|\x00-\x1f]", text) and not {"", ".", ".."} & set(text.split("/"))


def from_hub(
    module: nn.Module, repo_id: str, filename: str, *, revision: str | None = None, sha256: str | None = None
) -> nn.Module:
    """A network of yours, filled from a file of the Hub: safetensors, or numbers saved by ``torch.save``.

    The first call asks the network; later ones read the cache, and never ask. The file's SHA-256 and the commit that
    the revision then meant are recorded in the folder ``assets/cam_course/digests`` of ``HF_HOME`` (usually
    ``~/.cache/huggingface``), and are checked by every later call. No code in the file is run.

    Args:
        module: what to fill, in the mode in which it is; it is changed, and returned.
        repo_id: repository, as ``owner/name``.
        filename: path in it, as ``models/model.pth``.
        revision: branch, tag or commit; the branch main if None.
        sha256: of the file, where you know it better than the first use can.

    Raises:
        ValueError: a name that cannot be one; other bytes than before, than the Hub or than you say; no weights, or
            code in them; weights of another network (which keys differ is told, and the module left as it was).
        OSError: it cannot be had; as ConnectionError, TimeoutError, PermissionError or FileNotFoundError.
    """
    expected, asked = wanted(sha256), Asked(repo_id, filename, revision if revision is not None else "main")
    seen = recall(asked.source)
    file = _cached(asked, seen) or _fetched(asked, seen)
    content = file.read_bytes()
    try:
        _check(content, file, asked, expected, seen)
        numbers = read(content, str(asked), remedy=_DISTRUST)
    except ValueError:
        _forget(file)
        raise
    found = Seen(asked.source, digest(content), len(content), _commit(file))
    if found != seen:
        remember(found)
    return fit(module, numbers, str(asked), remedy=f"build the network that the repository's page describes; {OFFLINE}")


def _cached(asked: Asked, seen: Seen | None) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    revision = seen.commit if seen and seen.commit else asked.revision
    found = try_to_load_from_cache(asked.repo_id, asked.filename, settings.hub_cache(), revision)
    return Path(found) if isinstance(found, str) else None


def _fetched(asked: Asked, seen: Seen | None) -> Path:
    from huggingface_hub import hf_hub_download

    if settings.offline():
        got = "no copy in the cache, and HF_HUB_OFFLINE forbids to fetch one"
        raise ConnectionError(f"expected {asked}, got {got}; unset the variable once; {OFFLINE}")
    revision = seen.commit if seen and seen.commit else asked.revision
    tag = _look_first(asked, revision)
    options = {"cache_dir": settings.hub_cache(), "endpoint": settings.endpoint(), **_bar(hf_hub_download)}
    try:
        with told(str(asked)):
            return Path(hf_hub_download(asked.repo_id, asked.filename, revision=revision, **options))
    finally:  # older versions of the library keep what they had of a file, right or wrong, and go on from there
        folder = settings.hub_cache() / f"models--{asked.repo_id.replace('/', '--')}"
        (folder / "blobs" / f"{tag}.incomplete").unlink(missing_ok=True)


def _look_first(asked: Asked, revision: str) -> str:
    """Ask once what there is: the library itself would ask again and again, for minutes; returns the file's tag."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    with told(str(asked)):
        url = hf_hub_url(asked.repo_id, asked.filename, revision=revision, endpoint=settings.endpoint())
        found = get_hf_file_metadata(url, timeout=settings.timeout())
    if not found.commit_hash or not found.etag:
        got = "an answer that is no Hub's, as a network's log-in page gives"
        raise ValueError(f"expected {asked}, got {got}; open a page in your browser first; {OFFLINE}")
    if not all(_FROM_SERVER.fullmatch(name) for name in (found.commit_hash, found.etag)):
        got = "an answer whose commit or tag is no name"
        raise ValueError(f"expected {asked}, got {got}; trust no such server; {OFFLINE}")
    with told(str(asked)):
        settings.hub_cache().mkdir(parents=True, exist_ok=True)
        if found.size and shutil.disk_usage(settings.hub_cache()).free < found.size:
            raise OSError(errno.ENOSPC, f"{found.size} bytes to come")
    return found.etag


def _bar(download: Callable[..., str]) -> dict[str, Any]:
    """The library's progress bar, which here also ends a download that begins again and again; newer versions ask."""
    if "tqdm_class" not in inspect.signature(download).parameters:
        return {}
    from huggingface_hub.utils import tqdm

    class Bar(tqdm):
        received = 0

        def update(self, n: float | None = 1) -> bool | None:
            self.received += max(n or 0, 0)
            if self.total and self.received > 2 * self.total:
                raise EOFError("Consistency check failed: more than twice the file came, and it was never whole")
            return super().update(n)

    return {"tqdm_class": Bar}


def _check(content: bytes, file: Path, asked: Asked, expected: str | None, seen: Seen | None) -> None:
    if content.lstrip()[:1] == b"<":
        return  # no weights whatever its digest, which `read` says better
    told_by_hub = file.resolve().name  # the Hub's cache names large files by their SHA-256, small ones by another sum
    if expected:
        check(content, expected, str(asked), said_by="as you gave it", remedy=f"look at its page; {_AGAIN}")
    elif seen:
        place = f"recorded on first use in {record(asked.source)}"
        check(content, seen.sha256, str(asked), said_by=place, remedy=_AGAIN)
    if SHA256.fullmatch(told_by_hub):
        check(content, told_by_hub, str(asked), said_by="as the Hub names it", remedy=_AGAIN)


def _commit(file: Path) -> str:
    parts = file.parts
    commit = parts[parts.index("snapshots") + 1] if "snapshots" in parts else ""
    return commit if re.fullmatch("[0-9a-f]{40}", commit) else ""


def _forget(file: Path) -> None:
    blob = file.resolve()
    file.unlink(missing_ok=True)
    if "blobs" in blob.parts:
        blob.unlink(missing_ok=True)
