"""One list of dependencies: what else names them agrees with pyproject.toml."""

import sys
from pathlib import Path

import hypothesis
import pytest
import torch
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# conda-forge names some packages differently; matplotlib-base is matplotlib without Qt
CONDA_NAMES = {"torch": "pytorch", "matplotlib": "matplotlib-base", "huggingface-hub": "huggingface_hub"}


def ranges(requirements):
    parsed = [Requirement(text) for text in requirements]
    return {requirement.name: requirement.specifier for requirement in parsed}


@pytest.fixture(scope="module")
def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_conda_and_pip_install_the_same_ranges(conda):
    python, *packages, pip = conda["dependencies"]
    expected = {CONDA_NAMES.get(name, name): range_ for name, range_ in ranges(PROJECT["dependencies"]).items()}
    assert ranges(text.removesuffix(" cpu*") for text in packages) == expected
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))
    assert pip == "pip"  # installs the course itself, afterwards, and nothing besides


def test_conda_takes_the_build_of_pytorch_without_cuda(conda):
    """conda-forge names its builds cpu_mkl_…, cpu_generic_… and cuda…; torchvision's build follows PyTorch's."""
    builds = [text.split(" ")[2:] for text in conda["dependencies"] if text.startswith("pytorch")]
    assert builds == [["cpu*"]]
    assert [text for text in conda["dependencies"] if " " in text] == ["pytorch >=2.4 cpu*"]


def test_conda_takes_everything_from_conda_forge(conda):
    assert conda["channels"] == ["conda-forge", "nodefaults"]


def test_dependencies_of_the_run_time_carry_no_tools_of_the_tests():
    run_time = ranges(PROJECT["dependencies"])
    extras = PROJECT["optional-dependencies"]
    assert sorted(extras) == ["peers", "slides", "test"]
    assert not run_time.keys() & (ranges(extras["test"]).keys() | ranges(extras["peers"]).keys())


def test_every_dependency_has_a_lower_bound():
    everything = list(PROJECT["dependencies"])
    for extra in PROJECT["optional-dependencies"].values():
        everything += extra
    unbounded = [name for name, range_ in ranges(everything).items() if ">=" not in str(range_)]
    assert not unbounded


def test_opencv_comes_without_a_screen():
    peers = ranges(PROJECT["optional-dependencies"]["peers"])
    assert "opencv-python-headless" in peers
    assert not peers["grad-cam"].contains("1.5.5")  # it installs the build that needs a screen's libraries


def test_property_tests_draw_the_same_examples_each_time_and_may_take_their_time():
    assert hypothesis.settings.default.derandomize is True
    assert hypothesis.settings.default.deadline is None


def test_a_worker_keeps_to_one_thread():
    assert torch.get_num_threads() == 1
