"""What a reader sees first: tidy code, no trace of anybody's machine, a repository that is quick to clone."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOST_BYTES = 20_000_000
MOST_BYTES_WITH_HISTORY = 40_000_000

# a folder at the root of somebody's disk; put together here so that this file does not find itself
MACHINE_PATH = re.compile(
    r"(?<![\w./$<>~}-])/(?:" + "|".join(["work", "root", "home", "Users", "tmp", "opt"]) + r")/[\w.]"
)
REGISTRIES = re.compile(
    "|".join([r"\bpypi\." + "org", "python" + "hosted", r"download\.pytorch\." + "org", r"conda\.anaconda\." + "org"])
    + "|"
    + "|".join([r"registry\.npmjs\." + "org", r"pypi\.python\." + "org", r"crates\." + "io"])
)


@cache
def shipped_files():
    """Return what a clone holds, and what the next commit would add."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):  # a downloaded archive: everything outside the caches
        hidden = {".venv", ".git", ".cache", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis", "build"}
        names = [path for path in ROOT.rglob("*") if not hidden & set(path.relative_to(ROOT).parts)]
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


# feeds the notebooks' own rule with invented paths
ABOUT_PATHS = {"tests/notebooks/test_shape.py"}


def texts():
    for path in shipped_files():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture, or a network's weights


def traces(pattern):
    return [f"{name}: {found}" for name, text in texts() for found in sorted(set(pattern.findall(text)))]


@pytest.mark.parametrize("arguments", [["check"], ["format", "--check", "--diff"]], ids=["lint", "format"])
def test_ruff_has_nothing_to_say(arguments):
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--quiet", str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_ruff_reads_the_notebooks_too():
    command = [sys.executable, "-m", "ruff", "check", "--show-files", str(ROOT)]
    shown = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT).stdout
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks
    assert [path for path in notebooks if str(path) not in shown] == []


def test_a_clone_is_small():
    assert sum(path.stat().st_size for path in shipped_files()) <= MOST_BYTES


def test_a_clone_with_its_history_is_small():
    """What git would send to somebody who clones; of a shallow checkout, the part that is there."""
    command = ["git", "-C", str(ROOT), "pack-objects", "--revs", "--stdout", "-q", "--threads=1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as sender:
        sent, said = sender.communicate(b"HEAD\n")
    assert sender.returncode == 0 or not (ROOT / ".git").exists(), said.decode()
    assert len(sent) <= MOST_BYTES_WITH_HISTORY


def test_no_file_names_a_folder_of_somebodys_machine():
    assert [trace for trace in traces(MACHINE_PATH) if trace.split(":")[0] not in ABOUT_PATHS] == []


def test_no_file_names_a_package_registry():
    assert traces(REGISTRIES) == []


@pytest.mark.parametrize("path", ["work/main", "home/ann/course", "Users/ann", "tmp/x", "root/.cache"])
def test_such_a_folder_would_be_found(path):
    assert MACHINE_PATH.search(f'open("/{path}")')
    assert MACHINE_PATH.search(f"File /{path}, line 1")


@pytest.mark.parametrize("text", ["tests/tmp/x", "https://example.org/home/a", "$HOME/lab/x", "~/lab/x", "/usr/bin/x"])
def test_other_paths_are_let_be(text):
    assert not MACHINE_PATH.search(text)


def test_a_registry_would_be_found():
    assert REGISTRIES.search("https://" + "pypi" + ".org/simple")
    assert not REGISTRIES.search("https://github.com/x")
