"""What is no good picture is refused, each with a message that says what it is, and before it takes memory."""

import struct
import subprocess
import sys
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFile

from cam_course import images
from tests.images.files import FORMATS, as_file, corners, saved

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9"/></svg>'


def refusal(source, **options):
    with pytest.raises(ValueError) as caught:
        images.read(source, **options)
    message = str(caught.value)
    assert message.startswith("expected ")
    assert ", got " in message
    assert ";" in message  # the remedy
    return message


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_called_so(kind, share):
    noise = Image.fromarray(np.random.default_rng(5).integers(0, 256, (64, 64, 3), np.uint8))
    content = saved(noise, kind)
    assert images.read(content).size == (64, 64)
    cut = content[: int(len(content) * share)]
    assert f"truncated after {len(cut):,} bytes" in refusal(cut)


def test_who_asked_pillow_for_truncated_files_gets_them_with_a_warning(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    content = as_file("JPEG", 200, 200)
    with pytest.warns(UserWarning, match="the bytes seems truncated, and is read because"):
        assert images.read(content[: len(content) // 2]).size == (200, 200)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert images.read(content).size == (200, 200)


def test_a_damaged_file_is_not_called_truncated():
    content = bytearray(as_file("PNG"))
    content[40] ^= 255  # in the compressed pixels, whose checksum then is wrong
    message = refusal(bytes(content))
    assert "damaged" in message
    assert "truncated" not in message


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "0 bytes"),
        (b"hello, world", "no picture"),
        (bytes(1000), "no picture"),
        (SVG, "an SVG drawing;"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- a --><!DOCTYPE svg>\n" + SVG, "an SVG drawing;"),
        (SVG.decode().encode("utf-16"), "an SVG drawing;"),
        (
            SVG.replace(b"<rect", b"<script>alert(1)</script><rect"),
            "an SVG drawing with a script in it, which is never",
        ),
        (SVG.replace(b"<rect", b"<svg:SCRIPT href='x'/><rect"), "with a script"),
        (SVG.replace(b"<rect", b"<rect onload='alert(1)'"), "with a script"),
        (SVG.replace(b"<rect", b"<a href='javascript:alert(1)'/><rect"), "with a script"),
        (SVG.replace(b"</svg>", b" " * 200_000 + b"<script/></svg>"), "with a script"),
        (SVG.replace(b"<rect", b"<script/>").decode().encode("utf-16"), "with a script"),
        (b"<!DOCTYPE html><html><body>" + SVG + b"404</body></html>", "a web page"),
        (b"<html><head><title>Sign in</title></head></html>", "a web page"),
        (b"\0\0\0\x18ftypheic" + bytes(50), "a HEIC photo"),
        (b"\0\0\0\x1cftypavif" + bytes(50), "an AVIF picture"),
        (b"\0\0\0\x20ftypisom" + bytes(50), "a film"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a PostScript program"),  # Pillow would start Ghostscript for it
        (b"PK\x03\x04" + bytes(50), "a ZIP"),
        (b"\x1f\x8b" + bytes(50), "a gzip"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
    ],
)
def test_what_is_no_picture_is_named(content, what, tmp_path):
    assert what in refusal(content)
    path = tmp_path / "photo.png"
    path.write_bytes(content)
    message = refusal(path)
    assert what in message
    assert "photo.png" in message


def png(width, height):
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 4096)
    blocks = [struct.pack(">I", len(b) - 4) + b + struct.pack(">I", zlib.crc32(b)) for b in (header, data, b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(blocks)


def gif(width, height):
    content = bytearray(as_file("GIF"))
    content[6:10] = struct.pack("<HH", width, height)
    return bytes(content)


def bmp(width, height):
    content = bytearray(as_file("BMP"))
    content[18:26] = struct.pack("<ii", width, height)
    return bytes(content)


def tiff(width, height):
    # one number each: tags 256 and 257, the size; 258 bits; 262 kind of gray; 273 and 279 where the pixels are
    tags = [(256, width), (257, height), (258, 8), (262, 1), (273, 8), (279, 1)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


def jpeg(width, height):
    content = bytearray(as_file("JPEG"))
    at = content.index(b"\xff\xc0")  # the frame's header: length, bits, height, width
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def webp(width, height):
    two = saved(corners(8, 8), "WEBP", save_all=True, append_images=[Image.new("RGB", (8, 8))], lossless=True)
    content = bytearray(two)
    content[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(content)


def gif_of_one_large_frame(width, height):
    content = bytearray(as_file("GIF"))
    at = content.rindex(b",\0\0\0\0")  # the frame's place and size, beside a screen of 32 × 32
    content[at + 5 : at + 9] = struct.pack("<HH", width, height)
    return bytes(content)


BOMBS = [
    (png, (100_000, 100_000)),
    (gif, (65_535, 65_535)),
    (gif_of_one_large_frame, (65_535, 65_535)),
    (bmp, (100_000, 100_000)),
    (tiff, (100_000, 100_000)),
    (jpeg, (65_000, 65_000)),
    (webp, (16_000_000, 250)),
    (png, (10_001, 10_000)),  # just above
]


@pytest.mark.parametrize(("make", "size"), BOMBS)
def test_a_decompression_bomb_is_called_so(make, size, recwarn):
    content = make(*size)
    assert len(content) < 10_000
    what = "a frame that" if make is gif_of_one_large_frame else f"{size[0]} × {size[1]}, which"
    assert f"got {what} may be a decompression bomb" in refusal(content)
    assert not recwarn.list  # said once, and not also as a warning of Pillow


def test_decompression_bombs_take_no_memory(tmp_path):
    for i, (make, size) in enumerate(BOMBS):
        (tmp_path / str(i)).write_bytes(make(*size))
    (tmp_path / "good").write_bytes(as_file("PNG"))
    # in a process of its own, whose peak nothing else has raised; the smallest bomb would take 300 MB
    result = subprocess.run([sys.executable, "-c", PEAK, tmp_path], capture_output=True, text=True, check=True)
    refused, megabytes = result.stdout.split()
    assert int(refused) == len(BOMBS)
    assert float(megabytes) < 50


PEAK = """
import sys
from pathlib import Path
import psutil
from cam_course import images

def peak():
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / 1e6
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)

folder, refused = Path(sys.argv[1]), 0
images.read(folder / "good")
before = peak()
for path in folder.iterdir():
    try:
        images.read(path)
    except ValueError:
        refused += 1
print(refused, peak() - before)
"""


def test_the_limit_is_the_readers_to_set():
    content = as_file("PNG", 20, 30)
    assert "at most 599 pixels" in refusal(content, most_pixels=599)
    assert images.read(content, most_pixels=600).size == (20, 30)
    with pytest.raises(TypeError, match="expected most_pixels as an int"):
        images.read(content, most_pixels=6e2)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (png(0, 5), "0 × 5"),
        (gif(0, 0), "0 × 0"),
        (bmp(0, 7), "0 × 7"),
        (tiff(0, 3), "0 × 3"),
        (jpeg(0, 16), "0 × 16"),
        (jpeg(16, 0), "16 × 0"),
        (Image.new("RGB", (0, 4)), "0 × 4"),
    ],
)
def test_zero_pixels_are_called_so(content, size):
    assert size in refusal(content)


@pytest.mark.parametrize("value", [-1.0, 1.5, float("nan"), float("inf")])
def test_fractions_that_are_no_grays_are_refused(value):
    content = saved(Image.fromarray(np.full((2, 2), value, np.float32)), "TIFF")
    assert "gray values from 0 to 1" in refusal(content)


def test_an_unknown_background_is_refused():
    assert "expected background as a color, got 'pale'" in refusal(corners(), background="pale")
    assert "expected background as a color, got None" in refusal(corners(), background=None)
