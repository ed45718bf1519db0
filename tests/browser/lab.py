"""JupyterLab as a reader meets it: a server on a copy of the notebooks, and a page of a headless Chromium."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from cam_course.lesson.execute import read, solve, write
from launcher.lab import DEFAULTS

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = [
    "--no-sandbox",  # the tests may run as root, in a container
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]
START_SECONDS = 60
TOKEN = "only-for-this-test"  # noqa: S105 - of a server that lives as long as the test

# What lessons compare with, and what tests ask for a second opinion: a reader who only runs the lab has none of it.
EXTRAS = ("captum", "pytorch_grad_cam", "torchcam", "cv2", "sklearn", "torchmetrics", "pycocotools")

# Every cell is in the page, also those out of sight; no question at the start and no news from the net.
SETTINGS = {
    "notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False},
}


def found() -> str | None:
    """Path of a Chromium on this machine, if there is one."""
    return os.environ.get("CAM_COURSE_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def chromium() -> str:
    """Path of a Chromium on this machine; where there is none, the test that asks is skipped by name."""
    path = found()
    if not path:
        pytest.skip("no Chromium browser found; install Chromium or Chrome, or name it in CAM_COURSE_CHROMIUM")
    return path


def copy_solved(notebooks: list[Path], folder: Path) -> None:
    """Copy notebooks with their exercises solved, and without outputs: what a page shows was computed there."""
    for path in notebooks:
        notebook = solve(read(path))
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        write(notebook, folder / path.name)


def hide_extras(folder: Path) -> None:
    """Write what lets every Python that starts with this folder on its path believe that the extras are missing."""
    (folder / "sitecustomize.py").write_text(f"import sys\n\nsys.modules.update(dict.fromkeys({EXTRAS}))\n")


@contextlib.contextmanager
def server(folder: Path, state: Path, paths: tuple[Path, ...] = ()) -> Iterator[str]:
    """Run JupyterLab on a folder, its settings and records in another; yield its address; end it and its kernels."""
    for name, settings in SETTINGS.items():
        target = state / "settings" / "@jupyterlab" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(settings))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(state / "log.txt", "w") as log:
        process = subprocess.Popen(_command(folder, port), env=_environment(state, paths), stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(address, process, state / "log.txt")
            yield address
        finally:
            _end(process)


def _end(process: subprocess.Popen) -> None:
    process.terminate()  # on this signal the server ends its kernels, too
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _command(folder: Path, port: int) -> list[str]:
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "ServerApp.allow_root": True,
        "ServerApp.open_browser": False,
        "IdentityProvider.token": TOKEN,
        "LabApp.expose_app_in_browser": True,
    }
    uploads = next(flag for (name, *_), flag in DEFAULTS if name == "--ServerApp.tornado_settings")
    return [sys.executable, "-m", "jupyterlab", uploads, *(f"--{name}={value}" for name, value in options.items())]


def _environment(state: Path, paths: tuple[Path, ...]) -> dict[str, str]:
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    imports = os.pathsep.join(map(str, (*paths, ROOT)))
    fixed = {"PYTHONPATH": imports, "OMP_NUM_THREADS": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
    return os.environ | {name: str(state / folder) for name, folder in own.items()} | fixed


def _wait_until_it_answers(address: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=5).close()  # noqa: S310 - of the server that was just started
            return
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
