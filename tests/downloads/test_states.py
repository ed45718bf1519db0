"""What a file may hold, and what of it does not fit."""

import io
import pickle
import struct
import tarfile

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from safetensors.torch import save
from torch import nn

from cam_course import weights
from cam_course.downloads.failures import OFFLINE
from cam_course.downloads.states import fit, read

from .conftest import saved, small, values


def taken(content):
    return read(content, "net.pth", remedy="ask")


def refused(message):
    return pytest.raises(ValueError, match=message)


def test_what_was_saved_is_read():
    assert taken(saved({"a": torch.tensor([1.0, 2.0])}))["a"].tolist() == [1.0, 2.0]
    assert taken(save({"a": torch.tensor([1.0, 2.0])}))["a"].tolist() == [1.0, 2.0]


def test_tar_is_refused_since_its_reader_was_unsafe():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("storages"))
    with refused("expected net.pth to be safetensors or a file of torch.save, got one that begins with b'storages'"):
        taken(stream.getvalue())


def test_a_whole_network_is_refused_with_the_class_that_it_names():
    with refused(r"a pickle that wants to run torch\.nn\.modules\.linear\.Linear, which was not done"):
        taken(saved(small()))


def test_a_plain_pickle_is_refused():
    with refused("a pickle of more than numbers .Unsupported operand 149., of which nothing was run"):
        taken(pickle.dumps({1: print}, protocol=4))


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (
            {"epoch": 3, "state_dict": {}, "a": torch.zeros(1)},
            "to hold tensors by name, got more: epoch, state_dict; ask",
        ),
        ({i: torch.zeros(1) for i in range(5)}, "got more: 0, 1, 2 and 2 more; ask"),
        ([torch.zeros(1)], "to hold tensors by name, got a list; ask"),
        (torch.zeros(1), "to hold tensors by name, got a Tensor; ask"),
    ],
)
def test_anything_but_named_tensors_is_refused(state, message):
    with refused(message):
        taken(saved(state))


@given(st.binary(max_size=200))
@example(b"")
@example(struct.pack("<Q", 2) + b"{}")  # safetensors of nothing
@settings(max_examples=60)
def test_no_bytes_whatever_do_anything_but_give_tensors_or_a_sentence(content):
    try:
        assert all(isinstance(value, torch.Tensor) for value in taken(content).values())
    except ValueError as error:
        assert str(error).startswith("expected net.pth")


@given(st.data())
@settings(max_examples=60)
def test_no_broken_file_does_either(data):
    content = bytearray(data.draw(st.sampled_from([saved({"a": torch.ones(3)}), save({"a": torch.ones(3)})])))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] ^= data.draw(st.integers(1, 255))
    test_no_bytes_whatever_do_anything_but_give_tensors_or_a_sentence.hypothesis.inner_test(bytes(content))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("weight"), "without weight; build"),
        (lambda s: s.update(head=torch.zeros(1)), "with unknown head; build"),
        (
            lambda s: s.update(weight=torch.zeros(3, 2)),
            r"with other shapes weight \(3, 2\) for \(1, 2\); build",
        ),
        (lambda s: s.update({f"x{i}": torch.zeros(1) for i in range(5)}), "with unknown x0, x1, x2 and 2 more; build"),
        (
            lambda s: (s.pop("bias"), s.update(b=torch.zeros(1), weight=torch.zeros(1))),
            r"without bias; with unknown b; with other shapes weight \(1,\) for \(1, 2\); build",
        ),
    ],
)
def test_keys_that_do_not_fit_are_named_and_the_module_stays(change, message):
    module, numbers = small(2.0), dict(small(7.0).state_dict())
    change(numbers)
    with refused(f"expected net.pth to fit a Linear, got a file {message} it"):
        fit(module, numbers, "net.pth", remedy="build it")
    assert values(module) == [2.0, 2.0, 2.0]


def test_the_hub_says_which_keys_and_keeps_the_file(hub, module, home):
    hub.put("model.pth", saved(nn.Conv2d(1, 1, 1).state_dict()))
    with refused(
        r"model.pth of ann/net \(main\) to fit a Linear, got a file with other shapes weight \(1, 1, 1, 1\) for"
    ) as caught:
        weights.from_hub(module, "ann/net", "model.pth")
    assert str(caught.value).endswith(OFFLINE)
    assert values(module) == [0.0, 0.0, 0.0]
    hub.asked.clear()
    weights.from_hub(nn.Conv2d(1, 1, 1), "ann/net", "model.pth")  # the right file for another network
    assert hub.asked == []


def test_buffers_are_filled_and_a_network_of_halves_fills_one_of_floats():
    module, numbers = nn.BatchNorm2d(1), nn.BatchNorm2d(1).half().state_dict()
    numbers["running_mean"] += 2
    assert fit(module, numbers, "x", remedy="").running_mean.tolist() == [2.0]
    assert module.running_mean.dtype == torch.float32


def test_a_file_of_the_readers(tmp_path, module):
    (tmp_path / "mine.pth").write_bytes(saved(small(6.0).state_dict()))
    assert weights.from_file(module, tmp_path / "mine.pth") is module
    assert values(module) == [6.0, 6.0, 6.0]
    with refused(r"expected mine.pth with SHA-256 000000000000… \(as you gave it\)"):
        weights.from_file(module, str(tmp_path / "mine.pth"), sha256="0" * 64)
    with pytest.raises(FileNotFoundError, match="expected a file of weights, got nothing at .*other.pth"):
        weights.from_file(module, tmp_path / "other.pth")
