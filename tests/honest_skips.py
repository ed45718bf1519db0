"""A pytest plugin: where CI is set, a skip for any other reason than a missing GPU is a failure."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

#: The one reason for which a test may be skipped in continuous integration.
NO_CUDA = "no CUDA device"


def enforced() -> bool:
    """Tell whether this is continuous integration, which by custom sets CI."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def judge(report: Any) -> Any:
    """Return the report of a test or a module, failed if it was skipped for a reason that CI does not accept."""
    if not enforced() or not report.skipped or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if reason != NO_CUDA:
        report.outcome = "failed"
        report.longrepr = (
            f"Expected no skip in CI but for {NO_CUDA!r}, got {reason!r}; provide what is missing ({report.nodeid})."
        )
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Judge a test, after every other plugin had its say."""
    return judge((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Iterator[None]:
    """Judge a module that skips itself as a whole."""
    return judge((yield))
