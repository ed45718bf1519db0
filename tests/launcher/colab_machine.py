"""A stand-in for a Colab machine: a kernel that knows `google.colab`, and a repository where GitHub's would be."""

import json
import os
import shutil
import site
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.test_style import shipped_files

from .course import ROOT

ORIGIN = "https://github.com/ann/cam-course"
CONTENT = "/content/cam_course"
COMMIT = ["-c", "user.name=ann", "-c", "user.email=ann@example.org", "commit", "--quiet", "-m", "hosted"]


def git(folder: Path, *arguments: str) -> None:
    """Run git, without anybody's settings."""
    command = ["git", "-C", str(folder), *arguments]
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(command, check=True, capture_output=True, env=os.environ | settings)


def hosted_repository(folder: Path) -> Path:
    """Make a repository of this working tree as `run.py host ann/cam-course@v1` leaves it."""
    for path in shipped_files():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    command = [sys.executable, "run.py", "host", "ann/cam-course@v1"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    git(folder, "init", "--quiet")
    git(folder, *COMMIT, "--allow-empty")  # a history, of which a shallow clone takes the end
    git(folder, "add", "--all")
    git(folder, *COMMIT)
    git(folder, "tag", "v1")
    return folder


class Machine:
    """A Python in an environment of its own, with the packages of the one that runs the tests, less some.

    Attributes:
        content: what stands for Colab's folder of that name.
    """

    def __init__(self, folder: Path, empty_venv: Path, repository: Path, without: tuple[str, ...] = ()):
        self.folder, self.content = folder, folder / "content"
        self.content.mkdir(parents=True)
        shutil.copytree(empty_venv, folder / "venv", symlinks=True)
        self.python = folder / "venv" / "bin" / "python"
        self.packages = next(folder.glob("venv/lib/python*/site-packages"))
        borrow(folder / "borrowed", without)
        (self.packages / "borrowed.pth").write_text(f"{folder / 'borrowed'}\nimport google.colab\n")
        (self.packages / "google" / "colab").mkdir(parents=True)
        (self.packages / "google" / "colab" / "__init__.py").touch()
        self.variables = self._variables(repository)

    def _variables(self, repository: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "GIT_"))}
        (self.folder / "wheels").mkdir()
        return kept | {
            "HOME": str(self.folder),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": ORIGIN,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.folder / "wheels"),
        }

    def here(self, source: str) -> str:
        """Put this machine's folder in the place of Colab's, which no test may write to."""
        assert source.count(CONTENT) == 1
        return source.replace(CONTENT, f"{self.content}/cam_course")

    def execute(self, notebook: NotebookNode, folder: Path) -> NotebookNode:
        """Run a notebook in a new kernel of this machine."""
        spec = self.folder / "kernels" / "colab"
        spec.mkdir(parents=True, exist_ok=True)
        argv = [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Colab", "language": "python"}))
        manager = AsyncKernelManager(kernel_name="colab")
        manager.kernel_spec_manager.kernel_dirs = [str(spec.parent)]
        client = NotebookClient(notebook, km=manager, resources={"metadata": {"path": str(folder)}}, timeout=120)
        client.execute(env=self.variables)
        return notebook

    def run(self, code: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run a piece of code."""
        command = [str(self.python), "-c", code]
        return subprocess.run(command, env=self.variables | variables, capture_output=True, text=True, timeout=120)


def borrow(folder: Path, without: tuple[str, ...]) -> None:
    """Link every installed package, but for some and the course itself, into a folder."""
    hidden = {entry for name in (*without, "cam_course") for entry in top_entries(name)}
    folder.mkdir()
    for packages in site.getsitepackages():
        for entry in Path(packages).iterdir():
            if entry.name not in hidden and not (folder / entry.name).exists() and entry.suffix != ".pth":
                (folder / entry.name).symlink_to(entry)


def top_entries(name: str) -> set[str]:
    """The names in `site-packages` that belong to a package; none where it is not installed."""
    try:
        return {file.parts[0] for file in metadata.files(name) or ()}
    except metadata.PackageNotFoundError:
        return set()


def wheel_of(name: str, folder: Path) -> None:
    """Pack an installed package, of Python alone, into a wheel again."""
    files = [
        file for file in metadata.files(name) or () if not file.parts[0].startswith("..") and file.suffix != ".pyc"
    ]
    with zipfile.ZipFile(folder / f"{name}-{metadata.version(name)}-py3-none-any.whl", "w") as wheel:
        for file in files:
            wheel.write(file.locate(), file.as_posix())
