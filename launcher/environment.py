"""Make `.venv` in the repository and keep it current: uv does the work, plain pip where uv cannot be had."""

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from launcher.failures import DISK, NETWORK, Problem, diagnose, remedy
from launcher.processes import ROOT, answers, stream

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "cam_course.json"
LOCK = ROOT / ".cache" / "setup.lock"

#: (to download, on disk) in GB: measured with PyTorch 2.15 on Python 3.11; the same without CUDA, reckoned.
LINUX_SIZE = (3.1, 5.9)
CPU_SIZE = (0.4, 1.4)

#: JupyterLab asks every newcomer whether it may fetch news; a course that works offline does not.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


def ensure(extras: tuple[str, ...] = (), *, cpu: bool = False) -> Path:
    """Return the Python of an environment that has what `pyproject.toml` lists, made or repaired where needed.

    Args:
        extras: groups of `pyproject.toml`'s optional dependencies that are needed too.
        cpu: take PyTorch's CPU build. The choice is kept for later runs.

    Raises:
        Problem: the environment cannot be made; the text says why and what to do.
    """
    if not is_current(extras, cpu):
        with one_at_a_time():
            if not is_current(extras, cpu):
                build(extras, cpu)
    return PYTHON


def is_current(extras: tuple[str, ...], cpu: bool) -> bool:
    """Tell whether the last set-up ended well and covered this request."""
    stamp = read_stamp()
    covered = set(extras) <= set(stamp.get("extras", ())) and (stamp.get("cpu", False) or not cpu)
    return bool(stamp.get("complete")) and covered and stamp.get("key") == current_key()


