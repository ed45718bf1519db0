"""One picture, what a network says of it, and where each method says that it looked: a page to keep.

The page is one HTML file that needs no network and runs nothing; a browser prints it, or saves it as PDF.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cam_course.report.networks import brought
from cam_course.report.terminal import advice, line, parser
from cam_course.report.writing import free, report, save


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
        draws=options.draws,
        online=options.online,
        command=line(options),
    )
    return save(html, options.out, force=options.force)


def _categories(name: str | None) -> list[str] | None:
    if name is None:
        return None
    file = Path(name)
    if not file.is_file():
        got = "a folder" if file.is_dir() else "nothing"
        raise FileNotFoundError(f"expected a text file of categories at {str(file)!r}, got {got}; check the path")
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()  # some editors put a mark in front
    except UnicodeDecodeError as error:
        raise ValueError(f"expected {file.name!r} to be text, got {error}; save it as UTF-8") from error


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    command = parser(__doc__)
    options = command.parse_args(arguments)
    try:
        file = made(options)
    except (ValueError, TypeError, OSError) as error:
        command.exit(1, f"{advice(str(error))}\n")
    print(f"{file}: {file.stat().st_size / 1e6:.1f} MB. Open it in a browser, which can print it or save it as PDF.")


if __name__ == "__main__":
    sys.exit(main())
