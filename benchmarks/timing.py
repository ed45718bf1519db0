"""Costs in units of one forward pass: medians over rounds in which every contender runs once."""

import contextlib
import io
import statistics
import time
import warnings
from collections.abc import Callable

from tqdm import tqdm

Run = Callable[[], object]


def costs(contenders: dict[str, Run], rounds: int, what: str = "") -> dict[str, float]:
    """The median over rounds of each contender's time, divided by that of ``"forward"`` in the same round.

    The order turns by one each round, so that none always runs in another's wake. One run of each before is not
    counted.
    """
    for run in contenders.values():
        seconds(run)
    ratios: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for turn in tqdm(range(rounds), desc=what, leave=False):
        first = turn % len(names)
        spent = {name: seconds(contenders[name]) for name in names[first:] + names[:first]}
        for name in names:
            ratios[name].append(spent[name] / spent["forward"])
    return {name: statistics.median(values) for name, values in ratios.items()}


def seconds(run: Run) -> float:
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):  # bars and warnings of the libraries
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        run()
        return time.perf_counter() - start
