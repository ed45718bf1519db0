"""Take run.py's own flags out of a command line; what remains belongs to JupyterLab or pytest."""


def take_flag(arguments: list[str], flag: str) -> tuple[list[str], bool]:
    """Return the arguments without the flag, and whether it was there.

    >>> take_flag(["--cpu", "--no-browser"], "--cpu")
    (['--no-browser'], True)
    """
    return [argument for argument in arguments if argument != flag], flag in arguments
