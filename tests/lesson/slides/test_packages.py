import io
import os
import sys
import tarfile

import pytest

from cam_course.lesson.slides import packages
from cam_course.lesson.slides.packages import Missing, Package


def archive(**files):
    """A package as npm packs it."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as packed:
        for name, text in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(text)
            packed.addfile(info, io.BytesIO(text.encode()))
    return data.getvalue()


DATA = archive(LICENSE="be kind", code="1 + 1")
SMALL = Package("small", "1.2", packages.integrity(DATA), {"LICENSE": "LICENSE of small", "code": "small.js"})


def npm_that(tmp_path, monkeypatch, does):
    """A stand-in for npm: a program of Python's that is told npm's arguments."""
    script = tmp_path / "npm.py"
    script.write_text(f"import pathlib, sys\nassert '--ignore-scripts' in sys.argv\n{does}\n")
    program = tmp_path / ("npm.bat" if os.name == "nt" else "npm")
    first, rest = ("@", "%*") if os.name == "nt" else ("#!/bin/sh\nexec ", '"$@"')
    program.write_text(f'{first}"{sys.executable}" "{script}" {rest}\n')
    program.chmod(0o755)
    monkeypatch.setattr(packages, "npm", lambda: str(program))


def test_what_was_fetched_is_not_fetched_again_and_nothing_of_it_is_run(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "npm", lambda: None)
    (tmp_path / "small-1.2.tgz").write_bytes(DATA)
    assert packages.contents(tmp_path, (SMALL,)) == {"LICENSE of small": "be kind", "small.js": "1 + 1"}


def test_npm_is_asked_for_one_version_and_its_answer_is_kept(tmp_path, monkeypatch):
    does = f"assert sys.argv[1:3] == ['pack', 'small@1.2']\npathlib.Path('small-1.2.tgz').write_bytes({DATA!r})"
    npm_that(tmp_path, monkeypatch, does)
    assert packages.contents(tmp_path / "cache", (SMALL,))["small.js"] == "1 + 1"
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["small-1.2.tgz"]


def test_an_npm_that_fails_is_quoted(tmp_path, monkeypatch):
    npm_that(tmp_path, monkeypatch, "sys.exit('ENOTFOUND somewhere')")
    with pytest.raises(Missing, match=r"Expected npm to fetch small@1\.2, got: ENOTFOUND somewhere\nCheck the network"):
        packages.contents(tmp_path / "cache", (SMALL,))
    assert list((tmp_path / "cache").iterdir()) == []


def test_another_archive_is_refused_and_thrown_away(tmp_path):
    (tmp_path / "small-1.2.tgz").write_bytes(archive(code="evil()"))
    with pytest.raises(Missing, match=r"Expected small-1\.2\.tgz with the digest sha512-.*it was thrown away"):
        packages.contents(tmp_path, (SMALL,))
    assert list(tmp_path.iterdir()) == []


def test_without_npm_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "npm", lambda: None)
    with pytest.raises(Missing, match=r"Expected npm, .* got none; install Node\.js .* or put small-1\.2\.tgz into"):
        packages.contents(tmp_path / "cache", (SMALL,))


def test_the_versions_are_pinned_with_their_licenses():
    assert [(one.name, one.version) for one in packages.PACKAGES] == [("reveal.js", "6.0.2"), ("mathjax", "3.2.2")]
    assert all("LICENSE" in one.files and one.integrity.startswith("sha512-") for one in packages.PACKAGES)
