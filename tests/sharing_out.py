"""Which tests go to a worker together: those of one file, but for two files of which each test takes long."""

from typing import Any

import pytest

ALONE = ("tests/browser/test_lessons.py", "tests/wrong_answers/test_wrong_answers.py")


def together(nodeid: str) -> str:
    """The name of the group that a test belongs to.

    >>> together("notebooks/04_grad_cam.ipynb::Cell 3")
    'notebooks/04_grad_cam.ipynb'
    >>> together("tests/browser/test_lessons.py::test_a_lesson[04_grad_cam]")
    'tests/browser/test_lessons.py::test_a_lesson[04_grad_cam]'
    """
    file = nodeid.split("::", 1)[0]
    return nodeid if file in ALONE else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """In place of ``--dist=loadfile``: one file a worker at a time, or one long test."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrLongTest(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return together(nodeid)

    return ByFileOrLongTest(config, log)
