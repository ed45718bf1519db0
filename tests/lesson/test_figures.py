import base64
import io

import numpy as np
import pytest
import torch
from matplotlib import pyplot
from PIL import Image

from cam_course.lesson import figures


def decoded(output):
    return Image.open(io.BytesIO(base64.b64decode(output)))


@pytest.fixture
def displayed(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, raw: shown.append((data, metadata)))
    return shown


def test_a_figure_carries_its_alternative_text_and_stays_small(displayed):
    generator = torch.Generator().manual_seed(0)
    fig, axes = figures.row(4, title="Noise does not compress")
    for ax in axes:
        figures.picture(ax, torch.rand(3, 128, 128, generator=generator), "a title that is long enough to be wrapped")
    figures.show(fig, "Four pictures of noise, side by side.")
    ((data, metadata),) = displayed
    assert metadata["image/png"]["alt"] == "Four pictures of noise, side by side."
    assert "Four pictures of noise" in data["text/plain"]
    assert len(base64.b64decode(data["image/png"])) <= 120_000
    assert decoded(data["image/png"]).width >= 500


def test_an_empty_alternative_text_is_refused(displayed):
    with pytest.raises(ValueError, match="says what the figure shows, got 'a figure'"):
        figures.show(figures.row(1)[0], "a figure")
    assert displayed == []


def test_nothing_is_left_with_pyplot():
    figures.png(figures.row(2)[0])
    assert pyplot.get_fignums() == []


def test_a_rare_color_survives_the_palette():
    picture = Image.fromarray(np.random.default_rng(0).integers(90, 160, (300, 300, 3), dtype=np.uint8))
    picture.paste((250, 210, 0), (140, 140, 160, 160))
    red, green, blue = Image.open(io.BytesIO(figures.small_png(picture))).convert("RGB").getpixel((150, 150))
    assert (red > 220, green > 180, blue < 60) == (True, True, True)


def test_white_stays_white():
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8))
    picture.paste((255, 255, 255), (0, 0, 300, 100))
    picture.paste((252, 252, 253), (0, 100, 300, 130))
    assert Image.open(io.BytesIO(figures.small_png(picture))).convert("RGB").getpixel((20, 20)) == (255, 255, 255)


def test_masks_are_filled_with_their_color():
    image, mask = torch.zeros(3, 2, 2), torch.tensor([[True, False], [False, False]])
    shown = figures.filled(image, {"#ff0000": mask})
    assert shown[:, 0, 0].tolist() == [0.75, 0.0, 0.0]
    assert shown[:, 1, 1].tolist() == [0.0, 0.0, 0.0]
    assert image.sum() == 0


def test_numbers_and_bars_say_their_values():
    _, (ax,) = figures.row(1)
    figures.numbers(ax, torch.tensor([[1.0, -2.0]]), digits=0)
    assert [text.get_text() for text in ax.texts] == ["1", "-2"]
    _, (ax,) = figures.row(1)
    figures.bars(ax, {"a": 0.5, "b": (0.4, 0.3, 0.6)}, reference=(0.25, "chance"))
    assert [round(patch.get_width(), 2) for patch in ax.patches] == [0.4, 0.5]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b", "a"]


def test_signed_planes_are_centered_on_zero():
    _, (ax,) = figures.row(1)
    figures.plane(ax, torch.tensor([[1.0, -4.0]]), signed=True)
    assert ax.images[0].get_clim() == (-4.0, 4.0)


def test_a_plane_has_its_color_bar_unless_told():
    fig, axes = figures.row(2)
    for ax, bar in zip(axes, (True, False), strict=True):
        before = len(fig.axes)
        figures.plane(ax, torch.ones(2, 2), bar=bar)
        assert len(fig.axes) - before == bar


def test_a_limit_holds_for_magnitudes_too_and_the_bar_tells_what_lies_beyond():
    for signed, lowest, tips in ((False, 0, "max"), (True, -2, "both")):
        _, (ax,) = figures.row(1)
        figures.plane(ax, torch.tensor([[1.0, 4.0]]), signed=signed, limit=2)
        assert ax.images[0].get_clim() == (lowest, 2)
        assert ax.images[0].colorbar.extend == tips
    _, (ax,) = figures.row(1)
    figures.plane(ax, torch.tensor([[1.0, 4.0]]), limit=4)
    assert ax.images[0].colorbar.extend == "neither"


def test_one_bar_stands_out():
    _, (ax,) = figures.row(1)
    figures.bars(ax, {"a": 0.5, "b": 0.4, "c": 0.2}, lead="b")
    shades = [patch.get_facecolor() for patch in ax.patches]  # from the last to the first
    assert shades[0] == shades[2] != shades[1]


def test_pictures_side_by_side_have_one_height():
    sheet = figures.side_by_side([np.zeros((4, 4, 3), np.uint8), np.full((9, 9, 3), 255, np.uint8)], side=50, gap=10)
    assert sheet.size == (110, 50)
    assert sheet.getpixel((10, 10)) == (0, 0, 0)
