"""The command's words: its options, the line that makes a page again, and advice that a terminal can follow."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import PurePath
from urllib.parse import urlsplit, urlunsplit

from cam_course.report.networks import NAMES

SHIPPED = "pots"
PROGRAM = "python -m cam_course.report"
EXAMPLES = """\
A network of your own: PACKAGE.MODULE:FUNCTION names a function without arguments that returns it, a torch.nn.Module
that gives logits. Where mynet.py has

    def make():
        net = MyNet()
        net.load_state_dict(torch.load("mynet.pth", weights_only=True))
        return net

start in its folder, with the name of a class on each line of names.txt:

    python -m cam_course.report photo.jpg --model mynet:make --size 128 --categories names.txt
"""
# what Python is told to do, as a pattern, and what does the same here
_HERE = (
    (r"weights\.load\('(\w+)'\)", r"--model \1"),
    (r"pass online=True", "add --online"),
    (r",?\s+and weights\.from_file\(module, path\) takes a file that you bring", ""),
    (r"give another size$", "give another with --size"),
    (r"give all, in order$", "give all, in order, one on each line of --categories"),
)


def parser(description: str | None) -> argparse.ArgumentParser:
    """The options of the command."""
    shape = argparse.RawDescriptionHelpFormatter
    command = argparse.ArgumentParser(prog=PROGRAM, description=description, epilog=EXAMPLES, formatter_class=shape)
    add = command.add_argument
    add("image", help="a path, or with --online an address that begins with https://")
    model = f"{NAMES} (default: {SHIPPED}); the last RUNS THE CODE of that module: name your own only, see below"
    add("--model", default=SHIPPED, help=model)
    add("--out", default="report.html", help="file to write (default: report.html)")
    add("--force", action="store_true", help="replace the file if it is there")
    add("--methods", help="names with commas between them (default: all that the network allows)")
    add("--target", help="class to explain, by number or name (default: the predicted one)")
    add("--layer", help="dotted name of the layer to explain (default: the last stage before the classifier)")
    add("--size", type=int, help="side in pixels of what the network takes (default: what belongs to it, else 224)")
    add("--categories", help="text file with the name of a class on each line")
    add("--steps", type=int, default=20, help="of deletion and insertion; 0 leaves them out (default: 20)")
    draws = "how often to draw all weights anew, in a copy; 0 leaves it out (default: 3, for a large network 0)"
    add("--draws", type=int, help=draws)
    add("--online", action="store_true", help="allow to fetch the picture from its address")
    return command


def line(options: argparse.Namespace) -> str:
    """The command that makes the page again, as a shell takes it: files by their own names, without any folder.

    >>> line(parser("").parse_args(["photos/my cat.png", "--steps=0", "--out", "/pages/cat.html"]))
    "python -m cam_course.report 'my cat.png' --out cat.html --steps 0"
    """
    words = []
    for name, default in vars(parser("").parse_args([""])).items():
        value = getattr(options, name)
        if name in ("image", "out", "categories") and value:
            value = _without_folder(value)
        if name != "image" and value != default:
            words += [f"--{name}"] if value is True else _option(name, str(value))
    picture = _without_folder(options.image)
    words = ["./" + picture if picture.startswith("-") else picture, *words]
    return f"{PROGRAM} {shlex.join(words)}"


def _option(name: str, value: str) -> list[str]:
    """Two words, or one where the second would be taken for an option."""
    return [f"--{name}={value}"] if value.startswith("-") else [f"--{name}", value]


def _without_folder(path: str) -> str:
    """A file's own name; of an address no user, no password and no query, which may hold a key."""
    if "://" not in path:
        return PurePath(path).name
    parts = urlsplit(path)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def advice(message: str) -> str:
    """A message that was worded for Python, with the option of the command in place of the call.

    >>> advice("got none; without a network, weights.load('tutorial') is a network that comes with the course")
    'got none; without a network, --model tutorial is a network that comes with the course'
    """
    for said, here in _HERE:
        message = re.sub(said, here, message)
    return message
