"""A copy of the launcher in a folder of its own, and stand-ins for uv: no test here touches the real environment."""

import json
import os
import shutil
import stat
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYPROJECT = '[project]\nname = "small"\nversion = "1"\n'
SCRIPTS = "Scripts" if os.name == "nt" else "bin"

#: Writes down what it was asked for; fails with FAKE_UV_SAYS where that is set.
FAKE_UV = """
import json, os, subprocess, sys
if sys.argv[1:] == ["--version"]:
    sys.exit()
with open(os.environ["FAKE_UV_LOG"], "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[1] == "venv":
    sys.exit(subprocess.call([os.environ["FAKE_UV_PYTHON"], "-m", "venv", "--without-pip", sys.argv[-1]]))
if os.environ.get("FAKE_UV_SAYS"):
    sys.exit(os.environ["FAKE_UV_SAYS"])
"""

#: Takes modules from the Python that runs run.py, as Debian does.
WITHOUT = """
import importlib.util as util, os
find = util.find_spec
util.find_spec = lambda name, *rest: None if name in os.environ["WITHOUT"].split() else find(name, *rest)
"""


class Course:
    """A folder with run.py and what it needs, and the variables under which it is run."""

    def __init__(self, folder: Path, tools: Path):
        self.folder, self.tools = folder, tools
        self.venv, self.log = folder / ".venv", tools / "uv.log"
        folder.mkdir(parents=True)
        tools.mkdir(parents=True)
        shutil.copy(ROOT / "run.py", folder)
        shutil.copytree(ROOT / "launcher", folder / "launcher", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "pyproject.toml").write_text(PYPROJECT)
        foreign = ("PIP_", "UV_", "PYTHON", "JUPYTER", "PYTEST", "COV_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self.variables = kept | {
            "PATH": str(tools),  # no uv but the one that a test puts there
            "PYTHONPATH": str(tools),
            "PYTHONUTF8": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "-p xdist -p no:cacheprovider",
            "WITHOUT": "",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": tools.as_uri(),
            "PIP_RETRIES": "0",
            "FAKE_UV_LOG": str(self.log),
            "FAKE_UV_PYTHON": sys.executable,
        }
        (tools / "sitecustomize.py").write_text(WITHOUT)

    def command(self, *arguments: str, python: str = sys.executable) -> list[str]:
        return [python, str(self.folder / "run.py"), *arguments]

    def run(self, *arguments: str, python: str = sys.executable, **variables: str):
        """Run a command from another folder, as a reader may."""
        result = subprocess.run(
            self.command(*arguments, python=python),
            env=self.variables | variables,
            cwd=self.tools,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert "Traceback" not in result.stdout + result.stderr, result.stderr
        return result

    def asked_of_uv(self) -> list[list[str]]:
        """Return the arguments of each call of the stand-in since the last time."""
        calls = [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return calls

    def python(self) -> str:
        return str(self.venv / SCRIPTS / ("python.exe" if os.name == "nt" else "python"))

    def stamp(self) -> dict:
        return json.loads((self.venv / "cam_course.json").read_text())


def uv_in_the_index(course: Course) -> None:
    """Let pip find a package named uv."""
    with zipfile.ZipFile(course.tools / "uv-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("uv/__init__.py", "")
        wheel.writestr("uv/__main__.py", FAKE_UV)
        wheel.writestr("uv-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: uv\nVersion: 1\n")
        wheel.writestr("uv-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("uv-1.dist-info/RECORD", "")


def uv_on_the_path(course: Course) -> None:
    """Let the shell find a program named uv."""
    script = course.tools / "fake_uv.py"
    script.write_text(FAKE_UV)
    if os.name == "nt":
        (course.tools / "uv.bat").write_text(f'@"{sys.executable}" "{script}" %*\n')
        return
    program = course.tools / "uv"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def bare_python(folder: Path) -> str:
    """Return a Python without pip."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    return str(folder / SCRIPTS / ("python.exe" if os.name == "nt" else "python"))
