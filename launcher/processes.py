"""Run other programs: with their output passed on and remembered, or to their end whatever the keyboard says."""

import os
import signal
import subprocess
from collections import deque
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent

#: Variables that would let another Python's packages, or another environment's kernels, into this one.
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "JUPYTER_PATH")

#: Set in many container images. It would make every kernel compile PyTorch's thousands of files anew: two seconds each.
SLOW = ("PYTHONDONTWRITEBYTECODE",)

TAIL_LINES = 80  # enough to hold an installer's whole complaint


class Stopped(KeyboardInterrupt):
    """A signal asked this program to end, as Ctrl-C does."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def treat_signals_as_ctrl_c() -> None:
    """Make SIGTERM, and the closing of the terminal, unwind this program instead of cutting it off."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(number)

    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)


def clean_environment(**extra: str) -> dict[str, str]:
    """Return the variables for a program of `.venv`: the reader's, without what belongs to other Pythons or is slow."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN + SLOW}
    return {**kept, "PYTHONNOUSERSITE": "1", **extra}


def answers(command: list[str]) -> bool:
    """Tell whether `command --version` runs."""
    try:
        result = subprocess.run(
            [*command, "--version"], env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True
        )
    except OSError:
        return False
    return result.returncode == 0


def stream(command: list[str]) -> tuple[int, str]:
    """Run a program in the repository, show its output line by line, and return its exit status and last lines."""
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=clean_environment(PIP_RETRIES=os.environ.get("PIP_RETRIES", "2")),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        _follow(process, tail)
    return process.returncode, "".join(tail)


def _follow(process: subprocess.Popen[str], tail: deque[str]) -> None:
    try:
        for line in process.stdout or ():
            if not line.startswith((" + ", " - ")):  # uv's list of a hundred packages tells a newcomer nothing
                print("   ", line, end="", flush=True)
            tail.append(line)
    except BaseException:
        process.terminate()  # a half-finished installation is repaired by the next run
        raise


def run_to_end(command: list[str], environment: dict[str, str]) -> int:
    """Run a program in the repository and return its exit status; Ctrl-C is the program's to answer.

    The keyboard's interrupt reaches the program too (it shares the terminal), so that pytest prints its summary;
    any other signal is passed on.
    """
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    while True:
        try:
            return exit_status(process.wait())
        except Stopped:
            process.terminate()
        except KeyboardInterrupt:
            continue


def exit_status(code: int) -> int:
    """Turn Python's negative code of a program that a signal ended into a shell's.

    >>> exit_status(-15), exit_status(3)
    (143, 3)
    """
    return 128 - code if code < 0 else code
