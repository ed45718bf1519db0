import base64
import io

import pytest
from PIL import Image

from cam_course.lesson.execute import number_of, read

from .rules import NOTEBOOKS
from .saved_frames import PENDING, data_of, widgets

PAGE_BYTES, ALL_BYTES = 80_000, 1_100_000
SAVED = [path for path in NOTEBOOKS if number_of(path) not in PENDING]


def image(coded):
    return Image.open(io.BytesIO(base64.b64decode(coded)))


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_each_explorer_of_a_saved_lesson_moves_without_a_kernel(path):
    found = widgets(read(path))
    assert found, "expected an explorer in every lesson"
    for output, page in found:
        assert page, f"no frames after {output.data['text/plain'][:80]}; run python -m cam_course.lesson.execute"
        assert len(page.encode()) <= PAGE_BYTES
        data = data_of(page)
        still, frames = image(output.data["image/jpeg"]), data["frames"]
        assert list(still.size) == data["size"]
        assert output.data["text/plain"].endswith(frames[data["start"]]["text"])
        assert 2 <= len(frames) <= 12
        assert len({frame["text"] for frame in frames}) == len(frames)
        pictures = [image(frame["picture"].split(",")[1]) for frame in frames if frame["picture"]]
        assert len(pictures) == len(frames) - 1
        left, upper, wide, high = data["box"]
        assert left + wide <= still.width
        assert upper + high <= still.height
        assert all(abs(one.width / one.height - wide / high) < 0.02 * wide / high for one in pictures)


def test_all_frames_together_leave_the_clone_small():
    pages = [page for path in NOTEBOOKS for _, page in widgets(read(path)) if page]
    assert sum(len(page.encode()) for page in pages) <= ALL_BYTES


def test_no_lesson_stays_on_the_list_of_those_to_run_again():
    assert {number_of(path) for path in NOTEBOOKS} >= PENDING
    done = [number_of(path) for path in NOTEBOOKS if any(page for _, page in widgets(read(path)))]
    assert sorted(PENDING & set(done)) == []
