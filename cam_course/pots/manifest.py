"""The table of SHA-256 digests in data/README.md: ``python -m cam_course.pots.manifest`` writes it."""

import hashlib
from pathlib import Path

from .places import DATA, POT_PLANTS

MARK = "<!-- sha256 -->\n"


def table(data: Path = DATA) -> str:
    """One line for every file below a folder but its README and the reader's own, in order of their names."""
    own = (data / "README.md", data / POT_PLANTS.name)
    files = sorted(file for file in data.rglob("*") if file.is_file() and not {file, *file.parents} & {*own})
    rows = [
        f"| `{file.relative_to(data).as_posix()}` | {file.stat().st_size} | "
        f"`{hashlib.sha256(file.read_bytes()).hexdigest()}` |"
        for file in files
    ]
    return "\n".join(["| file | bytes | SHA-256 |", "|---|---:|---|", *rows]) + "\n"


def readme(data: Path = DATA) -> str:
    """The README with the table as it should be.

    Raises:
        ValueError: the README has no mark where the table belongs.
    """
    text = (data / "README.md").read_text("utf-8")
    if MARK not in text:
        raise ValueError(f"expected data/README.md to hold the line {MARK.strip()}, got none; put it at the end")
    return text[: text.index(MARK) + len(MARK)] + table(data)


def main(data: Path = DATA) -> None:
    """Write the table anew."""
    (data / "README.md").write_text(readme(data), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
