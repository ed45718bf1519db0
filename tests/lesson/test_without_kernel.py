import base64

import nbformat

from cam_course.lesson.without_kernel import SAVING, VIEW, Speaking

JPEG = b"\xff\xd8\xff\xe0"


def test_a_saved_output_carries_text_picture_and_alternative_text():
    class Box(Speaking):
        text = "three words here"
        still = memoryview(JPEG)  # as the value of an Image widget may be
        alt = "what it shows"

    box = Box()
    data, metadata = box._repr_mimebundle_()
    assert data["text/plain"] == repr(box) == "three words here"
    assert base64.b64decode(data["image/jpeg"], validate=True) == JPEG  # text, as a notebook's file holds it
    assert metadata == {"image/jpeg": {"alt": "what it shows"}}
    assert data[VIEW]["model_id"] == box.model_id
    nbformat.validate(nbformat.v4.new_output("display_data", data, metadata=metadata), ref="output", version=4)


def test_without_a_still_there_is_text_alone():
    data, metadata = Speaking()._repr_mimebundle_()
    assert (set(data), metadata) == ({"text/plain", VIEW}, {})


def test_what_has_no_frames_is_shown_as_ever_while_saving(monkeypatch):
    monkeypatch.setenv(SAVING, "1")
    assert Speaking()._ipython_display_ is None
