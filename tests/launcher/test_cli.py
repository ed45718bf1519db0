"""The command line itself: help, mistakes, an old Python, exit statuses."""

import ast
import errno
import runpy
import signal
import sys

import pytest

from launcher import cli
from launcher.processes import ROOT, Stopped


def test_help_names_every_command(capsys):
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {name} " in text for name in ("lab", "test", "slides", "setup", "host"))
    assert cli.main(["lab", "--help"]) == 0
    assert capsys.readouterr().out == text


def test_without_a_command_the_help_is_shown_and_the_status_is_that_of_a_mistake(capsys):
    assert cli.main([]) == 2
    assert "usage: python3 run.py COMMAND" in capsys.readouterr().out


@pytest.mark.parametrize(("typed", "meant"), [("labs", "`lab`"), ("tests", "`test`"), ("set-up", "`setup`")])
def test_a_misspelt_command_is_answered_with_the_nearest(capsys, typed, meant):
    assert cli.main([typed]) == 2
    assert f"got '{typed}'; did you mean {meant}?" in capsys.readouterr().err


def test_a_strange_command_is_answered_with_the_list(capsys):
    assert cli.main(["xyz"]) == 2
    assert (
        "Expected one of the commands lab, test, slides, setup, host, got 'xyz'; `python3 run.py --help`"
        in capsys.readouterr().err
    )


def test_setup_takes_no_arguments(capsys):
    assert cli.main(["setup", "--fast"]) == 1
    assert "Expected `setup` with no argument but --cpu, got --fast" in capsys.readouterr().err


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 0), (3, 9, 18)])
def test_a_python_that_is_too_old_is_told_so(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(ROOT / "run.py"), run_name="__main__")
    assert f"Expected Python 3.10 or newer, got {version[0]}.{version[1]}; install a newer one" in stop.value.code


def test_an_old_python_can_read_the_line_that_tells_it():
    source = (ROOT / "run.py").read_text(encoding="utf-8")
    source.encode("ascii")  # Python 2 reads nothing else
    tree = ast.parse(source, feature_version=(3, 0))
    modern = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.FunctionDef, ast.Nonlocal)
    assert not [node for node in ast.walk(tree) if isinstance(node, modern)]
    check, first_import = (next(i for i, node in enumerate(tree.body) if test(node)) for test in (is_check, is_own))
    assert check < first_import


def is_check(node):
    return isinstance(node, ast.If) and "version_info" in ast.unparse(node.test)


def is_own(node):
    return isinstance(node, ast.ImportFrom) and node.module.startswith("launcher")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Expected room on the disk, got a full one"),
        (
            PermissionError(errno.EACCES, "Permission denied", ".venv"),
            "got Permission denied at .venv; check its owner",
        ),
    ],
)
def test_an_error_of_the_system_becomes_a_sentence(monkeypatch, capsys, error, sentence):
    def fail(arguments):
        raise error

    monkeypatch.setitem(cli.COMMANDS, "setup", fail)
    assert cli.main(["setup"]) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(("stop", "status"), [(KeyboardInterrupt(), 130), (Stopped(signal.SIGTERM), 143)])
def test_a_set_up_that_is_stopped_says_how_to_go_on(monkeypatch, capsys, stop, status):
    def fail(arguments):
        raise stop

    monkeypatch.setitem(cli.COMMANDS, "setup", fail)
    assert cli.main(["setup"]) == status
    assert "the same command goes on from here" in capsys.readouterr().err
