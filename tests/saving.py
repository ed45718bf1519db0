"""Kernels in which saved outputs are computed anew are told to save, as those were that wrote them."""

import os
from collections.abc import Generator
from unittest import mock

import pytest

from cam_course.lesson.without_kernel import SAVING


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """A notebook's kernel starts in the setup of its first cell; no other test's kernel saves."""
    saves = {SAVING: "1"} if item.path.suffix == ".ipynb" else {}
    with mock.patch.dict(os.environ, saves):
        return (yield)
