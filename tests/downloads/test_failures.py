"""Each way in which a download fails: one sentence, a way on without a network, and nothing left behind."""

import errno
import re
import ssl
import urllib.error

import pytest

from cam_course import weights
from cam_course.downloads import settings
from cam_course.downloads.failures import OFFLINE, explained, told

from .conftest import kept, saved, values
from .small_hub import PAGE

FILE = "models/model.pth"
BIG = 1_000_000


class Malice:
    def __reduce__(self):
        return print, ("code ran",)


@pytest.fixture
def refused(module, home):
    """A call that must fail with this message and leave the module and the cache as they were."""

    def call(error, message):
        with pytest.raises(error) as caught:
            weights.from_hub(module, "ann/net", FILE)
        text = str(caught.value)
        assert re.search(message, text), text
        assert text.startswith("expected models/model.pth of ann/net (main)") and "\n" not in text
        assert text.endswith(OFFLINE)
        assert values(module) == [0.0, 0.0, 0.0]
        assert kept(home) == []
        return caught.value

    return call


@pytest.fixture
def healed(hub, content, module, refused):
    """A call that fails, and the next one, to a hub that has become well, that does not."""

    def call(error, message):
        refused(error, message)
        hub.files.clear()
        hub.put(FILE, content)
        assert values(weights.from_hub(module, "ann/net", FILE)) == [3.0, 3.0, 3.0]

    return call


