"""`run.py setup` on machines as readers have them: fresh, without pip, without network, full, broken off, moved."""

import json
import shutil
import subprocess
import sys
import time

import pytest

from launcher import environment, failures
from launcher.failures import DISK, NETWORK, NO_BUILD, OTHER, diagnose

from .course import Course, bare_python, uv_in_the_index, uv_on_the_path

SYSTEM_WITHOUT_PIP = {"WITHOUT": "ensurepip"}


def install(course, *arguments):
    return ["pip", "install", "--python", course.python(), *arguments]


def test_the_first_set_up_says_what_it_fetches_and_the_second_has_nothing_to_do(course):
    uv_in_the_index(course)
    first = course.run("setup")
    assert first.returncode == 0, first.stdout + first.stderr
    assert course.asked_of_uv() == [install(course, "-e", ".")]
    assert "GB to download" in first.stdout
    assert first.stdout.index("GB to download") < first.stdout.index("ready")
    assert ("--cpu" in first.stdout) == (sys.platform == "linux")
    page = json.loads((course.venv / "etc/jupyter/labconfig/page_config.json").read_text())
    assert page["disabledExtensions"] == {"@jupyterlab/apputils-extension:announcements": True}
    second = course.run("setup")
    assert (second.returncode, course.asked_of_uv()) == (0, [])
    assert "nothing to do" in second.stdout


def test_what_changes_the_environment_is_installed_and_nothing_else(started):
    uv_in_the_index(started)
    reinstalled = ["--reinstall-package=torch", "--reinstall-package=torchvision"]

    def asked(*arguments):
        assert started.run(*arguments).returncode == 0
        return started.asked_of_uv()

    assert asked("setup") == [install(started, "-e", ".")]
    assert asked("setup", "--cpu") == [install(started, "--torch-backend=cpu", *reinstalled, "-e", ".")]
    assert asked("setup") == []
    (started.folder / "pyproject.toml").write_text("[project]\nname = 'small'\nversion = '2'\n")
    assert asked("setup") == [install(started, "--torch-backend=cpu", "-e", ".")]  # the choice of the build is kept
    moved = Course(started.folder.parent / "moved course", started.tools.parent / "other tools")
    shutil.copytree(started.venv, moved.venv, symlinks=True)
    assert moved.run("setup").returncode == 0
    assert moved.asked_of_uv() == [install(moved, "--torch-backend=cpu", "-e", ".")]


@pytest.mark.parametrize(
    ("says", "remedy"),
    [
        ("error: failed to write: No space left on device (os error 28)", "GB on disk), then run the same command"),
        ("error: Could not install torch", "remove the folder .venv first"),
        ("no wheels with a matching platform tag", "try another Python"),
    ],
)
def test_a_set_up_that_fails_says_what_to_do_and_is_repaired_by_the_next(started, says, remedy):
    uv_in_the_index(started)
    failed = started.run("setup", FAKE_UV_SAYS=says)
    assert failed.returncode == 1
    assert says in failed.stdout
    assert remedy in failed.stderr
    assert started.stamp()["complete"] is False
    assert started.run("setup").returncode == 0
    assert started.stamp()["complete"] is True
    assert len(started.asked_of_uv()) == 2


def test_a_network_that_uv_cannot_use_is_tried_with_pip(started):
    uv_in_the_index(started)
    result = started.run("setup", FAKE_UV_SAYS="error: Failed to fetch (dns error)")
    assert "pip does the work" in result.stdout
    assert len(started.asked_of_uv()) == 1
    assert result.returncode == 1  # this index holds nothing that pip could build the course with


def test_without_a_network_one_sentence_tells(started):
    dead = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": ""}
    result = started.run("setup", **dead)
    assert result.returncode == 1
    (sentence,) = result.stderr.strip().splitlines()
    assert sentence.startswith("Expected a connection to the package index, got none; check the network")


