"""The device on which the course computes: CUDA where there is one, else the CPU, or what the reader names."""

import os

import torch

VARIABLE = "CAM_COURSE_DEVICE"


def device() -> torch.device:
    """CUDA if this machine has it, else the CPU; the environment variable ``CAM_COURSE_DEVICE`` overrides.

    Returns:
        A ``torch.device``; with an override such as ``cpu``, ``cuda``, ``cuda:1`` or ``mps``, that one.

    Raises:
        ValueError: the override names no device, or one that this machine or this build of PyTorch lacks.

    >>> os.environ["CAM_COURSE_DEVICE"] = "cpu"
    >>> device()
    device(type='cpu')
    >>> del os.environ["CAM_COURSE_DEVICE"]
    """
    wish = os.environ.get(VARIABLE, "").strip()
    if not wish:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(wish)
        torch.zeros(1, device=chosen)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(
            f"expected {VARIABLE} to name a device of this machine, got {wish!r} ({_first_line(error)}); "
            f"unset {VARIABLE}, or set it to cpu, cuda or mps"
        ) from error
    return chosen


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
