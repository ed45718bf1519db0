"""How much memory a lesson takes: its kernel is asked at the end, and a table of all lessons closes the run."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

MOST = 1500  # MB; Binder gives 2 GB to a reader, of which JupyterLab needs some
PROPERTY = "peak memory, MB"

# What a kernel evaluates to its peak so far, in bytes. Linux: `getrusage` would count the process that started it, too;
# and PyTorch's libraries for NVIDIA's cards, which Binder's build does not have, are not counted.
STATUS = "int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
MAPPED = r"/\S*(?:cuda|nvidia)\S*\nSize.*\n(?:\w+:.*\n)*?Rss: +(\d+)"
CUDA = f"sum(map(int, __import__('re').findall(r'{MAPPED}', open('/proc/self/smaps').read())))"
PEAKS = {
    "linux": f"({STATUS} - {CUDA}) * 1024",
    "darwin": "__import__('resource').getrusage(__import__('resource').RUSAGE_SELF).ru_maxrss",
    "win32": "__import__('psutil').Process().memory_info().peak_wset",
}

# An expression in a silent request for nothing: neither the notebook nor the kernel's history shows a trace of it.
ASK = """async expression => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const request = {code: '', silent: true, store_history: false, user_expressions: {answer: expression}};
  const reply = await kernel.requestExecute(request).done;
  return reply.content.user_expressions.answer.data['text/plain'];
}"""


def peak(page: Any) -> float:
    """The most memory that the kernel of the notebook in a page has held, in MB."""
    return int(page.evaluate(ASK, PEAKS[sys.platform])) / 1e6


def assert_small(page: Any, record_property: Callable[[str, object], None]) -> None:
    """Record the peak, and refuse one that Binder would end; where a GPU's driver is loaded, only record it."""
    import cam_course

    megabytes = peak(page)
    record_property(PROPERTY, round(megabytes))
    if cam_course.device().type == "cpu":
        assert megabytes <= MOST, f"expected at most {MOST} MB, got {megabytes:.0f}; take fewer images at once"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the lessons have taken."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    peaks = {report.nodeid: dict(report.user_properties).get(PROPERTY) for report in reports}
    rows = sorted((nodeid.partition("[")[2].rstrip("]"), value) for nodeid, value in peaks.items() if value is not None)
    if rows:
        terminalreporter.section(f"lessons: {PROPERTY} (at most {MOST})")
        for name, value in rows:
            terminalreporter.line(f"{value:>6}  {name}")
