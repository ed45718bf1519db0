"""A hub on this machine, a cache of its own, and no waiting."""

import io
import time

import pytest
import torch
from torch import nn

from cam_course.downloads import settings

from .small_hub import Hub


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Every cache in a new folder, and none of the reader's settings."""
    for name in ("HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_TOKEN", "HF_HUB_ETAG_TIMEOUT", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    return tmp_path / "home"


@pytest.fixture
def hub(home, monkeypatch):
    """The server, in the place of the Hub."""
    from huggingface_hub import constants

    server = Hub()
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setattr(settings, "timeout", lambda: 0.3)
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.2)
    # what newer versions ask the Hub besides goes to the constant's address
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    template = server.address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)  # between the library's five tries
    yield server
    server.close()


def small(fill=0.0):
    """Two numbers and a bias, all alike."""
    module = nn.Linear(2, 1)
    for parameter in module.parameters():
        nn.init.constant_(parameter, fill)
    return module


def saved(state, **options):
    """The bytes of torch.save."""
    stream = io.BytesIO()
    torch.save(state, stream, **options)
    return stream.getvalue()


@pytest.fixture
def content():
    return saved(small(3.0).state_dict())


@pytest.fixture
def module():
    return small(0.0)


def values(module):
    return [value for parameter in module.parameters() for value in parameter.flatten().tolist()]


def kept(home):
    """Every file of the caches but the library's own locks, tags and marks, and what a branch means."""
    files = (path for path in home.rglob("*") if path.is_file() and "refs" not in path.parts)
    return [path for path in files if not {".lock", ".TAG"} & {path.suffix} and ".no_exist" not in path.parts]
