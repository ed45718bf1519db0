"""The README's picture and tables agree with what is in the repository."""

import re
from pathlib import Path

from cam_course.lesson.execute import COVER, NOTEBOOKS, covers, read

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_picture_is_the_one_of_the_lesson():
    pictures = [picture for path in sorted(NOTEBOOKS.glob("*.ipynb")) for picture in covers(read(path))]
    assert len(pictures) == 1
    assert COVER.read_bytes() == pictures[0], "run python -m cam_course.lesson.execute"
    assert f"]({COVER.relative_to(ROOT).as_posix()})" in README


def test_both_commands_stand_above_the_table_of_lessons():
    before, _, _ = README.partition("| lesson |")
    assert "python3 run.py lab" in before
    assert "python3 run.py test" in before


def test_every_notebook_is_linked_from_the_table_and_every_link_leads_somewhere():
    linked = set(re.findall(r"\]\((?!https?:|#)([^)#]+)\)", README))
    for path in NOTEBOOKS.glob("*.ipynb"):
        assert path.relative_to(ROOT).as_posix() in linked
    assert not [target for target in linked if not (ROOT / target).exists()]
