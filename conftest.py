"""Ground rules for every test: one thread a worker, the same examples each time, no silent skip."""

import os
import sys
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    import torch

pytest_plugins = [
    "pytester",
    "tests.honest_skips",
    "tests.loopback",
    "tests.saving",
    "tests.sharing_out",
    "tests.browser.memory",
]

# About Binder's and Colab's machines, which run Linux: a test that is not collected elsewhere is no skipped one.
collect_ignore = [] if sys.platform == "linux" else ["tests/test_binder.py", "tests/launcher/test_colab_lesson.py"]

hypothesis.settings.register_profile("course", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("course")


def pytest_configure() -> None:
    """Give one thread to every library, before PyTorch is loaded; the notebooks' kernels inherit it."""
    for library in ("OMP", "MKL", "OPENBLAS"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Keep workers that share two cores from slowing each other manyfold."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(params=["cpu", "cuda"])
def device(request: pytest.FixtureRequest) -> "torch.device":
    """Run the test on the CPU, and on a GPU where there is one."""
    import torch

    from tests.honest_skips import NO_CUDA

    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip(NO_CUDA)
    return torch.device(request.param)
