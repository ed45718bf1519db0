"""Lesson 12 with its switch on: every cell runs in a kernel, which fetches from a server on this machine."""

import hashlib
import io
import re

import nbformat
import pytest
import torch
from torchvision import models

from cam_course import weights
from cam_course.downloads.public import REPOSITORY
from cam_course.lesson.execute import execute, number_of, read, solve
from tests.downloads.small_hub import File, Hub

from .rules import NOTEBOOKS, ROOT, code_cells
from .solved import assert_solved

SWITCH = "ONLINE = False"
FETCHED = "/models/pot_plant_classifier_gap/model.pth"
# In the kernel: the guard of the tests, and torchvision's address, which holds the digest of what is fetched.
BEFORE = """
from torchvision import models
from tests import loopback
loopback.pytest_configure()
models.get_model_weights("resnet18").DEFAULT.value.url = {url!r}
"""
# At the end: the guard is still there, and the way out is shut.
AFTER = """
import socket, urllib.request
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open("http://192.0.2.1/", timeout=1)
except OSError as error:
    print(error.reason)
"""


def saved(state):
    stream = io.BytesIO()
    torch.save(state, stream)
    return stream.getvalue()


def of_resnet18():
    """A checkpoint of the network's own keys, drawn from a seed, and the address that holds its digest."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        content = saved(models.get_model("resnet18", weights=None).state_dict())
    return f"/models/resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth", content


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """The server, and an environment in which no cache holds anything and nobody else is asked."""
    for name in ("HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    server = Hub()
    own = {"HF_ENDPOINT": server.address, "HF_HOME": tmp_path / "home", "TORCH_HOME": tmp_path / "torch"}
    kernel = {"PYTHONPATH": ROOT, "OMP_NUM_THREADS": 1, "HF_HUB_DISABLE_IMPLICIT_TOKEN": 1}
    direct = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
    for name, value in (own | kernel | direct).items():
        monkeypatch.setenv(name, str(value))
    yield server
    server.close()


def switched_on(path):
    """The lesson, solved, its switch on."""
    notebook = solve(read(path))
    (cell,) = (cell for _, cell in code_cells(notebook) if SWITCH in cell.source)
    cell.source = cell.source.replace(SWITCH, "ONLINE = True")
    return notebook


def printed(cells):
    return "\n".join(output.get("text", "") for cell in cells for output in cell.outputs)


def test_the_lesson_done_online(hub):
    (path,) = (path for path in NOTEBOOKS if number_of(path) == "12")
    address, content = of_resnet18()
    hub.files[address] = File(content)
    # trained here on pots whose color gives the plant away; its keys are those of the public network
    hub.put(FETCHED[1:], saved(weights.load("tutorial").state_dict()), repository=REPOSITORY)
    notebook = switched_on(path)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(BEFORE.format(url=hub.address + address)))
    notebook.cells.append(nbformat.v4.new_code_cell(AFTER))
    cells = [cell for _, cell in code_cells(execute(notebook, path.parent))]
    assert_solved(cells)
    text = printed(cells)
    assert "1000 classes, such as tench, goldfish" in text
    share = re.search(r"the public network: names the color's kind ≈ ([\d.]+)", text)
    assert float(share[1]) > 0.9  # untrained weights name one kind, whatever the color: 0.25
    assert text.rstrip().endswith("expected tests to stay on this machine, got a question for the address of 192.0.2.1")
    got = [path for command, path in hub.asked if command == "GET"]
    assert address in got and any(path.startswith("/store/") for path in got)
