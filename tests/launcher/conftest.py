import shutil
import subprocess
import sys

import pytest

from .course import Course


@pytest.fixture
def course(tmp_path):
    """A course that nobody has set up, in a folder whose name has a space."""
    return Course(tmp_path / "a course", tmp_path / "tools")


@pytest.fixture(scope="session")
def venv_with_pip(tmp_path_factory):
    """A virtual environment as Python makes it; to be copied, since making one takes seconds."""
    folder = tmp_path_factory.mktemp("made") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return folder


@pytest.fixture
def started(course, venv_with_pip):
    """A course whose set-up was broken off after the environment was made."""
    shutil.copytree(venv_with_pip, course.venv, symlinks=True)
    return course
