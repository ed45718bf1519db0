"""Kernels in which saved outputs are computed anew are told to save, as those were that wrote them."""

import os
from collections.abc import Generator
from unittest import mock

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """A notebook's kernel starts in the setup of its first cell; no other test's kernel saves."""
    if item.path.suffix != ".ipynb":  # restoring the environment would undo what a test's fixtures have set
        return (yield)
    from cam_course.lesson.without_kernel import SAVING  # not before PyTorch may be loaded

    with mock.patch.dict(os.environ, {SAVING: "1"}):
        return (yield)
