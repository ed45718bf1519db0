"""`run.py slides`: what reaches the environment, and when npm is installed into it."""

from pathlib import Path

import pytest

from launcher import environment, slides


@pytest.mark.parametrize(("npm", "extras"), [("npm", ()), (None, ("slides",))])
def test_the_lessons_are_passed_on_and_npm_is_brought_along_where_there_is_none(monkeypatch, npm, extras):
    asked = {}
    monkeypatch.setattr(slides.shutil, "which", lambda name: npm)
    monkeypatch.setattr(environment, "ensure", lambda extras, *, cpu: asked.update(extras=extras) or Path("python"))
    monkeypatch.setattr(slides, "run_to_end", lambda command, variables: asked.update(command=command) or 3)
    assert slides.run(["04", "--cpu", "11b"]) == 3
    assert asked == {"extras": extras, "command": ["python", "-m", "cam_course.lesson.slides", "04", "11b"]}
