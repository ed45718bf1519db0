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


def test_even_noise_fits_and_keeps_its_size():
    data = photos.small_jpeg(noisy())
    assert len(data) <= figures.LARGEST
    assert Image.open(io.BytesIO(data)).width == 960


def test_a_picture_carries_its_alternative_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    photos.show_photos(noisy(), "Eight squares of colored noise.")
    ((data, options),) = shown
    assert set(data) == {"image/jpeg", "text/plain"}
    assert options["metadata"] == {"image/jpeg": {"alt": "Eight squares of colored noise."}}
    with pytest.raises(ValueError, match="alternative text that says"):
        photos.show_photos(noisy(), "noise")
