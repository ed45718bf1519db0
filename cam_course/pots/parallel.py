"""Rendering many pictures: with a progress bar, in this process or in several."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from tqdm.auto import tqdm

LONG = 100  # pictures that take more than about two seconds, and so deserve a bar

Result = TypeVar("Result")


def run(
    draw: Callable[[int], Result], indices: Sequence[int], workers: int, progress: bool | None, what: str
) -> list[Result]:
    """Results of `draw` for each index, in order.

    Args:
        draw: what can be pickled where there are workers.
        indices: of the pictures.
        workers: processes; 0 or 1 stays in this one.
        progress: whether to show a bar; None decides by the number of pictures.
        what: the bar's title.
    """
    show = len(indices) > LONG if progress is None else progress
    bar = {"total": len(indices), "desc": what, "unit": "picture", "disable": not show, "leave": False}
    if workers <= 1 or len(indices) <= LONG:
        return list(tqdm(map(draw, indices), **bar))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:  # spawn: the same everywhere
        return list(tqdm(pool.map(draw, indices, chunksize=16), **bar))
