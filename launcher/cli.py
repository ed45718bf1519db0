"""Read the command line, run the command, and turn what goes wrong into a sentence and an exit status."""

import difflib
import sys
from collections.abc import Callable

from launcher import host, lab, setup, slides, suite
from launcher.failures import Problem, explain_os_error
from launcher.processes import Stopped, treat_signals_as_ctrl_c

#: A command is a function of its arguments that returns the exit status; its docstring is its help.
COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "lab": lab.run,
    "test": suite.run,
    "slides": slides.run,
    "setup": setup.run,
    "host": host.run,
}

USAGE_ERROR, INTERRUPTED = 2, 130


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status of this program."""
    treat_signals_as_ctrl_c()
    try:
        return dispatch(arguments)
    except Problem as problem:
        return complain(str(problem))
    except OSError as error:
        return complain(explain_os_error(error))
    except KeyboardInterrupt as signal:
        print("\nStopped; the same command goes on from here.", file=sys.stderr)
        return 128 + signal.number if isinstance(signal, Stopped) else INTERRUPTED


def dispatch(arguments: list[str]) -> int:
    """Find the command and run it; without one, or asked for help, print the help."""
    if not arguments or {"-h", "--help"} & set(arguments[:2]) or arguments[0] == "help":
        print(usage())
        return 0 if arguments else USAGE_ERROR
    name, *rest = arguments
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`python3 run.py --help` describes them."
        complain(f"Expected one of the commands {', '.join(COMMANDS)}, got {name!r}; {hint}")
        return USAGE_ERROR
    return COMMANDS[name](rest)


def usage() -> str:
    """Return the help: every command's first line, and the flag that all of them take."""
    lines = [f"  {name:<6} {(run.__doc__ or '').strip().splitlines()[0]}" for name, run in COMMANDS.items()]
    return "\n".join(
        [
            "usage: python3 run.py COMMAND [arguments]\n",
            *lines,
            "\nEach of them but host makes the environment .venv first, where there is none that is current.",
            "  --cpu  take PyTorch's CPU build: much less to download on Linux; no GPU.",
            "  lab --presentation  for a projector: larger type, one document at a time, your own settings untouched.",
            "  test --current-environment  use the Python that runs this, and install nothing.",
        ]
    )


def complain(text: str) -> int:
    """Print what went wrong and return the exit status of a failure."""
    print(text, file=sys.stderr, flush=True)
    return 1
