"""Open JupyterLab on the course, print its address once it answers, and stop it cleanly on Ctrl-C."""

import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any

from launcher import environment
from launcher.failures import Problem
from launcher.options import take_flag
from launcher.processes import ROOT, clean_environment, exit_status

FIRST_LESSON = "00_start_here.ipynb"
PATIENCE = 15.0  # seconds that a stopping JupyterLab gets to end its kernels

#: Bytes of a picture that the page may send: at a message above Jupyter's own limit, 10 MB, as large photographs are,
#: the connection ends without a word. The course's own limit is 200 million, and says so.
LARGEST_UPLOAD = 210_000_000

#: What JupyterLab is told unless the reader says otherwise: (other names of the setting, our flag).
DEFAULTS = (
    (("--ip", "--ServerApp.ip"), "--ServerApp.ip=127.0.0.1"),
    (("--notebook-dir", "--ServerApp.root_dir"), f"--ServerApp.root_dir={ROOT / 'notebooks'}"),
    (("--LabApp.default_url", "--ServerApp.default_url"), f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}"),
    (("--log-level", "--debug"), "--log-level=WARN"),
    (("--log-level", "--debug"), "--LabApp.log_level=WARN"),
    (
        ("--ServerApp.tornado_settings",),
        f'--ServerApp.tornado_settings={{"websocket_max_message_size": {LARGEST_UPLOAD}}}',
    ),
)


def run(arguments: list[str]) -> int:
    """Open the course in JupyterLab; JupyterLab's own flags (`--no-browser`, `--port=9000` ...) are passed on."""
    arguments, cpu = take_flag(arguments, "--cpu")
    refuse_taken_port(arguments)
    python = environment.ensure(cpu=cpu)
    with tempfile.TemporaryDirectory(prefix="cam_course_", ignore_cleanup_errors=True) as runtime:
        server = start(python, arguments, Path(runtime))
        try:
            report_address(server, Path(runtime))
            while server.poll() is None:  # Popen.wait would not hear Ctrl-C on Windows
                time.sleep(0.2)
        except KeyboardInterrupt:
            stop(server, Path(runtime))
            print("\nJupyterLab has stopped.", flush=True)
            return 0
        return exit_status(server.returncode)


def command(python: Path, arguments: list[str]) -> list[str]:
    """Return JupyterLab's command line: the reader's flags, and ours for what they leave open."""
    given = {argument.split("=")[0] for argument in arguments}
    defaults = [flag for names, flag in DEFAULTS if given.isdisjoint(names)]
    return [str(python), "-m", "jupyterlab", *defaults, *arguments]


def start(python: Path, arguments: list[str], runtime: Path) -> "subprocess.Popen[bytes]":
    """Start JupyterLab out of the keyboard's reach, so that Ctrl-C stops it through us, without a question.

    A token that comes from outside is not printed by JupyterLab, whose several addresses confuse; we print one.
    """
    variables = clean_environment(
        JUPYTER_RUNTIME_DIR=str(runtime),
        JUPYTER_TOKEN=os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24),
        JUPYTER_PREFER_ENV_PATH="1",  # the kernel python3 is this environment's, whatever the reader's home holds
    )
    own_group: dict[str, Any] = (
        {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
    )
    return subprocess.Popen(
        command(python, arguments), cwd=ROOT / "notebooks", env=variables, stdin=subprocess.DEVNULL, **own_group
    )


def report_address(server: "subprocess.Popen[bytes]", runtime: Path) -> None:
    """Wait until JupyterLab answers, then print where; return without a word if it ends before."""
    print("Starting JupyterLab ...", flush=True)
    while server.poll() is None:
        if (info := server_info(runtime)) and status(f"{info['url']}api"):
            token = f"?token={info['token']}" if info.get("token") else ""
            print(f"The course is open at\n\n    {info['url']}lab/tree/{FIRST_LESSON}{token}\n", flush=True)
            print("Stop it with Ctrl-C.", flush=True)
            return
        time.sleep(0.1)


def server_info(runtime: Path) -> dict[str, Any]:
    """Return what JupyterLab wrote about itself, {} before it did."""
    for path in runtime.glob("jpserver-*.json"):
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # still being written
            break
    return {}


def status(url: str, *, token: str = "", post: bool = False) -> int:
    """Return the HTTP status of a request to this machine, 0 without an answer; no proxy has a part in it."""
    context = ssl._create_unverified_context()  # noqa: S323 - of this machine, where a self-made certificate will do
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    headers = {"Authorization": f"token {token}"} if token else {}
    try:
        with opener.open(urllib.request.Request(url, b"" if post else None, headers), timeout=5) as answer:  # noqa: S310 - an address of this machine's own server
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


def stop(server: "subprocess.Popen[bytes]", runtime: Path) -> None:
    """End JupyterLab with its kernels and terminals; a second Ctrl-C is not needed and does no harm.

    It is asked over HTTP, because Windows has no signal that lets a program tidy up.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    info = server_info(runtime)
    if not info or status(f"{info['url']}api/shutdown", token=info["token"], post=True) != HTTPStatus.OK:
        server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def refuse_taken_port(arguments: list[str]) -> None:
    """Refuse a port that the reader names and another program uses; JupyterLab would silently take the next one.

    Raises:
        Problem: the port is taken, or no number.
    """
    for flag, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, _, value = flag.partition("=")
        if name not in ("--port", "--ServerApp.port"):
            continue
        port = port_number(value or following)
        if port and answers_at(port):
            raise Problem(
                f"Expected a free port, got {port}, which another program uses (another course, perhaps); "
                "choose another one, or --port=0 for any."
            )


def answers_at(port: int) -> bool:
    """Tell whether a program listens at this port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def port_number(text: str) -> int:
    """Read a port's number."""
    if not (text.isascii() and text.isdigit() and int(text) < 2**16):
        raise Problem(f"Expected a port from 0 to 65535, got {text or 'none'}; --port=0 takes any free one.")
    return int(text)
