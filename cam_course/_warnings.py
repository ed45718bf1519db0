"""Warnings that point at the caller's own line, not at one in this package."""

import sys
import warnings

PASSED_OVER = {__name__.partition(".")[0], "functools"}  # a cached property is called through functools


def warn(message: str) -> None:
    """Issues a UserWarning in the name of the first line outside this package that led to it."""
    depth, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in PASSED_OVER:
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=depth)
