"""torchvision's networks by name: the numbers, the transform and the names that belong together; the same failures."""

import hashlib
import re

import pytest
import torch
from PIL import Image
from torchvision import models

from cam_course import weights
from cam_course.downloads import ready, settings
from cam_course.downloads.failures import OFFLINE
from cam_course.report import report

from .conftest import saved
from .small_hub import PAGE, File

NAME = "squeezenet1_1"  # the smallest: 5 MB


@pytest.fixture(scope="module")
def squeezed():
    """The file of a network, whose last biases count: 0, 1, 2 …"""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        state = models.get_model(NAME, weights=None).state_dict()
    state["classifier.1.bias"] = torch.arange(1000.0)
    return saved(state)


@pytest.fixture
def serve(hub, monkeypatch):
    """A function that serves a file under the name of its digest, as torchvision does, in the place of the true one."""

    def put(content, **how):
        address = f"/models/{NAME}-{hashlib.sha256(content).hexdigest()[:8]}.pth"
        hub.files[address] = File(content, **how)
        monkeypatch.setattr(models.get_model_weights(NAME).DEFAULT.value, "url", hub.address + address)
        return hub.files[address]

    return put


def refused(error, message):
    return pytest.raises(error, match=message)


def left():
    cache = settings.torch_cache()
    return list(cache.iterdir()) if cache.exists() else []


def test_a_network_comes_with_its_transform_and_its_names(serve, squeezed):
    serve(squeezed)
    state = torch.get_rng_state()
    got = weights.torchvision(NAME)
    assert torch.equal(torch.get_rng_state(), state)
    assert got.name == NAME and not got.model.training
    assert got.model.classifier[1].bias.tolist() == list(range(1000))
    assert (
        got.categories[:2] == ("tench", "goldfish") and got.categories[281] == "tabby" and len(got.categories) == 1000
    )
    image = got.transform(Image.new("RGB", (400, 300), (124, 116, 104)))  # nearly ImageNet's mean
    assert image.shape == (3, 224, 224) and image.abs().max() < 0.02


def test_the_second_time_and_offline_ask_nobody(serve, squeezed, hub, monkeypatch):
    serve(squeezed)
    weights.torchvision(NAME)
    hub.close()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert weights.torchvision(NAME).model.classifier[1].bias[7] == 7


def test_offline_without_the_cache_asks_nobody(serve, squeezed, hub, monkeypatch):
    serve(squeezed)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with refused(ConnectionError, r"of torchvision \(squeezenet1_1\), got no copy in the cache, and HF_HUB_OFFLINE"):
        weights.torchvision(NAME)
    assert hub.asked == []


def test_unknown_names_are_refused_with_the_nearest():
    with refused(
        ValueError, "expected the name of a network of torchvision, got 'resnet_18'; did you mean 'resnet18'?"
    ):
        weights.torchvision("resnet_18")
    assert {"resnet18", "vgg16", "densenet121", NAME} <= set(weights.torchvision_names())
    assert "fcn_resnet50" not in weights.torchvision_names()  # segmentation has no one category


def test_every_address_of_torchvision_ends_in_a_digest():
    urls = [models.get_model_weights(name).DEFAULT.url for name in weights.torchvision_names()]
    assert [url for url in urls if not ready._FILE.fullmatch(url.rpartition("/")[2])] == []


CONTENT = saved({"a": torch.zeros(3)})
WRONG = CONTENT[:-1] + b"!"
WAYS = {
    "cut": (dict(after="cut"), OSError, "got a download that was cut off; nothing of it was kept"),
    "stall": (dict(after="stall"), TimeoutError, "got no answer in time"),
    "silent": (dict(silent=True), TimeoutError, "got no answer in time"),
    "403": (dict(status=403), PermissionError, r"got a refusal \(403\)"),
    "404": (dict(status=404), FileNotFoundError, r"got no such file \(404\)"),
    "500": (dict(status=500), OSError, r"got an error of the server \(500\)"),
    "wrong bytes": (
        dict(sent=WRONG),
        ValueError,
        r"SHA-256 [0-9a-f]{8}…, got [0-9a-f]{12}…; nothing of it was",
    ),
    "page": (dict(sent=PAGE.ljust(len(CONTENT))), ValueError, "got a web page .'<!doctype html>.*open a page"),
}


