"""Whatever the bytes, `read` gives a picture or says in its own words what is wrong; it neither crashes nor hangs."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cam_course import images
from tests.images.files import FORMATS, as_file, corners, saved

SMALL = 100_000  # pixels: a flipped size may ask for more, and is refused
EXIF = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
SEEDS = [
    *(as_file(kind, 12, 9) for kind in FORMATS),
    saved(corners(12, 9), "JPEG", exif=EXIF, progressive=True),
    saved(corners(12, 9), "TIFF", compression="tiff_lzw", exif=EXIF),
    saved(corners(12, 9).convert("RGBA"), "WEBP", save_all=True, append_images=[corners(12, 9)]),
    saved(corners(12, 9).quantize(4), "PNG", transparency=1),
    saved(corners(12, 9), "GIF", save_all=True, append_images=[corners(12, 9).rotate(180)]),
]

BEGINNINGS = [b"", b"<svg ", b"RIFF\0\0\0\0WEBPVP8X", *(seed[:16] for seed in SEEDS)]


def read_or_told(content):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged metadata
        try:
            picture = images.read(content, most_pixels=SMALL)
        except ValueError as error:
            assert str(error).startswith("expected ")
            assert ", got " in str(error)
            return None
    assert (picture.mode, picture.info) == ("RGB", {})
    assert 0 < picture.width * picture.height <= SMALL
    assert len(picture.tobytes()) == 3 * picture.width * picture.height
    return picture


@pytest.mark.parametrize("seed", SEEDS)
def test_the_seeds_are_read(seed):
    assert set(read_or_told(seed).size) == {12, 9}


@settings(max_examples=1500)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 255)), min_size=1, max_size=6))
def test_flipped_bytes(seed, flips):
    content = bytearray(seed)
    for at, change in flips:
        content[at % len(content)] ^= change
    read_or_told(bytes(content))


@settings(max_examples=400)
@given(st.sampled_from(SEEDS), st.integers(0, 2000), st.binary(max_size=40))
def test_files_cut_off_or_grown(seed, at, more):
    read_or_told(seed[: at % len(seed)] + more)


@settings(max_examples=400)
@given(
    st.sampled_from([seed[:16] for seed in SEEDS] + [b"", b"<svg ", b"RIFF\0\0\0\0WEBPVP8X"]), st.binary(max_size=200)
)
def test_random_bytes_after_a_good_beginning(beginning, rest):
    read_or_told(beginning + rest)


def test_every_way_to_cut_a_file_off():
    # a cut that leaves every pixel decodable is read; any other is refused, and none gives a gray remainder
    for seed in SEEDS:
        whole = read_or_told(seed)
        for length in range(len(seed)):
            picture = read_or_told(seed[:length])
            assert picture is None or picture.tobytes() == whole.tobytes(), (seed[:4], length, len(seed))
