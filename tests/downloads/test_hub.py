"""From the Hub: the right numbers, once over the network and then from the cache, the same ever after."""

import hashlib
import json
import os
import shutil
import subprocess
import sys

import pytest
import torch
from safetensors.torch import save

from cam_course import weights
from cam_course.downloads.digests import record
from cam_course.downloads.hub import Asked

from .conftest import kept, small, values
from .small_hub import COMMIT, LATER

FILE = "models/model.pth"
SOURCE = f"hub:ann/net@main/{FILE}"


def load(module, **options):
    return weights.from_hub(module, "ann/net", FILE, **options)


@pytest.mark.parametrize("stored", ["lfs", "git"])
def test_a_module_is_filled_and_returned_in_its_mode(hub, content, module, stored):
    hub.put(FILE, content, stored=stored)
    assert load(module) is module
    assert values(module) == [3.0, 3.0, 3.0]
    assert module.training
    assert {command for command, path in hub.asked} == {"HEAD", "GET"}


def test_safetensors_are_read_too(hub, module):
    hub.put("model.safetensors", save(small(5.0).state_dict()))
    assert values(weights.from_hub(module, "ann/net", "model.safetensors")) == [5.0, 5.0, 5.0]


def test_numbers_saved_before_the_zip_are_read_too(hub, module, tmp_path):
    torch.save(small(4.0).state_dict(), tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    hub.put(FILE, (tmp_path / "old.pth").read_bytes())
    assert values(load(module)) == [4.0, 4.0, 4.0]


def test_the_second_time_asks_nobody(hub, content, module):
    hub.put(FILE, content)
    load(small())
    hub.asked.clear()
    assert values(load(module)) == [3.0, 3.0, 3.0]
    assert hub.asked == []


@pytest.mark.parametrize("switch", ["1", "true"])
def test_offline_the_cache_is_used(hub, content, module, monkeypatch, switch):
    hub.put(FILE, content)
    load(small())
    hub.close()
    monkeypatch.setenv("HF_HUB_OFFLINE", switch)
    assert values(load(module)) == [3.0, 3.0, 3.0]


def test_offline_without_the_cache_is_refused_and_asks_nobody(hub, content, module, monkeypatch):
    hub.put(FILE, content)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(
        ConnectionError, match=r"got no copy in the cache, and HF_HUB_OFFLINE .*weights\.load\('tutorial'"
    ):
        load(module)
    assert hub.asked == []


def test_digest_size_and_commit_are_recorded_on_first_use(hub, content, home, module):
    hub.put(FILE, content)
    load(module)
    assert json.loads(record(SOURCE).read_text("utf-8")) == {
        "source": SOURCE,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "commit": COMMIT,
    }
    assert record(SOURCE).is_relative_to(home / "assets" / "cam_course" / "digests")


def test_a_branch_means_what_it_meant_on_first_use(hub, content, module, home):
    hub.put(FILE, content)
    load(small())
    hub.commit = LATER
    hub.files[f"/ann/net/resolve/main/{FILE}"] = hub.put("new.pth", content[:-1])
    shutil.rmtree(home / "hub")
    hub.commit = COMMIT
    hub.asked.clear()
    assert values(load(module)) == [3.0, 3.0, 3.0]
    assert {path.split("/")[4] for _, path in hub.asked if "resolve" in path} == {COMMIT}


def test_a_named_commit_is_asked_for(hub, content, module):
    hub.put(FILE, content)
    load(module, revision=COMMIT)
    assert {path.split("/")[4] for _, path in hub.asked if "resolve" in path} == {COMMIT}


@pytest.mark.parametrize("upper", [False, True])
def test_a_digest_that_the_reader_knows_is_accepted(hub, content, module, upper):
    hub.put(FILE, content)
    known = hashlib.sha256(content).hexdigest()
    assert values(load(module, sha256=known.upper() if upper else known)) == [3.0, 3.0, 3.0]


def test_another_digest_than_the_reader_knows_is_refused_and_nothing_kept(hub, content, module, home):
    hub.put(FILE, content)
    with pytest.raises(ValueError, match=r"SHA-256 000000000000… \(as you gave it\), got"):
        load(module, sha256="0" * 64)
    assert kept(home) == []


@pytest.mark.parametrize("stored", ["lfs", "git"])
def test_a_changed_cache_is_refused_and_fetched_anew(hub, content, module, home, stored):
    hub.put(FILE, content, stored=stored)
    load(small())
    (blob,) = (home / "hub" / "models--ann--net" / "blobs").iterdir()
    blob.write_bytes(content.replace(b"\x00\x00\x40\x40", b"\x00\x00\x80\x40"))  # 3.0 and 4.0 in memory
    with pytest.raises(ValueError, match=r"recorded on first use in .*\.json\), got .*removed from the cache"):
        load(module)
    assert values(module) == [0.0, 0.0, 0.0]
    assert values(load(module)) == [3.0, 3.0, 3.0]


def test_a_changed_record_is_refused_with_its_place(hub, content, module):
    hub.put(FILE, content)
    load(module)
    record(SOURCE).write_text("{", "utf-8")
    with pytest.raises(ValueError, match=r"expected the record of hub:ann/net.*delete it"):
        load(module)


def test_a_record_that_cannot_be_written_is_told(hub, content, module, home):
    hub.put(FILE, content)
    (home / "assets").mkdir(parents=True)
    (home / "assets" / "cam_course").write_text("in the way")
    with pytest.warns(UserWarning, match=r"SHA-256 of hub:ann/net.* could not be recorded"):
        assert values(load(module)) == [3.0, 3.0, 3.0]


@pytest.mark.parametrize("wrong", ["abc", "g" * 64, "", 7])
def test_a_digest_that_is_none_is_refused(hub, module, wrong):
    with pytest.raises(ValueError, match="expected sha256 as 64 hex digits"):
        load(module, sha256=wrong)
    assert hub.asked == []


def test_a_progress_bar_is_shown(hub, content, module, capsys, monkeypatch):
    hub.put(FILE, content)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    load(module)
    assert "100%" in capsys.readouterr().err


OUTSIDE = ["../x", "a/../../x", "/etc/x", "a//x", "./x", "", "C:\\x", "C:x", "a\\..\\x", "\\\\host\\x", "x\x00", "a:b"]


@pytest.mark.parametrize("filename", OUTSIDE)
def test_a_filename_that_leads_out_is_refused_before_anything_is_asked(hub, module, home, filename):
    with pytest.raises(ValueError, match=r"expected filename as a path inside the repository.*got"):
        weights.from_hub(module, "ann/net", filename)
    assert hub.asked == [] and not home.exists()


NO_REPOSITORIES = ["../x", "a/../x", "a/b/c", "/a", "a/", ".a/b", "a--b", "a..b", "a/b.git", "ü/b", ""]


@pytest.mark.parametrize("repo_id", NO_REPOSITORIES)
def test_a_repository_that_cannot_be_one_is_refused(hub, module, repo_id):
    with pytest.raises(ValueError, match="expected repo_id as owner/name.*got"):
        weights.from_hub(module, repo_id, FILE)


@pytest.mark.parametrize("revision", ["../main", "a/../../b", "/main", "", "-x", "a b", "a\\b", "main\n"])
def test_a_revision_that_leads_out_is_refused(hub, module, revision):
    with pytest.raises(ValueError, match="expected revision as a branch, tag or commit.*got"):
        load(module, revision=revision)


@pytest.mark.parametrize("revision", ["main", "v1.0", "refs/pr/1", COMMIT, "a+b"])
def test_revisions_that_the_hub_knows_are_let_be(revision):
    assert Asked("ann/net", FILE, revision).source == f"hub:ann/net@{revision}/{FILE}"


@pytest.mark.parametrize("name", [None, 3, b"x"])
def test_names_are_texts(name):
    with pytest.raises(TypeError, match="expected filename as a path inside the repository.*give it as text"):
        weights.from_hub(small(), "ann/net", name)


FRESH = """
import os, sys, torch
from cam_course import weights
print(sorted({"huggingface_hub", "torchvision"} & set(sys.modules)))  # neither is paid for before it is needed
for offline in "", "1":
    os.environ["HF_HUB_OFFLINE"] = offline
    print(weights.from_hub(torch.nn.Linear(2, 1), "ann/net", "models/model.pth").bias.item())
"""


def test_a_fresh_interpreter_takes_everything_from_the_environment(hub, content):
    hub.put(FILE, content)
    own = {**os.environ, "HF_HUB_DISABLE_TELEMETRY": "1"}
    result = subprocess.run([sys.executable, "-c", FRESH], env=own, capture_output=True, text=True)
    assert result.stdout.split() == ["[]", "3.0", "3.0"], result.stderr