def current_key() -> str:
    """Return a digest of what the environment depends on: the dependencies, its Python, and where it lies.

    An environment that was moved, or whose Python is gone, is not current: an editable installation holds paths.
    """
    parts = [(ROOT / "pyproject.toml").read_bytes(), python_version().encode(), os.fsencode(ROOT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def python_version() -> str:
    """Return the full version of the environment's Python, "" where it does not run."""
    command = [str(PYTHON), "-ISc", "import sys; print(sys.version)"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def build(extras: tuple[str, ...], cpu: bool) -> None:
    """Make the environment if there is none that runs, and install what the course needs into it."""
    before = read_stamp()
    stamp = {"complete": False, "extras": sorted(extras), "cpu": cpu or before.get("cpu", False)}
    make_venv()
    write_stamp(stamp)  # from here on, until the last line, the environment counts as half finished
    announce(stamp["cpu"])
    install(extras, stamp["cpu"], change_torch=cpu and not before.get("cpu", False))
    settle_jupyterlab()
    write_stamp({**stamp, "complete": True, "key": current_key()})
    print("The environment is ready.", flush=True)


def make_venv() -> None:
    """Make `.venv` with the Python that runs this, unless there is one that works."""
    if python_version():
        return
    if VENV.is_dir() and any(VENV.iterdir()) and not (VENV / "pyvenv.cfg").exists():
        raise Problem(f"Expected a virtual environment, got a folder of something else at {VENV}; move it away.")
    print(f"Making .venv with Python {sys.version.split()[0]} ...", flush=True)
    code, output = stream(venv_command())
    if code or not python_version():
        kind = diagnose(output)
        raise Problem(remedy(DISK) if kind == DISK else venv_remedy())


def venv_command() -> list[str]:
    """Choose how to make a virtual environment: Debian ships Python without pip, or without `venv` altogether."""
    if importlib.util.find_spec("venv"):
        without_pip = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
        return [sys.executable, "-m", "venv", "--clear", *without_pip, str(VENV)]
    if uv := shutil.which("uv"):
        return [uv, "venv", "--clear", "--python", sys.executable, str(VENV)]
    raise Problem(venv_remedy())


def venv_remedy() -> str:
    """Say how to get Python's own tool for virtual environments."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"Expected Python {version} with its modules venv and pip, got one without them; on Debian and Ubuntu run "
        f"`sudo apt install python{version}-venv` (or python3-venv), elsewhere install Python from python.org; "
        "then run the same command again."
    )


def installers(cpu: bool) -> Iterator[list[str]]:
    """Yield the commands that install into `.venv`, best first: its own uv, the machine's, plain pip."""
    own_uv, own_pip = [str(PYTHON), "-m", "uv"], [str(PYTHON), "-m", "pip"]
    into_venv = ["pip", "install", "--python", str(PYTHON)]
    if answers(own_uv) or fetch_uv(own_pip):
        yield [*own_uv, *into_venv]
    if uv := shutil.which("uv"):
        yield [uv, *into_venv]
    if answers(own_pip) and not cpu:  # only uv knows where the CPU builds are
        print("Without uv: pip does the work, more slowly.", flush=True)
        yield [*own_pip, "install"]


def fetch_uv(own_pip: list[str]) -> bool:
    """Install uv into `.venv`, with its own pip or, where Debian left that out, with the system's."""
    system_pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    pip = next((pip for pip in (own_pip, system_pip) if answers(pip)), None)
    return pip is not None and stream([*pip, "install", "--disable-pip-version-check", "uv"])[0] == 0


def install(extras: tuple[str, ...], cpu: bool, *, change_torch: bool = False) -> None:
    """Install the course and its dependencies; where uv meets no network, pip, perhaps set up for a proxy, tries."""
    kind = ""
    for installer in installers(cpu):
        code, output = stream([*installer, *requirements(extras, cpu, change_torch)])
        if code == 0:
            return
        kind = diagnose(output)
        if kind != NETWORK:
            break
    if not kind and cpu:
        raise Problem("Expected uv for --cpu, got none; run `python3 -m pip install uv`, or leave --cpu away.")
    raise Problem(remedy(kind, size_text(cpu)) if kind else venv_remedy())


def requirements(extras: tuple[str, ...], cpu: bool, change_torch: bool) -> list[str]:
    """Return the installer's arguments.

    >>> requirements(("test",), cpu=False, change_torch=False)
    ['-e', '.[test]']
    >>> requirements((), cpu=True, change_torch=False)
    ['--torch-backend=cpu', '-e', '.']
    """
    backend = ["--torch-backend=cpu"] if cpu else []
    change = ["--reinstall-package=torch", "--reinstall-package=torchvision"] if change_torch else []
    names = f"[{','.join(sorted(extras))}]" if extras else ""
    return [*backend, *change, "-e", f".{names}"]


def announce(cpu: bool) -> None:
    """Say before the download how large it is, and how to take the small one; warn where the disk is too small."""
    if any(VENV.glob("[Ll]ib*/**/torch/version.py")):
        print("Bringing the environment up to date ...", flush=True)
        return
    print(f"Installing PyTorch, JupyterLab and the rest: {size_text(cpu)}.", flush=True)
    if sys.platform == "linux" and not cpu:
        print("    Most of it is CUDA, which PyTorch's plain Linux build brings along. Without a GPU, press Ctrl-C and")
        print("    add --cpu to the command: it takes PyTorch's CPU build, a fraction of the size.", flush=True)
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < sizes(cpu)[1]:
        print(f"    Careful: only {free:.1f} GB are free on this disk.", flush=True)


def sizes(cpu: bool) -> tuple[float, float]:
    """Return GB to download and GB on disk."""
    return LINUX_SIZE if sys.platform == "linux" and not cpu else CPU_SIZE


def size_text(cpu: bool) -> str:
    """Say how much is downloaded and how much room it takes."""
    download, disk = sizes(cpu)
    return f"about {download:g} GB to download, {disk:g} GB on disk"


def settle_jupyterlab() -> None:
    """Spare the newcomer JupyterLab's question about news, in this environment only."""
    folder = VENV / "etc" / "jupyter" / "labconfig"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page_config.json").write_text(json.dumps(PAGE_CONFIG), encoding="utf-8")


def read_stamp() -> dict[str, Any]:
    """Return what the last set-up wrote down, {} where nothing legible is found."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(stamp: dict[str, Any]) -> None:
    """Write the stamp in one step, so that it is never read half written."""
    draft = STAMP.with_suffix(".new")
    draft.write_text(json.dumps(stamp), encoding="utf-8")
    draft.replace(STAMP)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second set-up wait for the first; the system frees the lock of a program that dies."""
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as handle:
        if not try_lock(handle):
            print("Another set-up is at work here; waiting for it ...", flush=True)
            while not try_lock(handle):
                time.sleep(0.2)
        yield


def try_lock(handle: IO[str]) -> bool:
    """Lock the file for this program; False while another holds it."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks: two set-ups at once are rarer than that
        return True
    return True
