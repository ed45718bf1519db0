"""The button hands on what it could read, and otherwise says why not, without letting a name become HTML."""

import pytest

from cam_course.lesson.upload import upload
from tests.images.files import as_file, corners, pixels


@pytest.fixture
def chosen():
    taken = []
    box = upload(taken.append)
    button, line = box.children

    def choose(content, name="plant.png"):
        # what the browser sends, through the library's own translation
        sent = {"name": name, "type": "image/png", "size": len(content), "last_modified": 0, "error": ""}
        button.set_state({"value": [{**sent, "content": memoryview(content)}]})
        return line.value, taken

    return choose


def test_a_picture_is_handed_on(chosen):
    line, taken = chosen(as_file("PNG", 4, 2))
    assert "Read: 4 × 2 pixels." in line
    assert pixels(taken[0]) == pixels(corners(4, 2))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got 0 bytes"),
        (as_file("PNG")[:60], "truncated after 60 bytes"),
        (b"hello", "got something that is no picture"),
        (b"<svg ><script>alert(1)</script></svg>", "an SVG drawing with a script in it, which is never run"),
        (b"GIF89a\xff\xff\xff\xff" + bytes(30), "65535 × 65535, which may be a decompression bomb"),
        (b"GIF89a" + bytes(30), "0 × 0: zero pixels"),
    ],
)
def test_a_bad_picture_is_refused_in_its_own_words_and_the_next_is_taken(chosen, content, message):
    line, taken = chosen(content)
    assert message in line
    assert "role='alert'" in line
    assert taken == []
    assert len(chosen(as_file("PNG"), "next.png")[1]) == 1


def test_a_name_is_no_html(chosen):
    line, _ = chosen(b"hello", "<img src=x onerror=alert(1)>.png")
    assert "<img" not in line
    assert "&lt;img src=x" in line


@pytest.mark.parametrize(
    ("error", "told"),
    [(ValueError("expected a & b"), ">expected a &amp; b<"), (RuntimeError("<b>"), ">RuntimeError: &lt;b&gt;<")],
)
def test_what_the_lesson_does_with_the_picture_may_fail_and_says_so(error, told):
    def fail(picture):
        raise error

    button, line = upload(fail).children
    content = as_file("PNG")
    sent = {"name": "x.png", "type": "image/png", "size": len(content), "last_modified": 0, "error": ""}
    button.set_state({"value": [{**sent, "content": memoryview(content)}]})
    assert told in line.value and "role='alert'" in line.value