@pytest.mark.parametrize("way", WAYS)
def test_failures_are_told_and_leave_nothing(serve, way):
    how, error, message = WAYS[way]
    serve(CONTENT, **how)
    with refused(error, message) as caught:
        weights.torchvision(NAME)
    assert OFFLINE in str(caught.value)
    assert left() == []


def test_no_network(serve, hub, monkeypatch):
    serve(CONTENT)
    url = "http://127.0.0.1:9/squeezenet1_1-00000000.pth"
    monkeypatch.setattr(models.get_model_weights(NAME).DEFAULT.value, "url", url)
    with refused(ConnectionError, r"got no connection \(.*refused.*\); check network"):
        weights.torchvision(NAME)
    assert left() == []


def test_a_full_disk(serve, monkeypatch):
    serve(CONTENT)
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 10}))
    with refused(OSError, "got a full disk; make room"):
        weights.torchvision(NAME)
    assert left() == []


def test_a_pickle_that_wants_to_run_code_is_not_given_to_torchvision(serve, capsys):
    serve(saved({"a": torch.zeros(1), "b": print}))
    with refused(ValueError, r"a pickle that wants to run [\w.]*print, which was not done"):
        weights.torchvision(NAME)
    assert left() == [] and "code ran" not in capsys.readouterr().out


def test_a_changed_cache_is_refused_and_fetched_anew(serve, squeezed):
    serve(squeezed)
    weights.torchvision(NAME)
    (file,) = left()
    content = bytearray(squeezed)
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with refused(ValueError, r"with SHA-256 [0-9a-f]{8}… \(as its name says\), got .*fetches it anew") as caught:
        weights.torchvision(NAME)
    assert str(caught.value).endswith(OFFLINE)
    assert left() == []
    assert weights.torchvision(NAME).model.classifier[1].bias[7] == 7


def test_keys_that_do_not_fit_are_named_and_the_whole_digest_is_recorded(serve, home):
    serve(CONTENT)
    with refused(ValueError, r"to fit, got: Error\(s\)") as caught:
        weights.torchvision(NAME)
    assert "features.0.weight" in str(caught.value) and 'Unexpected key(s) in state_dict: "a"' in str(caught.value)
    (record,) = (home / "assets" / "cam_course" / "digests").iterdir()
    assert hashlib.sha256(CONTENT).hexdigest() in record.read_text("utf-8")


def test_another_file_whose_digest_begins_alike_is_refused(serve, squeezed, home):
    serve(squeezed)
    weights.torchvision(NAME)
    (record,) = (home / "assets" / "cam_course" / "digests").iterdir()
    known = hashlib.sha256(squeezed).hexdigest()
    record.write_text(record.read_text("utf-8").replace(known, known[:8] + "0" * 56), "utf-8")
    with refused(ValueError, rf"with SHA-256 {known[:8]}0000… \(recorded on first use in .*\.json\), got"):
        weights.torchvision(NAME)


@pytest.mark.parametrize("url", ["https://host/net.pth", "https://host/../net-0123456.pth", "file:///net-01234567.pth"])
def test_addresses_that_promise_nothing_are_refused(home, monkeypatch, url):
    monkeypatch.setattr(models.get_model_weights(NAME).DEFAULT.value, "url", url)
    with refused(ValueError, f"expected an address .*got '{re.escape(url)}'"):
        weights.torchvision(NAME)


def test_a_report_asks_it_by_name(serve, squeezed):
    serve(squeezed)
    html = report(f"torchvision:{NAME}", Image.new("RGB", (300, 200), "gray"), methods=["grad_cam"], steps=0)
    assert "asked of <bdi>torchvision:squeezenet1_1</bdi>" in html
    assert "<bdi>toilet tissue</bdi> (number 999)" in html  # whose bias is highest