def test_no_network(hub, refused, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    cause = refused(ConnectionError, r"got no connection \(.*refused\); check network and proxy").__cause__
    assert cause is not None


def test_no_name_server(hub, refused, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    refused(ConnectionError, r"got no connection \(.*\); check network and proxy")


@pytest.mark.parametrize("where", ["answer", "body"])
def test_a_slow_network(hub, content, healed, where):
    hub.put(FILE, content * (BIG // len(content)), silent=where == "answer", after="stall" * (where == "body"))
    healed(TimeoutError, "got no answer in time; try again on a faster network, or raise HF_HUB_ETAG_TIMEOUT")


REFUSALS = [
    (401, "", PermissionError, r"got a refusal \(401\): a private repository, or none of this name.*hf auth login"),
    (401, "RepoNotFound", PermissionError, r"got a refusal \(401\).*hf auth login"),
    (403, "GatedRepo", PermissionError, r"got a gated repository \(403\); accept its terms"),
    (401, "GatedRepo", PermissionError, r"got a gated repository \(401\); accept its terms"),
    (403, "", PermissionError, r"got a refusal \(403\); ask its owner"),
    (404, "RepoNotFound", FileNotFoundError, r"got no such repository \(404\); check the spelling"),
    (404, "RevisionNotFound", FileNotFoundError, r"got no such revision \(404\); check the spelling"),
    (404, "EntryNotFound", FileNotFoundError, r"got no such file \(404\); check the spelling"),
    (404, "", FileNotFoundError, r"got no such file \(404\); check the spelling"),
    (429, "", OSError, r"got an error of the server \(429\); try again later"),
    (503, "", OSError, r"got an error of the server \(503\); try again later"),
]


@pytest.mark.parametrize(("status", "code", "error", "message"), REFUSALS)
def test_a_refusal(hub, content, healed, status, code, error, message):
    hub.put(FILE, content, status=status, code=code)
    healed(error, message)


@pytest.mark.parametrize("stored", ["lfs", "git"])
def test_a_body_that_is_cut_off(hub, content, healed, stored):
    hub.put(FILE, content, after="cut", stored=stored)
    healed(OSError, "got a download that was cut off; nothing of it was kept; try again")


def test_a_large_body_that_is_cut_off_each_time_ends(hub, content, refused, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1 << 16)
    hub.put(FILE, content * (BIG // len(content)), after="cut")
    refused(OSError, "got a download that was cut off")
    assert len([1 for command, _ in hub.asked if command == "GET"]) <= 6  # half a file each


def test_a_body_of_another_length_than_told(hub, content, healed):
    hub.put(FILE, content, headers={"X-Linked-Size": len(content) + 1})
    healed(OSError, "got a download that was cut off")


def test_the_right_size_with_wrong_bytes(hub, content, healed):
    wrong = bytearray(content)
    wrong[-100] ^= 1
    hub.put(FILE, content, sent=bytes(wrong))
    healed(ValueError, r"with SHA-256 [0-9a-f]{12}… \(as the Hub names it\), got .*fetches it anew")


def test_a_page_in_the_place_of_the_file(hub, content, healed):
    page = PAGE.ljust(len(content))
    hub.put(FILE, content, sent=page)
    healed(ValueError, "to hold weights, got a web page .'<!doctype html>")


def test_a_page_in_the_place_of_the_answer(hub, content, healed):
    hub.put(FILE, PAGE, stored="git", headers={"X-Repo-Commit": None})
    healed(ValueError, "got an answer that is no Hub's, as a network's log-in page gives; open a page")


@pytest.mark.parametrize("header", ["X-Repo-Commit", "X-Linked-ETag"])
def test_an_answer_that_leads_out_of_the_cache(hub, content, healed, home, header):
    hub.put(FILE, content, headers={header: "../../../../stolen"})
    healed(ValueError, "got an answer whose commit or tag is no name; trust no such server")
    assert not list(home.parent.rglob("stolen*"))


@pytest.mark.parametrize("options", [{}, {"_use_new_zipfile_serialization": False}])
@pytest.mark.parametrize("wrap", [lambda bad: {"weight": bad}, lambda bad: bad], ids=["inside", "alone"])
def test_a_pickle_that_wants_to_run_code(hub, healed, capsys, wrap, options):
    hub.put(FILE, saved(wrap(Malice()), **options))
    healed(ValueError, r"to hold numbers only, got a pickle that wants to run [\w.]*print, which was not done")
    assert "code ran" not in capsys.readouterr().out


def test_a_disk_that_is_full_before(hub, content, healed):
    hub.put(FILE, content, headers={"X-Linked-Size": 10**18})
    healed(OSError, "got a full disk; make room, or set HF_HOME and TORCH_HOME")


def test_a_disk_that_fills_up(hub, content, home, module, refused, monkeypatch):
    def fill(url, temp_file, **_):
        temp_file.write(b"begun")
        raise OSError(errno.ENOSPC, "No space left on device")

    hub.put(FILE, content)
    with monkeypatch.context() as full:
        full.setattr("huggingface_hub.file_download.http_get", fill)
        refused(OSError, "got a full disk; make room")
    assert values(weights.from_hub(module, "ann/net", FILE)) == [3.0, 3.0, 3.0]


def test_a_cache_that_cannot_be_written(hub, content, refused, monkeypatch):
    def deny(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    hub.put(FILE, content)
    monkeypatch.setattr("huggingface_hub.file_download.http_get", deny)
    refused(PermissionError, "got a cache that cannot be written; set HF_HOME")


def test_a_download_that_is_stopped_leaves_nothing(hub, content, home, module, monkeypatch):
    def stop(url, temp_file, **_):
        temp_file.write(b"begun")
        raise KeyboardInterrupt

    hub.put(FILE, content)
    monkeypatch.setattr("huggingface_hub.file_download.http_get", stop)
    with pytest.raises(KeyboardInterrupt):
        weights.from_hub(module, "ann/net", FILE)
    assert kept(home) == []


@pytest.mark.parametrize(
    ("error", "kind", "got"),
    [
        (
            urllib.error.URLError(ssl.SSLCertVerificationError("bad clock")),
            ConnectionError,
            "no connection .*bad clock",
        ),
        (urllib.error.URLError(PermissionError(1, "firewall")), ConnectionError, "no connection .*firewall"),
        (ConnectionResetError(104, "reset"), ConnectionError, "no connection .*reset"),
        (RuntimeError("first\nsecond"), OSError, "RuntimeError: first; try"),
        (RuntimeError(), OSError, "RuntimeError: without a word"),
    ],
)
def test_other_causes_are_told_in_a_sentence(error, kind, got):
    sentence = explained(error, "x of y")
    assert type(sentence) is kind
    assert re.fullmatch(f"expected x of y, got {got}.*", str(sentence))


def test_the_cause_stays_attached():
    cause = RuntimeError("why")
    with pytest.raises(OSError) as caught, told("x"):
        raise cause
    assert caught.value.__cause__ is cause


@pytest.mark.parametrize("wrong", ["0", "-1", "soon", "0.5", "inf"])
def test_a_timeout_that_is_none_is_refused(monkeypatch, wrong):
    monkeypatch.setenv("HF_HUB_ETAG_TIMEOUT", wrong)
    with pytest.raises(ValueError, match=f"expected HF_HUB_ETAG_TIMEOUT as whole seconds above 0, got '{wrong}'"):
        settings.timeout()
