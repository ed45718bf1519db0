import io

import pytest
import torch
from PIL import Image

from cam_course.lesson import figures, photos


def noisy():
    fig, axes = figures.row(4, rows=2)
    for seed, ax in enumerate(axes):
        figures.picture(ax, torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(seed)), f"noise {seed}")
    return fig


def test_what_fits_keeps_its_size_and_even_noise_is_made_to_fit():
    _, (ax,) = figures.row(1)
    smooth = photos.small_jpeg(figures.picture(ax, torch.linspace(0, 1, 64).expand(3, 64, 64)).figure)
    assert Image.open(io.BytesIO(smooth)).width == 960
    assert len(photos.small_jpeg(noisy())) <= figures.LARGEST


def test_a_picture_carries_its_alternative_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    photos.show_photos(noisy(), "Eight squares of colored noise.")
    ((data, options),) = shown
    assert set(data) == {"image/jpeg", "text/plain"}
    assert options["metadata"] == {"image/jpeg": {"alt": "Eight squares of colored noise."}}
    with pytest.raises(ValueError, match="alternative text that says"):
        photos.show_photos(noisy(), "noise")


def test_a_row_shows_each_photograph_as_it_is_under_its_name(monkeypatch):
    figures_shown = []
    monkeypatch.setattr(photos, "show_photos", lambda figure, alt: figures_shown.append((figure, alt)))
    named = {"red": Image.new("RGB", (6, 4), "red"), "blue": Image.new("RGB", (4, 6), "blue")}
    photos.show_row(named, "A red and a blue picture.", title="Two pictures")
    ((figure, alt),) = figures_shown
    red, blue = figure.axes
    assert (red.get_title(), blue.get_title(), alt) == ("red", "blue", "A red and a blue picture.")
    assert red.images[0].get_array()[0, 0].tolist() == [255, 0, 0]
    assert blue.images[0].get_array().shape == (6, 4, 3)
