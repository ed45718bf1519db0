"""A picture from a web address: only when asked, only encrypted, not too large, not too slow."""

import http.client
import ssl
import time
import urllib.error
import urllib.request
from http.client import HTTPMessage, HTTPResponse
from typing import IO
from urllib.parse import urljoin, urlsplit

MOST_BYTES = 50_000_000
SECONDS = 20.0  # for the whole picture, and for each wait on the way
MOST_REDIRECTS = 5
_CHUNK = 1 << 16
_AGENT = "cam_course (a course; pictures asked for by its reader)"  # some servers refuse those that do not say who asks


class _OnlyEncrypted(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only where the first address could have gone."""

    max_redirections = MOST_REDIRECTS

    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> HTTPResponse | None:
        """What the new address gives, or an error where that is not https."""
        scheme = urlsplit(urljoin(req.full_url, headers.get("Location", ""))).scheme.lower()
        if scheme != "https":
            fp.close()
            raise ValueError(
                f"expected {_host(req.full_url)} to send on to https, got {scheme}:, which is not followed; "
                "download the picture with a browser, and give its path"
            )
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def fetch(address: str, *, online: bool, seconds: float = SECONDS, most_bytes: int = MOST_BYTES) -> bytes:
    """The bytes that a web address gives.

    Args:
        address: beginning with https://.
        online: whether the reader asked for it; nothing goes over the network otherwise.
        seconds: after which a slow server is given up.
        most_bytes: after which a long answer is given up.

    Raises:
        ConnectionError: no network, an unknown or silent server, an answer that is an error or breaks off.
        ValueError: an address that may not be fetched, a redirect to one, or an answer too large.
    """
    _check(address, online)
    started = time.monotonic()
    try:
        request = urllib.request.Request(address, headers={"User-Agent": _AGENT, "Accept": "image/*"})  # noqa: S310 - checked above to be https
        with _opener().open(request, timeout=seconds) as response:
            return _body(response, address, started + seconds, most_bytes)
    except urllib.error.HTTPError as error:
        error.close()
        answer = f"the answer {error.code} ({error.reason}); {_remedy(error.code)}"
        raise ConnectionError(f"expected a picture from {_host(address)}, got {answer}") from error
    except (OSError, http.client.HTTPException) as error:
        raise _broken(address, error, seconds) from error


def _check(address: str, online: bool) -> None:
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise ValueError(f"expected a web address, got {address[:80]!r} ({error}); check it") from error
    by_hand = "download the picture with a browser, and give its path"
    if parts.scheme.lower() != "https" or not parts.hostname:
        begins = "expected a path or an address that begins with https://"
        raise ValueError(f"{begins}, got one with {parts.scheme}:; {by_hand}")
    if parts.username or parts.password:
        raise ValueError(f"expected an address without a password, got one; {by_hand}")
    if online is not True:
        raise ValueError(
            f"expected a picture on this computer, got an address at {parts.hostname}; nothing is fetched unless "
            "asked for: pass online=True"
        )


def _opener() -> urllib.request.OpenerDirector:
    """Knows https and nothing else: neither files nor FTP nor unencrypted pages, whoever sends us there."""
    opener, proxy = urllib.request.OpenerDirector(), urllib.request.getproxies().get("https")
    handlers = (
        urllib.request.ProxyHandler({"https": proxy} if proxy else {}),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _OnlyEncrypted(),
    )
    for handler in handlers:
        opener.add_handler(handler)
    return opener


def _body(response: HTTPResponse, address: str, deadline: float, most_bytes: int) -> bytes:
    content = bytearray()
    announced = response.headers.get("Content-Length", "")
    while len(content) <= most_bytes and not (announced.isdigit() and int(announced) > most_bytes):
        if time.monotonic() > deadline:
            raise TimeoutError
        piece = response.read1(_CHUNK)  # what has come so far: a server that drips does not hold us
        if not piece:
            return _whole(bytes(content), announced)
        content += piece
    raise ValueError(
        f"expected at most {most_bytes:,} bytes from {_host(address)}, got more; download the picture with a browser, "
        "and make it smaller"
    )


def _whole(content: bytes, announced: str) -> bytes:
    if announced.isdigit() and len(content) < int(announced):
        raise http.client.IncompleteRead(content, int(announced) - len(content))
    return content


def _broken(address: str, error: Exception, seconds: float) -> ConnectionError:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        why, remedy = f"no whole picture within {seconds:g} seconds", "try again"
    elif isinstance(error, http.client.IncompleteRead):
        why, remedy = "a truncated one: the connection broke off", "try again"
    elif isinstance(reason, ssl.SSLCertVerificationError):
        why, remedy = f"a certificate that cannot be trusted ({reason.verify_message})", "check the address"
    else:
        why, remedy = f"no connection ({reason})", "check the address and the network"
    return ConnectionError(
        f"expected a picture from {_host(address)}, got {why}; {remedy}, or download it with a browser"
    )


def _remedy(code: int) -> str:
    if code in (401, 403):
        return "the server wants a visitor it knows: download the picture with a browser, and give its path"
    return "check the address" if code in (404, 410) else "try again later"


def _host(address: str) -> str:
    return urlsplit(address).hostname or "the address"
