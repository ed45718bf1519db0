"""Open the course (`python3 run.py lab`), or prove it (`python3 run.py test`), on a bare Python 3.10 or newer.

This file holds nothing but the check of the Python that reads it, in words which every Python understands.
"""

import sys

if sys.version_info < (3, 10):  # noqa: UP036, an older Python is exactly who reads this line
    sys.exit(
        "Expected Python 3.10 or newer, got {}.{}; install a newer one (`python3 --version` shows which one "
        "your shell finds), then run this again with it, for example `python3.12 run.py lab`.".format(
            *sys.version_info[:2]
        )
    )

from launcher.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
