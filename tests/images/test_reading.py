"""Every format, mode and orientation comes out as the upright RGB picture that went in."""

import io
import itertools
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFile, ImageOps

from cam_course import images
from tests.images.files import BLUE, FORMATS, GREEN, LOSSLESS, RED, WHITE, as_file, corners, pixels, saved

UPRIGHT = [[RED, GREEN], [BLUE, WHITE]]
# how a camera stores the upright picture, by the orientation that it notes (EXIF 2.32, tag 274)
STORED = {
    1: [[RED, GREEN], [BLUE, WHITE]],
    2: [[GREEN, RED], [WHITE, BLUE]],
    3: [[WHITE, BLUE], [GREEN, RED]],
    4: [[BLUE, WHITE], [RED, GREEN]],
    5: [[RED, BLUE], [GREEN, WHITE]],
    6: [[GREEN, WHITE], [RED, BLUE]],
    7: [[WHITE, GREEN], [BLUE, RED]],
    8: [[BLUE, RED], [WHITE, GREEN]],
}


def grid(rows):
    return Image.fromarray(np.array(rows, np.uint8))


def noted(orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return exif


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_four_quarters(kind):
    picture = images.read(as_file(kind))
    assert (type(picture), picture.mode, picture.size) == (Image.Image, "RGB", (32, 32))
    found = [[picture.getpixel((x, y)) for x in (8, 24)] for y in (8, 24)]
    near = 0 if kind in LOSSLESS else 4
    assert np.abs(np.array(found) - np.array(UPRIGHT)).max() <= near


@pytest.mark.parametrize(("orientation", "kind"), [*itertools.product(STORED, ["PNG", "TIFF", "WEBP"])])
def test_every_orientation_comes_out_upright(orientation, kind):
    content = saved(grid(STORED[orientation]), kind, exif=noted(orientation), **LOSSLESS[kind])
    picture = images.read(content)
    assert pixels(picture) == [list(map(tuple, row)) for row in UPRIGHT]
    assert dict(picture.getexif()) == {}
    assert picture.info == {}  # neither place nor camera goes on


def test_a_photo_held_upright_is_taller_than_wide():
    stored = corners(48, 32).transpose(Image.Transpose.ROTATE_90)  # 32 × 48 upright would be 48 × 32
    picture = images.read(saved(stored, "JPEG", exif=noted(6), quality=100, subsampling=0))
    assert picture.size == (48, 32)
    assert np.abs(np.array(picture.getpixel((2, 2))) - RED).max() <= 4


def test_an_orientation_that_does_not_exist_is_passed_over():
    assert pixels(images.read(saved(corners(), "PNG", exif=noted(77)))) == UPRIGHT


def test_damaged_metadata_warns_and_the_pixels_are_shown():
    content = saved(corners(), "PNG", exif=b"Exif\0\0neither order of bytes")
    with pytest.warns(UserWarning, match="orientation of the bytes cannot be read"):
        picture = images.read(content)
    assert pixels(picture) == UPRIGHT


def half_red(mode, alpha):
    return Image.new("RGBA", (1, 1), (255, 0, 0, alpha)).convert(mode)


@pytest.mark.parametrize(
    ("picture", "options", "expected"),
    [
        (half_red("RGBA", 51), {}, (255, 204, 204)),  # a fifth of red, four fifths of white
        (half_red("RGBA", 51), {"background": "black"}, (51, 0, 0)),
        (half_red("RGBA", 0), {"background": "#102030"}, (16, 32, 48)),
        (half_red("RGBA", 255), {"background": "black"}, (255, 0, 0)),
        (Image.new("LA", (1, 1), (0, 51)), {}, (204, 204, 204)),
        (Image.new("L", (1, 1), 7), {}, (7, 7, 7)),
        (Image.new("1", (1, 1), 1), {}, (255, 255, 255)),
        (Image.new("CMYK", (1, 1), (0, 255, 255, 0)), {}, (255, 0, 0)),
        (Image.new("CMYK", (1, 1), (0, 0, 0, 255)), {}, (0, 0, 0)),
        (Image.new("F", (1, 1), 0.2), {}, (51, 51, 51)),
        (Image.new("I", (1, 1), 257 * 9), {}, (9, 9, 9)),
    ],
)
def test_every_mode_gives_the_color_that_a_pencil_gives(picture, options, expected):
    before = picture.tobytes()
    assert images.read(picture, **options).getpixel((0, 0)) == expected
    assert picture.tobytes() == before


@pytest.mark.parametrize(("value", "gray"), [(0, 0), (257, 1), (128 * 257, 128), (65535, 255)])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_cut_off(value, gray, kind):
    deep = Image.fromarray(np.full((2, 2), value, np.uint16))
    assert images.read(saved(deep, kind)).getpixel((1, 1)) == (gray,) * 3


def test_sixteen_bits_a_color_keep_the_color():
    row = b"\0" + struct.pack(">6H", 65535, 0, 0, 0, 128 * 257, 65535)  # two pixels: red, and a blue with half green
    blocks = [(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)), (b"IDAT", zlib.compress(row)), (b"IEND", b"")]
    png = b"".join(struct.pack(">I", len(b)) + t + b + struct.pack(">I", zlib.crc32(t + b)) for t, b in blocks)
    assert pixels(images.read(b"\x89PNG\r\n\x1a\n" + png)) == [[(255, 0, 0), (0, 128, 255)]]


