"""`run.py test`: what pytest is called with, and that its verdict is passed on."""

import os
from pathlib import Path

import pytest

from launcher import environment, processes, slides, suite

TESTS = """
import os
from cam_course import here

def test_good(): assert here
def test_bad(): assert False
def test_one_thread(): assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "1"
def test_a_worker_of_its_own(): assert os.environ["PYTEST_XDIST_WORKER"].startswith("gw")
"""


@pytest.fixture
def tested(course):
    for name, text in (("cam_course/__init__.py", "here = True"), ("tests/test_it.py", TESTS)):
        path = course.folder / name
        path.parent.mkdir()
        path.write_text(text)
    return course


@pytest.mark.parametrize(
    ("arguments", "status", "verdict"),
    [
        ((), 1, "1 failed, 3 passed"),
        (("tests/test_it.py::test_good", "-n0"), 0, "1 passed"),
        (("-n0", "-k", "nothing_of_that_name"), 5, "4 deselected"),
    ],
)
def test_pytests_arguments_and_verdict_are_passed_on(tested, arguments, status, verdict):
    result = tested.run("test", "--current-environment", *arguments)
    assert (result.returncode, verdict in result.stdout) == (status, True), result.stdout
    assert not tested.venv.exists()


def test_the_command_keeps_a_notebooks_cells_together(monkeypatch):
    monkeypatch.setattr(suite, "workers", lambda: 3)
    command = suite.command(Path("python"), ["-x", "tests"])
    assert command == ["python", "-m", "pytest", "-n", "3", "--dist=loadfile", "--no-loadscope-reorder", "-x", "tests"]


def test_there_is_a_worker_for_each_core_within_reason(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    for cores, expected in ((None, 1), (2, 2), (96, suite.MOST_WORKERS)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert suite.workers() == expected


def test_the_environment_gets_the_extras_and_the_build_that_was_asked_for(monkeypatch):
    asked = {}

    def ensure(extras, *, cpu):
        asked["environment"] = (extras, cpu)
        return Path("python")

    monkeypatch.setattr(environment, "ensure", ensure)
    monkeypatch.setattr(suite, "run_to_end", lambda command, variables: asked.update(command=command) or 7)
    monkeypatch.setattr(slides.shutil, "which", lambda name: "npm")
    assert suite.run(["--cpu", "-k", "words"]) == 7
    assert asked["environment"] == (("test", "peers"), True)
    assert asked["command"][-2:] == ["-k", "words"]
    monkeypatch.setattr(slides.shutil, "which", lambda name: None)
    suite.run([])
    assert asked["environment"] == (("test", "peers", "slides"), False)  # the tests of the slides need npm


def test_a_python_without_the_test_packages_is_told_which(monkeypatch, capsys):
    from launcher import cli

    monkeypatch.setattr(suite.importlib.util, "find_spec", lambda name: None if name in ("nbval", "xdist") else name)
    assert cli.main(["test", "--current-environment"]) == 1
    assert "without pytest-xdist, nbval; install them there" in capsys.readouterr().err


def test_an_environment_for_tests_serves_the_lab_but_not_the_other_way_round(monkeypatch):
    monkeypatch.setattr(environment, "current_key", lambda: "now")
    stamp = {"complete": True, "key": "now", "extras": ["peers", "test"], "cpu": False}
    monkeypatch.setattr(environment, "read_stamp", lambda: stamp)
    assert environment.is_current((), cpu=False)
    assert environment.is_current(suite.EXTRAS, cpu=False)
    assert not environment.is_current((), cpu=True)
    stamp["extras"] = []
    assert environment.is_current((), cpu=False)
    assert not environment.is_current(suite.EXTRAS, cpu=False)
    stamp["key"] = "then"
    assert not environment.is_current((), cpu=False)


def test_compiled_files_are_kept_for_the_next_kernel(monkeypatch):
    # set in many container images; every one of a hundred kernels would compile PyTorch anew
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    kept = processes.clean_environment()
    assert "PYTHONDONTWRITEBYTECODE" not in kept
    assert kept["PYTHONUNBUFFERED"] == "1"