@pytest.mark.parametrize("missing", ["ensurepip", "ensurepip venv"])
def test_a_debian_without_pip_is_told_which_package_to_install(course, tmp_path, missing):
    result = course.run("setup", python=bare_python(tmp_path / "bare"), WITHOUT=missing)
    assert result.returncode == 1
    assert f"`sudo apt install python3.{sys.version_info.minor}-venv`" in result.stderr


@pytest.mark.parametrize("missing", ["ensurepip", "ensurepip venv"])
def test_without_pip_the_machines_uv_does_and_a_dead_environment_is_made_anew(course, tmp_path, missing):
    uv_on_the_path(course)
    course.venv.mkdir()
    (course.venv / "pyvenv.cfg").write_text("home = a Python that was removed")
    result = course.run("setup", python=bare_python(tmp_path / "bare"), WITHOUT=missing)
    assert result.returncode == 0, result.stdout + result.stderr
    calls = course.asked_of_uv()
    assert calls[-1] == install(course, "-e", ".")
    assert [call[0] for call in calls[:-1]] == (["venv"] if "venv" in missing.split() else [])


def test_without_pip_in_the_environment_the_systems_pip_fetches_uv(course, venv_with_pip):
    uv_in_the_index(course)
    system = shutil.copytree(venv_with_pip, course.tools / "system", symlinks=True)
    python = str(system / course.python().removeprefix(str(course.venv)).lstrip("/\\"))
    result = course.run("setup", python=python, **SYSTEM_WITHOUT_PIP)
    assert result.returncode == 0, result.stdout + result.stderr
    assert course.asked_of_uv() == [install(course, "-e", ".")]
    assert subprocess.run([course.python(), "-m", "pip", "--version"], capture_output=True).returncode != 0


def test_the_cpu_build_needs_uv(started):
    result = started.run("setup", "--cpu")
    assert result.returncode == 1
    assert "Expected uv for --cpu, got none" in result.stderr


def test_a_folder_of_something_else_is_left_alone(course):
    course.venv.mkdir()
    (course.venv / "thesis.txt").write_text("three years of work")
    result = course.run("setup")
    assert result.returncode == 1
    assert "Expected a virtual environment, got a folder of something else" in result.stderr
    assert (course.venv / "thesis.txt").read_text() == "three years of work"


def test_a_second_set_up_waits_for_the_first(started, monkeypatch):
    uv_in_the_index(started)
    monkeypatch.setattr(environment, "LOCK", started.folder / ".cache" / "setup.lock")
    with environment.one_at_a_time():
        other = subprocess.Popen(
            started.command("setup"), env=started.variables, stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert other.stdout.readline() == "Another set-up is at work here; waiting for it ...\n"
        time.sleep(0.5)
        assert other.poll() is None
        assert started.asked_of_uv() == []
    assert "ready" in other.communicate(timeout=60)[0]
    assert len(started.asked_of_uv()) == 1


def test_a_stamp_that_is_no_stamp_counts_as_none(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "STAMP", tmp_path / "cam_course.json")
    for text in ("", "{", "[]", "null"):
        environment.STAMP.write_text(text)
        assert environment.read_stamp() == {}


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("OSError: [Errno 28] No space left on device", DISK),
        ("There is not enough space on the disk. (os error 112)", DISK),
        ("error: Request failed after 3 retries\n  Caused by: dns error", NETWORK),
        ("Failed to establish a new connection: [Errno 111] Connection refused", NETWORK),
        ("ERROR: Could not find a version that satisfies the requirement uv (from versions: none)", NETWORK),
        ("invalid peer certificate: UnknownIssuer", NETWORK),
        ("No solution found when resolving dependencies", NO_BUILD),
        ("Downloading torch\nerror: connection reset, then: No space left on device", DISK),
        ("the compiler is unwell", OTHER),
    ],
)
def test_an_installers_complaint_is_understood(output, kind):
    assert diagnose(output) == kind
    assert failures.remedy(kind).startswith("Expected ")
