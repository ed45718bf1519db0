"""A server on this machine that speaks the Hub's protocol, well or badly."""

import hashlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "5a" * 20
LATER = "6b" * 20
PAGE = b"<!doctype html><title>Log in to the network</title>"


@dataclass
class File:
    """What the server says of a file, and what it then sends."""

    content: bytes
    sent: bytes | None = None  # in the place of the content, of which the headers speak
    status: int = 200
    code: str = ""  # X-Error-Code
    stored: str = "lfs"  # or "git": small files have no SHA-256 as their tag
    after: str = ""  # "stall" or "cut": after half of the content
    silent: bool = False  # no answer at all
    headers: dict = field(default_factory=dict)  # in the place of the protocol's

    @property
    def tag(self):
        sums = hashlib.sha256 if self.stored == "lfs" else hashlib.sha1
        return sums(self.content).hexdigest()


class Hub(ThreadingHTTPServer):
    """Files by address, as ``/ann/net/resolve/main/model.pth``; what was asked is kept in `asked`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.files, self.asked, self.done, self.commit = {}, [], threading.Event(), COMMIT
        self.address = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def put(self, name, content, *, repository="ann/net", **how):
        """Serve a file under the branch and under the commit, large ones from another address as the Hub does."""
        file = File(content, **how)
        for revision in ("main", self.commit):
            self.files[f"/{repository}/resolve/{revision}/{name}"] = file
        self.files[f"/store/{file.tag}"] = file
        return file

    def close(self):
        self.done.set()
        self.shutdown()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        file = self._file()
        if file is None or file.silent or file.status != 200:
            return self._refuse(file)
        headers = {"X-Repo-Commit": self.server.commit, "ETag": f'"{file.tag}"', "Content-Length": len(file.content)}
        if file.stored == "lfs" and self.path.count("/resolve/"):
            linked = {"X-Linked-ETag": f'"{file.tag}"', "X-Linked-Size": len(file.content)}
            # of another name, and so in the client's eyes another machine: the tag of the first answer counts
            store = f"http://localhost:{self.server.server_port}/store/{file.tag}"
            return self._begin(302, {**headers, **linked, "Location": store, "Content-Length": 0, **file.headers})
        return self._begin(200, {**headers, **file.headers})

    def do_GET(self):
        file = self._file()
        if file is None or file.silent or file.status != 200:
            return self._refuse(file)
        content = file.content if file.sent is None else file.sent
        self._begin(200, {"Content-Length": len(file.content), "ETag": f'"{file.tag}"'})
        self.wfile.write(content[: len(content) // 2] if file.after else content)
        if file.after == "stall":
            self.server.done.wait()
        self.close_connection = bool(file.after) or len(content) != len(file.content)

    def _file(self):
        self.server.asked.append((self.command, self.path))
        return self.server.files.get(self.path)

    def _refuse(self, file):
        if file is not None and file.silent:
            self.server.done.wait()
            self.close_connection = True
            return
        code = {"X-Error-Code": file.code} if file and file.code else {}
        missing = {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": self.server.commit}
        self._begin(file.status if file else 404, {**(code if file else missing), "Content-Length": 0})

    def _begin(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, str(value))
        self.end_headers()
