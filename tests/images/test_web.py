"""Nothing goes over the network unless asked; asked, a server that misbehaves is left, with a message that says how."""

import http.client
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from cam_course import images
from cam_course.images import web
from tests.images.files import as_file, corners, pixels

CONTENT = as_file("PNG", 4, 4)


class Server(BaseHTTPRequestHandler):
    """Answers each path in its own way."""

    def do_GET(self):
        self.server.seen.append((self.path, self.headers.get("User-Agent", "")))
        getattr(self, "give_" + urlsplit(self.path).path.strip("/").split("/")[0])()

    def answer(self, code, content=b"", **headers):
        self.send_response(code)
        for name, value in {"Content_Length": len(content), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(content)

    def give_good(self):
        self.answer(200, CONTENT)

    def give_page(self):
        self.answer(200, b"<!doctype html><html>Sign in</html>", Content_Type="image/png")

    def give_missing(self):
        self.answer(404)

    def give_secret(self):
        self.answer(403)

    def give_broken(self):
        self.answer(500)

    def give_short(self):
        self.answer(200, CONTENT[:-9], Content_Length=len(CONTENT))

    def give_large(self):
        self.answer(200, b"", Content_Length=10**12)

    def give_endless(self):
        self.answer(200, b"", Content_Length="unknown")
        self.until_left(b"x" * 100_000, 0)

    def give_drip(self):
        self.answer(200, b"", Content_Length=10_000)
        self.until_left(b"x", 0.05)

    def give_silence(self):
        self.server.leave.wait(5)

    def give_there(self):
        self.answer(302, Location="/good")

    def give_circle(self):
        self.answer(302, Location="/circle")

    def give_elsewhere(self):
        address = urlsplit(self.path)
        self.answer(int(address.path.rpartition("/")[2]), Location=address.query)

    def until_left(self, piece, pause):
        try:
            while not self.server.leave.wait(pause):
                self.wfile.write(piece)
        except OSError:
            pass  # the reader has left: that is what is tested

    def log_message(self, *_):
        pass


@contextmanager
def serving():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.seen, server.leave, server.daemon_threads = [], threading.Event(), True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.leave.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def server(monkeypatch):
    """A loopback server whose answers are taken for encrypted ones: no certificate is at hand that a test could use."""

    class Plain(http.client.HTTPConnection):
        def __init__(self, host, timeout=None, **_):
            super().__init__(host, timeout=timeout)

    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(http.client, "HTTPSConnection", Plain)
    with serving() as running:
        running.address = f"https://127.0.0.1:{running.server_port}"
        yield running


def test_a_picture_that_was_asked_for(server):
    assert pixels(images.read(f"{server.address}/good", online=True)) == pixels(corners(4, 4))
    assert server.seen == [("/good", web._AGENT)]


def test_a_redirect_is_followed(server):
    assert web.fetch(f"{server.address}/there", online=True) == CONTENT
    assert [path for path, _ in server.seen] == ["/there", "/good"]


@pytest.mark.parametrize("address", ["{}/good", "HTTPS://example.org/a.png", "https://[::1]/a.png"])
def test_nothing_is_fetched_unless_asked(server, monkeypatch, address):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("asked for an address"))
    with pytest.raises(
        ValueError, match="expected a picture on this computer, .*; nothing is fetched unless asked for"
    ):
        images.read(address.format(server.address))
    assert server.seen == []


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/a.png", "ftp://127.0.0.1/a", "file:///etc/hostname", "data:image/png;base64,AA", "https://"],
)
def test_only_https(server, address):
    with pytest.raises(ValueError, match="expected a path or an address that begins with https://, got one with"):
        images.read(address, online=True)
    assert server.seen == []


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_online_is_true_or_false(value):
    with pytest.raises(TypeError, match="expected online as True or False"):
        images.read("https://127.0.0.1/a.png", online=value)


def test_a_password_is_not_sent():
    with pytest.raises(ValueError, match="without a password") as caught:
        images.read("https://ann:hunter2@127.0.0.1/a.png", online=True)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", ["http://127.0.0.1:9/x", "file:///etc/hostname", "ftp://127.0.0.1/x", "data:,x"])
def test_a_redirect_to_another_scheme_is_not_followed(server, code, target):
    with pytest.raises(ValueError, match=f"to send on to https, got {target.split(':')[0]}:, which is not followed"):
        images.read(f"{server.address}/elsewhere/{code}?{target}", online=True)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing", r"got the answer 404 \(Not Found\); check the address"),
        ("secret", r"got the answer 403 \(Forbidden\); the server wants a visitor it knows"),
        ("broken", r"got the answer 500 .*; try again later"),
        ("short", "got a truncated one: the connection broke off; try again"),
        ("circle", "got the answer 302"),
    ],
)
def test_an_answer_that_is_no_picture(server, path, message):
    with pytest.raises(ConnectionError, match=f"expected a picture from 127.0.0.1, {message}"):
        images.read(f"{server.address}/{path}", online=True)
    assert len(server.seen) <= 2 * web.MOST_REDIRECTS


def test_an_error_page_instead_of_a_picture(server):
    with pytest.raises(ValueError, match="/page', got a web page"):
        images.read(f"{server.address}/page", online=True)


@pytest.mark.parametrize("path", ["large", "endless"])
def test_an_answer_too_large_is_given_up(server, path):
    with pytest.raises(ValueError, match="expected at most 300,000 bytes from 127.0.0.1, got more"):
        web.fetch(f"{server.address}/{path}", online=True, most_bytes=300_000)
    assert web.fetch(f"{server.address}/good", online=True, most_bytes=len(CONTENT)) == CONTENT


@pytest.mark.parametrize("path", ["silence", "drip"])
def test_a_slow_server_is_given_up_in_time(server, path):
    started = time.monotonic()
    with pytest.raises(ConnectionError, match="got no whole picture within 0.3 seconds; try again"):
        web.fetch(f"{server.address}/{path}", online=True, seconds=0.3)
    assert time.monotonic() - started < 2  # dripped to its end it would take 500 seconds


def test_a_server_that_does_not_encrypt_is_left():
    with (
        serving() as running,
        pytest.raises(ConnectionError, match="got no connection .*check the address and the net"),
    ):
        images.read(f"https://127.0.0.1:{running.server_port}/good", online=True)
    assert running.seen == []


def test_nobody_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        with pytest.raises(ConnectionError, match="got no connection"):
            images.read(f"https://127.0.0.1:{taken.getsockname()[1]}/a.png", online=True)


def test_certificates_are_checked():
    (handler,) = (each for each in web._opener().handlers if hasattr(each, "https_open"))
    assert handler._context.verify_mode == ssl.CERT_REQUIRED
    assert handler._context.check_hostname
    others = [f"{scheme}_open" for scheme in ("http", "file", "ftp", "data", "unknown")]
    assert not [name for each in web._opener().handlers for name in others if hasattr(each, name)]