def test_a_palette_with_a_transparent_color_shows_the_background_there():
    picture = Image.new("P", (2, 1))
    picture.putpalette([255, 0, 0, 0, 0, 255])
    picture.putdata([0, 1])
    for kind in ("PNG", "GIF"):
        content = saved(picture, kind, transparency=1)
        assert pixels(images.read(content)) == [[RED, WHITE]]
        assert pixels(images.read(content, background="lime")) == [[RED, GREEN]]


def test_cmyk_in_a_jpeg_is_not_a_negative():
    cyan = images.read(saved(Image.new("CMYK", (16, 16), (255, 0, 0, 0)), "JPEG", quality=100)).getpixel((8, 8))
    assert np.abs(np.array(cyan) - (0, 255, 255)).max() <= 4


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_of_several_frames_the_first_is_taken(kind):
    first, *rest = (Image.new("RGB", (8, 8), color) for color in (RED, GREEN, BLUE))
    content = saved(first, kind, save_all=True, append_images=rest, **LOSSLESS.get(kind, {}))
    assert images.read(content).getpixel((4, 4)) == RED


def test_a_film_of_many_frames_costs_as_much_as_its_first():
    # a whole film is checked for nothing: what follows the first frame may even be missing
    frames = [Image.new("RGB", (256, 256), (i % 256, 0, i // 256)) for i in range(300)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    alone = saved(frames[0], "GIF")
    short, long = (min(map(seconds, [data] * 5)) for data in (alone, content))
    assert len(content) > 50 * len(alone)
    assert long < 10 * short + 0.01  # reading all 300 would take 300 times as long
    assert images.read(content).getpixel((0, 0)) == (0, 0, 0)


def seconds(content):
    started = time.perf_counter()
    images.read(content)
    return time.perf_counter() - started


def test_the_name_of_a_file_does_not_matter(tmp_path):
    path = tmp_path / "a photo.jpg"
    path.write_bytes(as_file("PNG"))
    assert pixels(images.read(path)) == pixels(images.read(str(path))) == pixels(corners(32, 32))


def test_what_was_given_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "photo.png"
    path.write_bytes(saved(grid(STORED[6]), "PNG", exif=noted(6)))
    before = path.read_bytes(), path.stat().st_mtime_ns
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 3)  # less than the picture has: the reader's own limit
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
    with Image.open(io.BytesIO(as_file("BMP", 1, 1))) as given:
        images.read(given)
        assert given.size == (1, 1)
    images.read(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert Image.MAX_IMAGE_PIXELS == 3
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_picture_of_pillows_is_turned_upright_and_not_changed():
    given = Image.open(io.BytesIO(saved(grid(STORED[8]), "PNG", exif=noted(8))))
    assert pixels(images.read(given)) == UPRIGHT
    assert pixels(given.convert("RGB")) == STORED[8]
    assert given.getexif()[ExifTags.Base.Orientation] == 8
    assert pixels(images.read(given)) == pixels(ImageOps.exif_transpose(given).convert("RGB"))
