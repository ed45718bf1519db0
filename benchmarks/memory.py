"""Peak memory: how much more tensors hold at once in a run than in a forward pass, as PyTorch's own profiler counts it.

The process's size, as the system tells it, was tried first and given up: some systems take pages back behind a
process's back, and read 0 for everybody.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from torch.profiler import ProfilerActivity, profile

from benchmarks.ours import Run, forward
from benchmarks.rows import Make
from benchmarks.setting import Setting
from benchmarks.timing import seconds

MB = 1e6


def extra(net: Setting, make: Make) -> float:
    """What a run's peak adds to that of a forward pass of the same network, in MB; the run is the first one."""
    return peak(make(net.own())) - peak(forward(net.own()))


def peak(run: Run) -> float:
    """The most that tensors on the CPU hold at once in a run, over what they held before it, in MB."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as recorded:
        seconds(run)
    held = most = 0
    for change in _changes(recorded):
        held += change
        most = max(most, held)
    return most / MB


def _changes(recorded: profile) -> Iterator[int]:
    """Every allocation (more than 0) and release (less) in bytes, in the order in which they happened."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.json"
        recorded.export_chrome_trace(str(path))
        events = json.loads(path.read_text(encoding="utf-8"))["traceEvents"]
    memory = [event for event in events if event["name"] == "[memory]"]
    for event in sorted(memory, key=lambda event: event["ts"]):
        yield event["args"]["Bytes"]
