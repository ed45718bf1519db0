import pytest
import torch

from cam_course import device


def test_the_reader_may_name_the_device(monkeypatch):
    monkeypatch.setenv("CAM_COURSE_DEVICE", "cpu")
    assert device() == torch.device("cpu")
    monkeypatch.setenv("CAM_COURSE_DEVICE", "")
    assert device().type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("wish", ["gpu", "cuda:99"])
def test_a_device_that_is_not_there_is_refused(monkeypatch, wish):
    monkeypatch.setenv("CAM_COURSE_DEVICE", wish)
    with pytest.raises(ValueError, match="expected CAM_COURSE_DEVICE to name a device of this machine"):
        device()
