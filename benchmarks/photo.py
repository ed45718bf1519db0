"""``python -m benchmarks.photo``: seconds and memory from a 20-megapixel photo to a map drawn on all of its pixels."""

import argparse
import io
import multiprocessing
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from torch import Tensor

WIDTH, HEIGHT = 5472, 3648  # 20 megapixels, as a camera of one-inch sensor gives them
SIDE = 224
_PAUSE = 0.002  # seconds between two looks at the memory
_TURNED = 6  # held upright: the most common of the orientations that cost a turn


def photo() -> bytes:
    """A JPEG that is about as hard to decode as a photo: about 6 MB of soft noise."""
    import numpy as np
    from PIL import ExifTags, Image

    noise = np.random.default_rng(0).integers(0, 256, (HEIGHT // 8, WIDTH // 8, 3), np.uint8)
    exif, buffer = Image.Exif(), io.BytesIO()
    exif[ExifTags.Base.Orientation] = _TURNED
    Image.fromarray(noise).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=90, exif=exif)
    return buffer.getvalue()


def cost(content: bytes) -> tuple[float, float]:
    """Seconds, and megabytes above what was there before, of reading, fitting and drawing; in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(content, theirs))
    process.start()
    try:
        return ours.recv()
    finally:
        process.join()


def _measured(content: bytes, answer: Connection) -> None:
    import torch
    from PIL import Image

    torch.set_num_threads(1)
    heatmap = torch.rand(SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    _drawn(Image.new("RGB", (9, 9)), heatmap)  # what is loaded once, is loaded now
    before, done, peak = resident(), threading.Event(), [0.0]
    watch = threading.Thread(target=_watch, args=(done, peak))
    watch.start()
    started = time.perf_counter()
    _drawn(content, heatmap)
    seconds = time.perf_counter() - started
    done.set()
    watch.join()
    answer.send((seconds, peak[0] - before))


def _drawn(source: object, heatmap: "Tensor") -> "Picture":
    from cam_course import images

    return images.fit(images.read(source), SIDE).overlay(heatmap)


def _watch(done: threading.Event, peak: list[float]) -> None:
    while not done.wait(_PAUSE):
        peak[0] = max(peak[0], resident())


def resident() -> float:
    """Megabytes of memory that this process holds."""
    import psutil

    return psutil.Process().memory_info().rss / 1e6


def main(arguments: list[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    content = photo()
    print(f"a JPEG of {WIDTH} × {HEIGHT} pixels, {len(content) / 1e6:.1f} MB, on one thread of {sys.platform}")
    for _ in range(parser.parse_args(arguments).rounds):
        seconds, megabytes = cost(content)
        print(f"{seconds:.2f} s, {megabytes:.0f} MB")


if __name__ == "__main__":
    main()
