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
