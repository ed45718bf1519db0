"""What is missing on Colab: told by versions, installed with everything else pinned, refused where it cannot be."""

import subprocess
import sys
import types

import pytest

from launcher import colab
from tests.test_environment import PROJECT


def test_the_dependencies_are_those_of_the_project():
    assert colab.dependencies() == PROJECT["dependencies"]
    assert {*colab.KEPT, *colab.NEEDLESS} <= {colab.name_of(text) for text in colab.dependencies()}


def test_their_bounds_are_of_the_kinds_that_are_understood():
    for text in colab.dependencies():
        bounds = text.removeprefix(colab.name_of(text)).split(",")
        assert all(bound.lstrip("<>=").replace(".", "").isdigit() for bound in bounds), text
        assert {bound.rstrip("0123456789.") for bound in bounds} <= {">=", "<"}, text


@pytest.mark.parametrize(
    ("version", "requirement", "does"),
    [
        ("11.2.1", "pillow>=11.2.1", True),
        ("11.10", "pillow>=11.2.1", True),
        ("11.2", "pillow>=11.2.1", False),
        ("2.6.0+cu124", "torch>=2.6", True),
        ("7.7.1", "ipywidgets>=7.7,<9", True),
        ("8.1.5", "ipywidgets>=7.7,<9", True),
        ("9.0.0", "ipywidgets>=7.7,<9", False),
        ("9", "ipywidgets>=7.7,<9.0", False),
        ("7.6.5", "ipywidgets>=7.7,<9", False),
        ("", "tqdm>=4.66", False),
        ("1", "tqdm", True),
    ],
)
def test_a_version_does_or_does_not(monkeypatch, version, requirement, does):
    monkeypatch.setattr(colab, "installed", lambda text: version)
    assert colab.satisfied(requirement) is does


@pytest.fixture
def machine(monkeypatch):
    """A machine with packages of given versions, and a pip that writes down what it is asked."""
    asked, versions = [], {}

    def pip(command, **options):
        constraints = next(part for part in command if part.startswith("--constraint="))
        with open(constraints.partition("=")[2], encoding="utf-8") as file:
            asked.append((command[command.index(constraints) + 1 :], file.read().splitlines()))
        return types.SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(colab, "installed", lambda text: versions.get(colab.name_of(text), ""))
    monkeypatch.setattr(colab.metadata, "distributions", lambda: listed(versions))
    monkeypatch.setattr(colab.metadata, "packages_distributions", lambda: {"pytest": ["Pillow"], "no_such": ["tqdm"]})
    monkeypatch.setattr(colab.subprocess, "run", pip)
    needed = {colab.name_of(text): "99" for text in colab.dependencies() if "<" not in text}
    versions.update(needed | {"ipywidgets": "7.7.1", "torch": "2.6.0+cu124", "Some_Other": "1.0"})
    return types.SimpleNamespace(versions=versions, asked=asked)


def listed(versions):
    return [types.SimpleNamespace(metadata={"Name": name}, version=version) for name, version in versions.items()]


def test_nothing_is_done_where_nothing_is_missing(machine, capsys):
    assert "jupyterlab" not in machine.versions  # Colab stands in for it
    colab.install_missing()
    assert (machine.asked, capsys.readouterr().out) == ([], "")


def test_what_is_missing_is_installed_and_all_else_is_held(machine, capsys):
    del machine.versions["tqdm"]
    colab.install_missing()
    ((requirements, held),) = machine.asked
    assert requirements == ["tqdm>=4.66"]
    assert {"torch==2.6.0+cu124", "numpy==99", "Some_Other==1.0"} <= {*held}
    assert len(held) == len(machine.versions)
    assert capsys.readouterr().out == "Installing tqdm>=4.66 ...\n"


def test_what_is_too_old_is_replaced_and_a_session_that_uses_it_is_told_to_restart(machine):
    machine.versions["pillow"] = "9.0"
    with pytest.raises(RuntimeError, match=r"^Expected a session that starts with the new pillow, .*Restart session"):
        colab.install_missing()  # of the modules that are said to be Pillow's, one is in use
    ((requirements, held),) = machine.asked
    assert requirements == ["pillow>=11.2.1"]
    assert "pillow==9.0" not in held


@pytest.mark.parametrize(("name", "version"), [("torch", "2.3"), ("numpy", "1.25.2"), ("torchvision", "")])
def test_colabs_own_are_never_replaced(machine, name, version):
    machine.versions[name] = version
    with pytest.raises(RuntimeError, match=rf"^Expected {name}>=.*Disconnect and delete runtime"):
        colab.install_missing()
    assert machine.asked == []


def test_it_needs_nothing_but_python_itself():
    code = "import sys; sys.path.insert(0, '.'); import launcher.colab; assert 'cam_course' not in sys.modules"
    subprocess.run([sys.executable, "-ISc", code], cwd=colab.ROOT, check=True)
