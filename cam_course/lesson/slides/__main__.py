"""Make decks of the lessons, and print them: `python3 run.py slides [NN ...]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from cam_course.lesson.execute import chosen, read
from cam_course.lesson.slides import packages, printing
from cam_course.lesson.slides.deck import deck

FOLDER = packages.ROOT / "build" / "slides"
DONE, FAILED, WITHOUT_PDF = 0, 1, 3  # exit statuses


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    command = argparse.ArgumentParser(prog="run.py slides", description="Make decks of lessons from saved outputs.")
    add = command.add_argument
    add("lessons", nargs="*", metavar="NN", help="numbers of lessons, as 04 or 11b; none: all of them")
    add("--no-pdf", action="store_true", help="make the decks, print none")
    add("--folder", type=Path, default=FOLDER, help="where to put them (default: build/slides)")
    return command


def main(arguments: list[str] | None = None) -> int:
    """Make the decks; return the exit status: 3 says that the decks are there, but not all of the PDFs."""
    command = parser()
    options = command.parse_args(arguments)
    try:
        paths = list(chosen(options.lessons))
    except ValueError as error:
        command.error(str(error))
    try:
        libraries = packages.contents()
    except packages.Missing as missing:
        print(missing, file=sys.stderr)
        return FAILED
    decks = [write(path, options.folder, libraries, paths) for path in paths]
    keep_licenses(libraries, options.folder)
    return DONE if options.no_pdf else print_all(decks, options.folder)


def write(path: Path, folder: Path, libraries: Mapping[str, str], all_paths: list[Path]) -> Path:
    """Write the deck of one notebook; return where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.stem}.html"
    there = {other.stem for other in all_paths} | {old.stem for old in folder.glob("*.html")}
    target.write_text(deck(read(path), path, libraries, there), encoding="utf-8", newline="\n")
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB", flush=True)
    return target


def keep_licenses(libraries: Mapping[str, str], folder: Path) -> None:
    """Put the licenses of what the decks hold beside the decks."""
    for name, content in libraries.items():
        if name.startswith("LICENSE"):
            (folder / f"{name}.txt").write_text(content, encoding="utf-8")


def print_all(decks: list[Path], folder: Path) -> int:
    """Print every deck; return the exit status."""
    try:
        with printing.printer(folder) as print_deck:
            for path in decks:
                pdf = path.with_suffix(".pdf")
                print(f"{pdf}: {print_deck(path, pdf)} slides", flush=True)
    except printing.Unprinted as why:
        print(why, file=sys.stderr)
        return WITHOUT_PDF
    return DONE


if __name__ == "__main__":
    sys.exit(main())
