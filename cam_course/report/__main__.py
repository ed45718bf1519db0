"""One picture, what a network says of it, and where each method says that it looked: a page to keep.

The page is one HTML file that needs no network and runs nothing; a browser prints it, or saves it as PDF.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cam_course.report.networks import NAMES, brought
from cam_course.report.writing import free, report, save

SHIPPED = "pots"


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    command = argparse.ArgumentParser(prog="python -m cam_course.report", description=__doc__)
    add = command.add_argument
    add("image", help="a path, or with --online an address that begins with https://")
    model = f"{NAMES} (default: {SHIPPED}); the last RUNS THE CODE of that module: name your own only"
    add("--model", default=SHIPPED, help=model)
    add("--out", default="report.html", help="file to write (default: report.html)")
    add("--force", action="store_true", help="replace the file if it is there")
    add("--methods", help="names with commas between them (default: all that the network allows)")
    add("--target", help="class to explain, by number or name (default: the predicted one)")
    add("--layer", help="dotted name of the layer to explain (default: the last stage before the classifier)")
    add("--size", type=int, help="side in pixels of what the network takes (default: what belongs to it, else 224)")
    add("--categories", type=Path, help="text file with the name of a class on each line")
    add("--steps", type=int, default=20, help="of deletion and insertion; 0 leaves them out (default: 20)")
    add("--online", action="store_true", help="allow to fetch the picture from its address")
    return command


def made(options: argparse.Namespace) -> Path:
    """Do what the options say.

    Raises:
        ValueError, TypeError, OSError: as `report` and `save`.
    """
    free(options.out, force=options.force)
    html = report(
        brought(options.model, to=options.size, categories=_categories(options.categories)),
        options.image,
        methods=options.methods and options.methods.split(","),
        target=options.target,
        layer=options.layer,
        steps=options.steps,
        online=options.online,
    )
    return save(html, options.out, force=options.force)


def _categories(file: Path | None) -> list[str] | None:
    if file is None:
        return None
    if not file.is_file():
        got = "a folder" if file.is_dir() else "nothing"
        raise FileNotFoundError(f"expected a text file of categories at {str(file)!r}, got {got}; check the path")
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()  # some editors put a mark in front
    except UnicodeDecodeError as error:
        raise ValueError(f"expected {file.name!r} to be text, got {error}; save it as UTF-8") from error


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    command = parser()
    options = command.parse_args(arguments)
    try:
        file = made(options)
    except (ValueError, TypeError, OSError) as error:
        command.exit(1, f"{error}\n")
    print(f"{file}: {file.stat().st_size / 1e6:.1f} MB. Open it in a browser, which can print it or save it as PDF.")


if __name__ == "__main__":
    sys.exit(main())
