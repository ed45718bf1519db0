"""The command: what it makes, what it says, and the line that makes the page again."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cam_course import report as package
from cam_course.downloads.failures import OFFLINE
from cam_course.pots import KINDS
from cam_course.report.__main__ import main
from cam_course.report.terminal import advice, line, parser
from tests.report.conftest import Page


def test_the_command(photo, tmp_path, capsys):
    out = tmp_path / "page.html"
    (tmp_path / "names.txt").write_text("A\nB\nC\nD & E\n", encoding="utf-8-sig")  # as some editors save it
    options = ["--methods", "cam,grad_cam", "--target", "D & E", "--steps", "2", "--layer", "stages.2", "--size", "64"]
    main([str(photo), "--out", str(out), "--categories", str(tmp_path / "names.txt"), *options])
    text = Page(out.read_text(encoding="utf-8")).text
    assert "64 × 64" in text and "D & E (number 3)" in text.replace(" (", " (") and "stages.2" in text
    assert "Open it in a browser" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.png"], "expected a picture at 'missing.png', got no such file"),
        (["https://example.org/a.png"], "online"),
        (["photo.png", "--model", "potz"], "did you mean 'pots'"),
        (["photo.png", "--methods", "gradcam"], "did you mean 'grad_cam'"),
        (["photo.png", "--out", "there.html"], "expected no file at 'there.html'"),
        (["names.html"], "a web page (HTML)"),
        (["photo.png", "--categories", "no.txt"], "expected a text file of categories at 'no.txt', got nothing; check"),
        (["photo.png", "--categories", "."], "got a folder; check the path"),
        (["photo.png", "--categories", "bytes.txt"], "expected 'bytes.txt' to be text, got 'utf-8' codec"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(photo, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    for name in ("there.html", "names.html"):
        Path(name).write_text("<html>", encoding="utf-8")
    Path("bytes.txt").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr().err
    assert ended.value.code == 1 and len(said.splitlines()) == 1
    assert message in said
    assert not Path("report.html").exists() and Path("there.html").read_text() == "<html>"


def test_the_help_warns_of_code(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "RUNS THE CODE" in " ".join(capsys.readouterr().out.split())


def test_the_command_runs_where_nothing_is_set_up(photo, tmp_path):
    command = [sys.executable, "-m", "cam_course.report", "photo.png", "--methods", "cam", "--steps", "0"]
    path = os.pathsep.join([str(Path(package.__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, check=True, capture_output=True)
    text = Page((tmp_path / "report.html").read_text(encoding="utf-8")).text
    assert "photo.png , asked of pots" in text
    assert all(kind in text for kind in KINDS)


def command_of(page):
    """What stands in the page as the line that makes it again."""
    (text,) = [text for where, text in page.texts if where[-1:] == ("code",) and text.startswith("python")]
    return text


def test_the_line_on_the_page_makes_the_same_page_again(photo, tmp_path, monkeypatch):
    (tmp_path / "a folder").mkdir()
    odd = photo.rename(tmp_path / "a folder" / "it's $HOME & more.png")
    main([str(odd), "--out", str(tmp_path / "a folder" / "page 1.html"), "--methods", "cam,grad_cam", "--steps=0"])
    first = (tmp_path / "a folder" / "page 1.html").read_text(encoding="utf-8")
    words = shlex.split(command_of(Page(first)))
    assert words[:3] == ["python", "-m", "cam_course.report"]
    assert words[3:] == [odd.name, "--out", "page 1.html", "--methods", "cam,grad_cam", "--steps", "0"]
    assert str(tmp_path) not in first
    monkeypatch.chdir(tmp_path / "a folder")
    main([*words[3:], "--force"])
    again = Path("page 1.html").read_text(encoding="utf-8")
    assert again.replace(" --force", "") == first


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["a.png"], "a.png"),
        (["a.png", "--target", "it's"], "a.png --target 'it'\"'\"'s'"),
        (["a.png", "--target=-x"], "a.png --target=-x"),
        (["a.png", "--online", "--model", "mynet:make", "--draws", "0"], "a.png --model mynet:make --draws 0 --online"),
        (["d/a.png", "--categories", "e/n.txt"], "a.png --categories n.txt"),
        (["https://ann:secret@example.org/d/a.png?key=k#f"], "https://example.org/d/a.png"),
        (["./-a.png"], "./-a.png"),
    ],
)
def test_the_line_of_a_command(arguments, expected):
    options = parser("").parse_args(arguments)
    assert line(options) == f"python -m cam_course.report {expected}"
    again = parser("").parse_args(shlex.split(expected))
    assert (again.target, again.model, again.draws) == (options.target, options.model, options.draws)


def test_a_page_that_no_command_made_names_no_command(net):
    from cam_course.report import report
    from tests.images.files import corners

    text = Page(report(net, corners(16, 16), to=8, methods=["cam"], steps=0)).text
    assert "none: Python called cam_course.report.report" in text and "python -m" not in text


def test_advice_is_for_the_terminal(monkeypatch, tmp_path, photo, capsys):
    assert (
        "load(" not in advice(OFFLINE) and "from_file" not in advice(OFFLINE) and "--model tutorial" in advice(OFFLINE)
    )
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for arguments, told in (
        ([str(photo), "--model", "torchvision:resnet18"], "--model tutorial"),
        (["https://example.org/a.png"], "add --online"),
    ):
        with pytest.raises(SystemExit):
            main([*arguments, "--out", str(tmp_path / "r.html")])
        said = capsys.readouterr().err
        assert told in said and "weights.load" not in said and "online=True" not in said


def test_the_help_shows_how_to_bring_a_network(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "def make(): net = MyNet()" in said
    assert "photo.jpg --model mynet:make --size 128 --categories names.txt" in said
