"""``python -m benchmarks.run`` measures, prints and writes benchmarks/RESULTS.md; ``--quick`` tries it in small."""

import argparse
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import torch

from benchmarks import memory, redraw
from benchmarks.ours import forward
from benchmarks.report import Line, page, row
from benchmarks.rows import LIBRARIES, MEMORY, ROWS, Row
from benchmarks.setting import setting
from benchmarks.timing import costs
from cam_course import METHODS

RESULTS = Path(__file__).parent / "RESULTS.md"
MODULES = dict(zip(LIBRARIES, ("cam_course", "captum", "pytorch_grad_cam", "torchcam"), strict=True))
PIXELS, ROUNDS = 224, 25
QUICK_PIXELS, QUICK_ROUNDS = 64, 3


def time_lines(rounds: int, quick: bool) -> Iterator[Line]:
    """A line for each row and network; methods that are not there give a line that says so."""
    for row_ in ROWS:
        for network in ("tiny",) if quick else row_.networks:
            yield _skipped(row_, network) or timed(row_, network, rounds, QUICK_PIXELS if quick else PIXELS)


def timed(row_: Row, network: str, rounds: int, pixels: int) -> Line:
    """One line: every library that is installed, each on its own copy of the network."""
    net = setting(network, pixels)
    makers = {name: make for name, make in row_.makers.items() if installed(name)}
    contenders = {"forward": forward(net.own()), **{name: make(net.own()) for name, make in makers.items()}}
    found = costs(contenders, max(1, round(rounds * row_.share_of_rounds)), f"{row_.what}, {network}")
    peers_there = any(name in found for name in LIBRARIES[1:])
    reached = row_.reached(found) if peers_there or not row_.against_peers else None
    return Line(row_.what, network, found, row_.wanted, reached)


def memory_lines(quick: bool) -> Iterator[Line]:
    """A line for each row whose memory is of interest."""
    for row_ in ROWS:
        if row_.what in MEMORY:
            network = "tiny" if quick else row_.networks[0]
            yield _skipped(row_, network) or weighed(row_, network, quick)


def weighed(row_: Row, network: str, quick: bool) -> Line:
    """One line of peaks over a forward pass; Score-CAM's is to be lower than every peer's."""
    net = setting(network, QUICK_PIXELS if quick else PIXELS)
    found = {name: memory.extra(net, make) for name, make in row_.makers.items() if installed(name)}
    most = MEMORY[row_.what]
    peers = [value for name, value in found.items() if name != "cam_course"]
    if most is None:
        return Line(row_.what, network, found, "below all", found["cam_course"] < min(peers) if peers else None)
    return Line(row_.what, network, found, f"≤ {most:.0f}", found["cam_course"] <= most)


def installed(library: str) -> bool:
    return importlib.util.find_spec(MODULES[library]) is not None


def measured(threads: list[int], rounds: int, quick: bool) -> tuple[dict[int, list[Line]], list[Line]]:
    """All lines, printed as they come; the number of threads is afterwards as before."""
    before, times = torch.get_num_threads(), {}
    try:
        for count in threads:
            torch.set_num_threads(count)
            print(f"{count} thread(s): forward passes")
            times[count] = [_printed(line, 2) for line in time_lines(rounds, quick)]
    finally:
        torch.set_num_threads(before)
    print("peak memory of tensors: MB over a forward pass")
    return times, [_printed(line, 0) for line in memory_lines(quick)]


def redraws(threads: int, rounds: int) -> list[str]:
    """The section on widgets, printed; the number of threads is afterwards as before."""
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(threads)
        found = redraw.section(threads, redraw.lines(rounds))
    finally:
        torch.set_num_threads(before)
    print("\n".join(found))
    return found


def main(arguments: list[str] | None = None) -> None:
    """Measures, prints, and writes the page (with --quick only where --output says so)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tiny network, small images: to try the program")
    parser.add_argument("--rounds", type=int, help=f"rounds in which every contender runs once (default: {ROUNDS})")
    parser.add_argument("--threads", type=int, nargs="+", help="numbers of threads (default: 1 2)")
    parser.add_argument("--output", type=Path, help="where to write (default: RESULTS.md beside this file)")
    chosen = parser.parse_args(arguments)
    rounds = chosen.rounds or (QUICK_ROUNDS if chosen.quick else ROUNDS)
    threads = chosen.threads or ([1] if chosen.quick else [1, 2])
    times, peaks = measured(threads, rounds, chosen.quick)
    drawn = redraws(threads[0], rounds)
    output = chosen.output or (None if chosen.quick else RESULTS)
    if output:
        said = f"Medians of {rounds} interleaved rounds."
        output.write_text(page(times, peaks, said, drawn), encoding="utf-8")


def _skipped(row_: Row, network: str) -> Line | None:
    missing = [name for name in row_.needs if name not in METHODS]
    return Line(row_.what, network, {}, skipped=f"skipped: no {', '.join(missing)} in METHODS") if missing else None


def _printed(line: Line, digits: int) -> Line:
    print(row(line, digits), flush=True)
    return line


if __name__ == "__main__":
    main()
