"""Make the environment, and stop there."""

from launcher import environment
from launcher.failures import Problem
from launcher.options import take_flag


def run(arguments: list[str]) -> int:
    """Make `.venv` with what the course needs, or bring it up to date; do nothing where it is current."""
    arguments, cpu = take_flag(arguments, "--cpu")
    if arguments:
        raise Problem(f"Expected `setup` with no argument but --cpu, got {' '.join(arguments)}; leave it away.")
    if environment.is_current((), cpu):
        print("The environment is current; there is nothing to do.", flush=True)
    environment.ensure(cpu=cpu)
    return 0
