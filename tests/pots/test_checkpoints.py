"""What is written is what is loaded, in half precision too."""

import dataclasses
import json

import pytest
import safetensors.torch
import torch

from cam_course import weights
from cam_course.pots import checkpoints
from cam_course.pots.recipes import RECIPES, Recipe

TINY = Recipe("tiny", "PotNet", "random", n=12, epochs=3, arguments={"widths": (4, 6)}, half=True)


class Holds(torch.nn.Module):
    def __init__(self, *numbers):
        super().__init__()
        self.numbers = torch.nn.Parameter(torch.tensor(numbers))
        self.register_buffer("count", torch.tensor(100_001))


def test_rounding_to_half_precision_by_hand():
    net = checkpoints.rounded(Holds(1.0, 0.1, 2049.0))
    # ten bits after the first: 0.1 is 1638 of 16384, and of 2048 and 2050 the even one is taken
    assert net.numbers.tolist() == [1.0, pytest.approx(1638 / 16384, abs=1e-9), 2048.0]
    assert net.numbers.dtype == torch.float32 and net.count == 100_001


def test_a_number_too_large_for_half_precision_is_refused():
    with pytest.raises(ValueError, match="expected numbers up to 65504, got a larger one; store this network in full"):
        checkpoints.rounded(Holds(70000.0))


def test_the_file_holds_half_precision_and_the_loaded_network_does_not(tmp_path, monkeypatch):
    with torch.random.fork_rng():
        net = checkpoints.rounded(weights.ARCHITECTURES["PotNet"](**TINY.arguments))
    card = checkpoints.make_card(TINY, {"random": 0.5}, 4, ("a", "b"))
    checkpoints.write(net, card, tmp_path)
    stored = safetensors.torch.load((tmp_path / "tiny.safetensors").read_bytes())
    assert {value.dtype for value in stored.values()} == {torch.float16, torch.int64}
    monkeypatch.setattr(weights, "MODELS", tmp_path)
    monkeypatch.setitem(RECIPES, "tiny", TINY)
    for key, value in weights.load("tiny").state_dict().items():
        assert value.dtype == net.state_dict()[key].dtype and torch.equal(value, net.state_dict()[key])
    assert json.loads((tmp_path / "tiny.json").read_text("utf-8"))["stored"] == "float16"


def test_a_card_in_full_precision_says_nothing_of_it_and_its_figures_are_accuracies():
    card = checkpoints.make_card(dataclasses.replace(TINY, half=False), {"random": 0.51239}, 4, ("a", "b"))
    assert "stored" not in card and "task" not in card and card["classes"] == ["a", "b"]
    assert card["accuracy"] == {"random": 0.5124}


def test_the_card_of_another_task_names_it_and_has_figures():
    card = checkpoints.make_card(dataclasses.replace(TINY, task="detection"), {"AP50": 0.9}, 4, ("a",))
    assert card["task"] == "detection" and card["figures"] == {"AP50": 0.9} and "accuracy" not in card


def test_every_card_tells_how_its_file_is_stored():
    for name, recipe in RECIPES.items():
        assert (weights.card(name).get("stored") == checkpoints.HALF) == recipe.half
