"""Peak memory of one contender over that of a forward pass, each measured in a process of its own.

``python -m benchmarks.memory WHAT NETWORK LIBRARY PIXELS`` prints it in MB.
"""

import gc
import os
import statistics
import subprocess
import sys
from pathlib import Path

import torch

from benchmarks.ours import forward
from benchmarks.rows import ROWS
from benchmarks.setting import setting
from benchmarks.timing import seconds

ROOT = Path(__file__).parent.parent
MB = 1e6
RETURN_AT_ONCE = {"MALLOC_MMAP_THRESHOLD_": "65536"}  # glibc: freed tensors go back to the system, where they are seen


def extra(what: str, network: str, library: str, pixels: int, processes: int = 3) -> float | None:
    """The median over processes in MB; None where the system does not tell a process's peak (Windows)."""
    try:
        import resource  # noqa: F401 - absent on Windows
    except ImportError:
        return None
    command = [sys.executable, "-m", "benchmarks.memory", what, network, library, str(pixels)]
    settings = {"env": {**os.environ, **RETURN_AT_ONCE}, "cwd": ROOT, "capture_output": True, "text": True}
    runs = [subprocess.run(command, check=True, **settings) for _ in range(processes)]
    return statistics.median(float(run.stdout.split()[-1]) for run in runs)


def peak() -> float:
    """The most memory that this process ever held, in MB."""
    import resource

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held * (1 if sys.platform == "darwin" else 1024) / MB  # kilobytes everywhere but on macOS


def forget_peak() -> bool:
    """Lets Linux count the peak from here on; where it returns False, what came before has to have been smaller."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def measure(what: str, network: str, library: str, pixels: int) -> float:
    """What one run adds to the peak of a forward pass, once both have loaded all that they need."""
    torch.set_num_threads(1)
    net = setting(network, pixels)
    make = next(row for row in ROWS if row.what == what).makers[library]
    seconds(make(net.small()))
    seconds(forward(net))
    gc.collect()
    forget_peak()
    seconds(forward(net))
    before = peak()
    seconds(make(net))
    return peak() - before


if __name__ == "__main__":
    print(measure(*sys.argv[1:4], int(sys.argv[4])))
