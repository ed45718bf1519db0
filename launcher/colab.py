"""On Colab: install what the course needs and the machine lacks, and leave everything that is there as it is."""

import importlib
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Colab's own: chosen for its processors and drivers. Another one breaks more than it mends.
KEPT = ("torch", "torchvision", "numpy")

#: Colab itself stands in for these.
NEEDLESS = ("jupyterlab",)

RESTART = "choose Runtime > Restart session, then run this cell again"


def install_missing() -> None:
    """Install what `pyproject.toml` lists and this Python lacks, or has too old; do nothing where nothing is missing.

    Raises:
        RuntimeError: the installation failed, or a package that stays as it is does not do; the text says what to do.
    """
    missing = [text for text in dependencies() if name_of(text) not in NEEDLESS and not satisfied(text)]
    unfit = [text for text in missing if name_of(text) in KEPT]
    if unfit:
        raise RuntimeError(
            f"Expected {', '.join(unfit)}, got a machine without; choose Runtime > Disconnect and delete runtime, "
            "then run this cell again: a new machine has newer versions."
        )
    if missing:
        print(f"Installing {', '.join(missing)} ...", flush=True)
        outdated = {name_of(text) for text in missing if installed(text)}
        install(missing)
        refuse_old_modules(outdated)


def dependencies() -> list[str]:
    """Return the run-time dependencies that `pyproject.toml` lists; Python 3.10 has no reader of that format."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    return re.findall(r'^ +"([^"]+)"', listed[1] if listed else "", re.MULTILINE)


def name_of(requirement: str) -> str:
    """Return a requirement's name.

    >>> name_of("huggingface-hub>=0.24")
    'huggingface-hub'
    """
    return re.split(r"[<>=!~;\[ ]", requirement)[0]


def installed(requirement: str) -> str:
    """Return the version that is installed, "" where there is none."""
    try:
        return metadata.version(name_of(requirement))
    except metadata.PackageNotFoundError:
        return ""


def satisfied(requirement: str) -> bool:
    """Tell whether a package is installed, no older than asked for and below the bound, if there is one."""
    version = installed(requirement)
    bounds = re.findall(r"(>=|<)\s*([\d.]+)", requirement)
    return bool(version) and all(
        (release(version) >= release(bound)) == (comparison == ">=") for comparison, bound in bounds
    )


def release(version: str) -> list[int]:
    """Return a version's numbers, to be compared.

    >>> release("2.6.0+cu124") == release("2.6") < release("2.10rc1")
    True
    """
    numbers = [int(number) for number in re.match(r"v?(\d+(?:\.\d+)*)", version)[1].split(".")]
    while numbers[-1:] == [0]:
        numbers.pop()
    return numbers


def install(requirements: list[str]) -> None:
    """Install packages with pip, which may add what they need in turn, but may change nothing that is there."""
    changing = {normalized(name_of(text)) for text in requirements}
    pins = {one.metadata["Name"]: one.version for one in metadata.distributions() if one.metadata["Name"]}
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "as_they_are.txt")
        kept = [f"{name}=={version}\n" for name, version in pins.items() if normalized(name) not in changing]
        constraints.write_text("".join(sorted(kept)), encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        answer = subprocess.run(
            [*pip, f"--constraint={constraints}", *requirements], capture_output=True, text=True, errors="replace"
        )
    if answer.returncode:
        raise RuntimeError(
            f"Expected pip to install {', '.join(requirements)}, got: {answer.stderr.strip()[-1000:]}\n"
            "Check the network, then run this cell again; if it stays, take a new machine: "
            "Runtime > Disconnect and delete runtime."
        )
    importlib.invalidate_caches()


def normalized(name: str) -> str:
    """Return a package's name in the one spelling in which two of them can be compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def refuse_old_modules(outdated: set[str]) -> None:
    """Ask for a restart where the old version of a package is in use already."""
    modules = metadata.packages_distributions()
    stale = {name for module, names in modules.items() for name in names if module in sys.modules}
    in_use = {normalized(name) for name in stale} & {normalized(name) for name in outdated}
    if in_use:
        raise RuntimeError(
            f"Expected a session that starts with the new {', '.join(sorted(in_use))}, got one that has "
            f"the old in use; {RESTART}."
        )
