"""Make slides of the lessons, from their saved outputs: decks that open offline, and a PDF of each."""

import shutil

from launcher import environment
from launcher.options import take_flag
from launcher.processes import clean_environment, run_to_end


def run(arguments: list[str]) -> int:
    """Make slides of all lessons, or of some (`slides 04 11b`), as HTML and PDF, into build/slides; nothing is run."""
    arguments, cpu = take_flag(arguments, "--cpu")
    python = environment.ensure(extras(), cpu=cpu)
    return run_to_end([str(python), "-m", "cam_course.lesson.slides", *arguments], clean_environment())


def extras() -> tuple[str, ...]:
    """Name the group of dependencies that brings npm, where this machine has none."""
    return () if shutil.which("npm") else ("slides",)
