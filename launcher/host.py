"""Give a fork of the course its badges for Binder and Colab, and its lessons the lines that fetch it on Colab."""

import re
from pathlib import Path

from launcher.addresses import EXAMPLE, MAIN, Home, read
from launcher.failures import Problem
from launcher.notebook_file import replace_source, sources
from launcher.processes import ROOT

FIRST_LESSON = "notebooks/00_start_here.ipynb"
UNDO = "--undo"

# Below a title, and nowhere else: a row of the two badges, whatever repository it names.
ROW = re.compile(
    r"(\r?\n)\1\[!\[Run on Binder\]\([^)\s]+\)\]\([^)\s]+\) \[!\[Open in Colab\]\([^)\s]+\)\]\([^)\s]+\)(?=\r?\n|\Z)"
)
TITLE = re.compile(r"^# [^\r\n]+", re.MULTILINE)

BEGIN = "# On Colab, the next lines fetch the course; anywhere else they do nothing. (`run.py host` wrote them.)"
END = "# (End of the lines for Colab.)"
LINES = re.compile(rf"{re.escape(BEGIN)}\n.*?{re.escape(END)}\n\n", re.DOTALL)

# A clone that was cut short has another name than a complete one. What follows the clone is in the clone itself.
COLAB = f"""{BEGIN}
import sys

if "google.colab" in sys.modules:
    from pathlib import Path
    from subprocess import getstatusoutput

    course, origin = Path("/content/cam_course"), "ORIGIN"
    clone = f"GIT_TERMINAL_PROMPT=0 git clone -q --depth 1 --branch REFERENCE {{origin}} {{course}}.new"
    fetch = "true" if course.exists() else f"rm -rf {{course}}.new && {{clone}} && mv {{course}}.new {{course}}"
    failed, said = getstatusoutput(fetch)
    if failed:
        raise RuntimeError(f"Expected REFERENCE of {{origin}}, which is public, got: {{said}}; run this cell again.")
    sys.path.insert(0, str(course))
    from launcher.colab import install_missing

    install_missing()
{END}

"""


def run(arguments: list[str]) -> int:
    """Write badges, and what Colab needs, for your fork (`host OWNER/REPO@TAG`); `host --undo` takes it all away."""
    if len(arguments) != 1 or (arguments[0].startswith("-") and arguments[0] != UNDO):
        got = " ".join(arguments) or "nothing"
        raise Problem(f"Expected `host OWNER/REPO@TAG`, {EXAMPLE}, or `host {UNDO}`, got {got}.")
    home = None if arguments[0] == UNDO else read(arguments[0])
    before = {path: path.read_bytes().decode("utf-8") for path in files()}
    after = {path: rewritten(path, text, home) for path, text in before.items()}
    changed = [path for path in after if after[path] != before[path]]
    for path in changed:  # only now: a file that cannot be understood leaves all of them as they were
        path.write_bytes(after[path].encode("utf-8"))
    report(home, len(changed))
    return 0


def files() -> list[Path]:
    """Return the README and the lessons."""
    return [ROOT / "README.md", *sorted((ROOT / "notebooks").glob("[0-9][0-9]*_*.ipynb"))]


def rewritten(path: Path, text: str, home: Home | None) -> str:
    """Return a file's text for this home, or for none."""
    name = path.relative_to(ROOT).as_posix()
    try:
        return lesson(text, name, home) if path.suffix == ".ipynb" else titled(text, FIRST_LESSON, home)
    except Problem as problem:
        raise Problem(f"{name}: {problem}") from problem


def lesson(text: str, name: str, home: Home | None) -> str:
    """Return a notebook's text with badges below its title, and the lines for Colab in its setup cell."""
    cells = sources(text)
    changes = {0: titled(cells[0][1], name, home) if cells else ""}
    for place, (kind, source, tags) in enumerate(cells):
        if kind == "code" and "setup" in tags:
            changes[place] = prepared(source, home)
    if len(changes) != 2:
        raise Problem("Expected one cell of code with the tag setup, got another number; restore the file with git.")
    for place, source in changes.items():
        if source != cells[place][1]:
            text = replace_source(text, place, source)
    return text


def titled(text: str, opens: str, home: Home | None) -> str:
    """Return a text with a row of badges below its title, each opening this file, and without an older row."""
    text = ROW.sub("", text)
    title = TITLE.search(text)
    if title is None:
        raise Problem("Expected a title (`# ...`) in the first cell, got none; restore the file with git.")
    if home is None:
        return text
    end = "\r\n" if text.startswith("\r\n", title.end()) else "\n"
    return text[: title.end()] + 2 * end + badges(opens, home) + text[title.end() :]


def badges(opens: str, home: Home) -> str:
    """Return the two badges, side by side.

    >>> row = badges("notebooks/04_grad_cam.ipynb", Home("ann", "course", "v1"))
    >>> "](https://colab.research.google.com/github/ann/course/blob/v1/notebooks/04_grad_cam.ipynb)" in row
    True
    """
    binder = f"[![Run on Binder](https://mybinder.org/badge_logo.svg)]({home.binder(opens)})"
    colab = f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({home.colab(opens)})"
    return f"{binder} {colab}"


def prepared(source: str, home: Home | None) -> str:
    """Return a setup cell that begins with the lines for Colab, and without older ones."""
    source = LINES.sub("", source)
    if home is None:
        return source
    return COLAB.replace("ORIGIN", home.origin).replace("REFERENCE", home.reference) + source


def report(home: Home | None, changed: int) -> None:
    """Say what was done, and what the reader has to do before the badges lead anywhere."""
    if not changed:
        print("Nothing to change: the files are so already.", flush=True)
    elif home is None:
        print(f"Took badges and Colab's lines out of {changed} files.", flush=True)
    else:
        print(f"Wrote badges and Colab's lines for {home.origin} at {home.reference} into {changed} files.", flush=True)
        print("They lead somewhere once that is on GitHub, public. Commit first; a tag names what was committed:\n")
        tag, push = [f"git tag {home.reference}   # unless it is a branch"], f"git push origin HEAD {home.reference}"
        if home.reference == MAIN:
            tag, push = [], f"git push origin HEAD:{MAIN}"
        steps = ["git commit -a -m 'Badges for this fork'", *tag, push]
        print(*(f"    {step}" for step in steps), sep="\n", flush=True)
