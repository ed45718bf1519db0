"""Binder's own tool reads the repository's files, and what would run there does what it should."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

buildpacks = pytest.importorskip(
    "repo2docker.buildpacks", reason="no repo2docker (Linux only); python3 run.py test installs it"
)

ROOT = Path(__file__).parent.parent


@pytest.fixture
def pack(monkeypatch):
    """What repo2docker makes of this repository."""
    monkeypatch.chdir(ROOT)
    pack = buildpacks.CondaBuildPack("a-base-image")
    pack.platform = "linux/amd64"
    return pack


def test_conda_is_the_first_that_feels_responsible(pack):
    from repo2docker.app import Repo2Docker

    first = next(one for one in Repo2Docker().buildpacks if one("a-base-image").detect())
    assert first is buildpacks.CondaBuildPack
    assert pack.binder_dir == ""  # the files lie in the root


def test_the_python_is_one_that_binder_keeps_a_tested_base_for(pack):
    (line,) = [line for line in environment()["dependencies"] if line.startswith("python=")]
    assert f"python={pack.python_version}" == line
    assert not pack.separate_kernel_env
    locks = [name for name in pack.get_build_script_files() if name.endswith(".lock")]
    assert locks == [f"conda/environment.py-{pack.python_version}-linux-64.lock"]


def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_the_dockerfile_solves_the_list_before_it_copies_the_course_and_builds_the_course_at_the_end(pack):
    dockerfile = pack.render()
    steps = [
        "COPY --chown=1000:1000 src/environment.yml ${REPO_DIR}/environment.yml",
        'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"',
        "COPY --chown=1000:1000 src/ ${REPO_DIR}/",  # so that a changed lesson does not solve and fetch everything anew
        "RUN chmod +x postBuild",
        "RUN ./postBuild",
    ]
    places = [dockerfile.find(step) for step in steps]
    assert -1 not in places and places == sorted(places)
    for extra in ("pytest", "nbval", "playwright", "requirements.txt"):
        assert extra not in dockerfile
        assert not any(extra in str(line) for line in environment()["dependencies"])


@pytest.fixture
def built(tmp_path):
    """A folder in which `postBuild` ran, with a Python that only writes down what it is asked for."""
    prefix, tools = tmp_path / "env", tmp_path / "bin"
    tools.mkdir()
    python = tools / "python"
    python.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/asked"\n')
    python.chmod(0o755)
    variables = {"PATH": f"{tools}:{os.environ['PATH']}", "NB_PYTHON_PREFIX": str(prefix)}
    command = [str(ROOT / "postBuild")]
    subprocess.run(command, cwd=tmp_path, env=variables, check=True)
    return tmp_path


def test_pip_installs_the_course_and_none_of_its_dependencies(built):
    asked = (built / "asked").read_text()
    assert asked == "-m pip install --no-cache-dir --no-deps --editable .\n"


def test_jupyterlab_does_not_ask_about_news(built):
    from launcher.environment import PAGE_CONFIG

    assert json.loads((built / "env/etc/jupyter/labconfig/page_config.json").read_text()) == PAGE_CONFIG


@pytest.mark.parametrize(
    ("given", "threads"),
    [
        ({"CPU_LIMIT": "2.0"}, "2"),
        ({"CPU_LIMIT": "0.5"}, "1"),
        ({"CPU_LIMIT": "1"}, "1"),
        ({}, ""),
        ({"CPU_LIMIT": "4", "OMP_NUM_THREADS": "3"}, "3"),
    ],
)
def test_at_the_start_threads_follow_the_limit(built, given, threads):
    script = built / "env/etc/conda/activate.d/cam_course.sh"
    command = ["bash", "-c", f'set -eu; . "{script}"; echo "${{OMP_NUM_THREADS:-}}"']
    result = subprocess.run(command, env=given, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == [threads]
