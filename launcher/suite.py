"""Run every test: the package, its documentation, the notebooks, the browser, the style."""

import importlib.util
import os
import sys
from pathlib import Path

from launcher import environment, slides
from launcher.failures import Problem
from launcher.options import take_flag
from launcher.processes import ROOT, clean_environment, run_to_end

EXTRAS = ("test", "peers")

#: What pytest's configuration cannot do without: import name, name to install.
NEEDED = {"torch": "torch", "pytest": "pytest", "xdist": "pytest-xdist", "nbval": "nbval", "hypothesis": "hypothesis"}

#: One thread a worker: several that share two cores slow each other manyfold.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

MOST_WORKERS = 8  # each holds PyTorch and a notebook's kernel in memory


def run(arguments: list[str]) -> int:
    """Run every test; pytest's own arguments (`-k words`, a file ...) are passed on, and its exit status back.

    With --current-environment the Python that runs this is used as it is, and nothing is installed.
    """
    arguments, here = take_flag(arguments, "--current-environment")
    arguments, cpu = take_flag(arguments, "--cpu")
    if here:
        refuse_missing_packages()
        python_path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        return run_to_end(
            command(Path(sys.executable), arguments), {**os.environ, **ONE_THREAD, "PYTHONPATH": python_path}
        )
    python = environment.ensure((*EXTRAS, *slides.extras()), cpu=cpu)
    return run_to_end(command(python, arguments), clean_environment(**ONE_THREAD))


def command(python: Path, arguments: list[str]) -> list[str]:
    """Return pytest's command line: a worker for each core, and a notebook's cells together in one worker."""
    return [str(python), "-m", "pytest", "-n", str(workers()), "--dist=loadfile", "--no-loadscope-reorder", *arguments]


def workers() -> int:
    """Count the cores that this program may use, up to a limit of memory."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, MOST_WORKERS)


def refuse_missing_packages() -> None:
    """Name what the running Python lacks, before pytest complains about flags that it does not know."""
    missing = [name for module, name in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise Problem(
            f"Expected a Python with the course's test packages, got {sys.executable} without {', '.join(missing)}; "
            "install them there (`pip install -e '.[test,peers]'`), or leave --current-environment away."
        )
