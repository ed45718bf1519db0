"""What can go wrong while the course is set up, told in one sentence that names the remedy."""

import errno
import re

NETWORK = "network"
DISK = "disk"
NO_BUILD = "no build"
OTHER = "other"

#: What installers print, in the order in which it is looked for: a full disk also breaks connections off.
SIGNS = {
    DISK: r"no space left on device|not enough space on the disk|disk quota exceeded|os error (28|112|122)\b",
    NETWORK: r"dns error|tcp connect error|error sending request|client error \(connect\)|failed to fetch"
    r"|name resolution|connection (refused|reset|broken|error)|connecterror|newconnectionerror"
    r"|network is unreachable|timed out|time-?out|certificate|proxy ?error|from versions: none"
    r"|network connectivity is disabled",
    NO_BUILD: r"no wheels? (with|are|for)|no matching distribution|no solution found|platform tag",
}

REMEDIES = {
    DISK: "Expected room on the disk, got a full one; free some space{need}, then run the same command again.",
    NETWORK: "Expected a connection to the package index, got none; check the network (and, behind a proxy, "
    "HTTPS_PROXY), then run the same command again: what was fetched is kept.",
    NO_BUILD: "Expected builds of every dependency for this Python and machine, got none for some (named above); "
    "try another Python from 3.10 on (PyTorch has no builds for 32-bit Pythons, Macs with an Intel "
    "processor, and very new Pythons).",
    OTHER: "Expected the installer to succeed, got the error above; run the same command again, and if it "
    "stays, remove the folder .venv first.",
}


class Problem(Exception):
    """Something that the reader can put right; its text says what was expected, what was found, what to do."""


def diagnose(output: str) -> str:
    """Name the kind of failure that an installer's output tells of.

    >>> diagnose("error: Failed to fetch: `https://example.org/simple/torch/`")
    'network'
    >>> diagnose("failed to write: No space left on device (os error 28)")
    'disk'
    """
    return next((kind for kind, sign in SIGNS.items() if re.search(sign, output, re.IGNORECASE)), OTHER)


def remedy(kind: str, need: str = "") -> str:
    """Say what to do about a failure of this kind.

    Args:
        kind: what `diagnose` returned.
        need: how much room the installation takes, told where the disk is full; "" where unknown.
    """
    return REMEDIES[kind].format(need=f" ({need})" if need else "")


def explain_os_error(error: OSError) -> str:
    """Say what to do about an error of the operating system, such as a full disk or a read-only folder."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return remedy(DISK)
    where = f" at {error.filename}" if error.filename else ""
    return (
        f"Expected a folder that can be read and written, got {error.strerror or error}{where}; "
        "check its owner and that no other program holds it, or copy the course to a folder of your own."
    )
