"""One sentence for each way in which a download fails: what was expected, what came, what to do without it."""

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError

OFFLINE = (
    "without a network, weights.load('tutorial') is a network that comes with the course, "
    "and weights.from_file(module, path) takes a file that you bring"
)
_LOG_IN = "log in with 'hf auth login'"
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_LOCKED = {errno.EACCES, errno.EPERM, errno.EROFS}
# by name, since the Hub's library changed the client that it speaks HTTP with twice, and these with it
_CUT_OFF = {"RemoteProtocolError", "IncompleteRead", "ChunkedEncodingError", "ProtocolError"}
_NO_WAY = {"ConnectError", "ProxyError", "ReadError", "WriteError"}
_MISSING = {"RevisionNotFoundError": "no such revision", "RepositoryNotFoundError": "no such repository"}

Reason = tuple[type[OSError], str, str]


@contextmanager
def told(what: str) -> Iterator[None]:
    """Whatever fails inside is raised again as an OSError that says in one sentence what failed and what to do.

    Args:
        what: the file, as ``model.pth of owner/name``.

    Raises:
        ConnectionError: no network, or it must not be used.
        TimeoutError: no answer in time.
        PermissionError: refused by the server, or by the disk.
        FileNotFoundError: there is no such thing.
        OSError: cut off, disk full, or anything else.
    """
    try:
        yield
    except Exception as error:  # of whichever library; it stays attached as the cause
        raise explained(error, what) from error


def explained(error: Exception, what: str) -> OSError:
    """The error to raise in the place of another."""
    chain = list(_chain(error))
    others = OSError, f"{type(error).__name__}: {_first_line(error)}", "try again later"
    kind, got, remedy = _refused(chain) or _on_disk(chain) or _on_the_way(chain) or others
    return kind(f"expected {what}, got {got}; {remedy}; {OFFLINE}")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        if isinstance(error, URLError) and isinstance(error.reason, BaseException):
            yield error.reason
        error = error.__cause__ or error.__context__


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["without a word"])[0]


def _names(chain: list[BaseException]) -> set[str]:
    return {type(error).__name__ for error in chain}


def _status(chain: list[BaseException]) -> int | None:
    for error in chain:
        status = getattr(getattr(error, "response", None), "status_code", None) or getattr(error, "code", None)
        if isinstance(status, int):
            return status
    return None


def _refused(chain: list[BaseException]) -> Reason | None:
    status, names = _status(chain), _names(chain)
    if status is None:
        return None
    if "GatedRepoError" in names:
        return PermissionError, f"a gated repository ({status})", f"accept its terms on its page and {_LOG_IN}"
    if status == 401:
        return PermissionError, "a refusal (401): a private repository, or none of this name", f"check it, or {_LOG_IN}"
    if status == 403:
        return PermissionError, "a refusal (403)", f"ask its owner, or {_LOG_IN} as somebody who may read it"
    if status == 404:
        got = next((text for name, text in _MISSING.items() if name in names), "no such file")
        return FileNotFoundError, f"{got} (404)", "check the spelling on the repository's page"
    return OSError, f"an error of the server ({status})", "try again later"


def _on_disk(chain: list[BaseException]) -> Reason | None:
    numbers = {error.errno for error in chain if isinstance(error, OSError)}
    if numbers & _FULL:
        return OSError, "a full disk", "make room, or set HF_HOME and TORCH_HOME to a folder on another disk"
    if numbers & _LOCKED and not _names(chain) & (_NO_WAY | {"URLError"}):  # a firewall's refusal has the same number
        return PermissionError, "a cache that cannot be written", "set HF_HOME and TORCH_HOME to a folder of yours"
    return None


def _on_the_way(chain: list[BaseException]) -> Reason | None:
    names = _names(chain)
    if any(isinstance(error, TimeoutError) or "Timeout" in type(error).__name__ for error in chain):
        return TimeoutError, "no answer in time", "try again on a faster network, or raise HF_HUB_ETAG_TIMEOUT"
    if names & _CUT_OFF or any("Consistency check failed" in str(error) for error in chain):
        return OSError, "a download that was cut off", "nothing of it was kept; try again"
    lost = [error for error in chain if isinstance(error, ConnectionError | socket.gaierror | ssl.SSLError | URLError)]
    if lost or names & _NO_WAY:
        return ConnectionError, f"no connection ({_first_line((lost or chain)[-1])})", "check network and proxy"
    return None
