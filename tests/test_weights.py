"""Shipped networks: what is loaded is what was written, and it knows what its card says."""

import json
import pickle

import pytest
import torch
from safetensors.torch import save

from cam_course import weights
from cam_course.pots import Scenes
from cam_course.pots.checkpoints import digest, seal

ONE_PLANT = ("biased", "random", "swapped")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the smallest shipped network, to be damaged."""
    for end in ("json", "safetensors"):
        (tmp_path / f"tutorial.{end}").write_bytes((weights.MODELS / f"tutorial.{end}").read_bytes())
    monkeypatch.setattr(weights, "MODELS", tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def unseen():
    torch.set_num_threads(1)
    return {size: {r: Scenes(r, "test", n=80, size=size).batch() for r in ONE_PLANT} for size in (96, 128)}


def reseal(file, **changes):
    card = {**json.loads(file.read_text("utf-8")), **changes}
    file.write_text(json.dumps({**card, "seal": seal(card)}), "utf-8")


def refused(match, error=ValueError):
    return pytest.raises(error, match=match)


def test_names_lists_the_networks():
    threes = [name + end for name in ("pots", "pots_biased", "pots_flat") for end in ("", "_s1", "_s2")]
    beyond = [f"pots_{task}" for task in ("detection", "segmentation", "captions", "questions", "questions_late")]
    assert weights.names() == [*threes, "pots_dosed", "tutorial", *beyond]


@pytest.mark.parametrize("name", [name for name in weights.names() if "accuracy" in weights.card(name)])
def test_a_shipped_network_is_as_accurate_as_its_card_says(name, unseen):
    card, net = weights.card(name), weights.load(name)
    assert not net.training
    for regime, batch in unseen[card["image_size"]].items():
        with torch.inference_mode():
            right = (net(batch["image"]).argmax(1) == batch["label"]).float().mean().item()
        chance = 3 * (card["accuracy"][regime] * (1 - card["accuracy"][regime]) / 80) ** 0.5  # 80 of the card's 400
        assert right == pytest.approx(card["accuracy"][regime], abs=0.02 + chance)


@pytest.mark.parametrize("name", weights.names())
def test_every_checkpoint_is_at_most_two_megabytes(name):
    assert (weights.MODELS / f"{name}.safetensors").stat().st_size == weights.card(name)["bytes"] <= 2_000_000


@pytest.mark.parametrize("end", ["", "_s1", "_s2"])
def test_the_accuracies_that_the_course_needs(end):
    good, fooled, flat = (weights.card(name + end)["accuracy"] for name in ("pots", "pots_biased", "pots_flat"))
    assert all(good[regime] >= 0.97 for regime in ONE_PLANT) and flat["random"] >= 0.97
    assert fooled["biased"] >= 0.97 and fooled["random"] <= 0.40 and fooled["swapped"] <= 0.05


def test_two_loads_share_nothing():
    one, two = weights.load("pots"), weights.load("pots")
    one.fc.weight.data.zero_()
    assert two.fc.weight.abs().sum() > 0


def test_loading_leaves_the_random_numbers():
    before = torch.get_rng_state()
    weights.load("tutorial")
    assert torch.equal(torch.get_rng_state(), before)


def test_an_unknown_name_is_refused_with_the_nearest():
    with refused("expected the name of a shipped network, got 'pots_biasd'; did you mean 'pots_biased'?"):
        weights.load("pots_biasd")


@pytest.mark.parametrize("end", ["json", "safetensors"])
def test_a_missing_file_is_refused_with_the_remedy(folder, end):
    (folder / f"tutorial.{end}").unlink()
    with refused(
        rf"expected data/models/tutorial.{end}, got no such file; restore it with 'git checkout", FileNotFoundError
    ):
        weights.load("tutorial")


def test_a_missing_folder_is_refused_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "MODELS", tmp_path / "models")
    with refused("expected the folder data/models beside the package.*from a clone", FileNotFoundError):
        weights.load("tutorial")


def test_a_truncated_file_is_refused(folder):
    file = folder / "tutorial.safetensors"
    file.write_bytes(content := file.read_bytes()[:-100])
    message = (
        f"expected data/models/tutorial.safetensors .*got {len(content)} of {len(content) + 100} bytes.*train tutorial"
    )
    with refused(message):
        weights.load("tutorial")


def test_one_changed_bit_is_refused(folder):
    file = folder / "tutorial.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with refused("expected data/models/tutorial.safetensors with SHA-256 .*got other content"):
        weights.load("tutorial")


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"accuracy": {"biased": 1.0}}, {"arguments": {"classes": 5}}])
def test_an_altered_card_is_refused(folder, change):
    file = folder / "tutorial.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **change}), "utf-8")
    with refused("expected the card data/models/tutorial.json as it was written, got an altered one"):
        weights.load("tutorial")


def test_the_card_of_another_network_is_refused(folder):
    reseal(folder / "tutorial.json", name="pots")
    with refused("got an altered one"):
        weights.load("tutorial")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "expected data/models/tutorial.json to be JSON"),
        ("[]", "to be a card, got one without architecture, arguments, bytes, name, seal, sha256"),
        ('{"name": "tutorial"}', "to be a card, got one without architecture, arguments, bytes, seal, sha256"),
    ],
)
def test_a_malformed_card_is_refused(folder, text, message):
    (folder / "tutorial.json").write_text(text, "utf-8")
    with refused(message):
        weights.card("tutorial")


def test_an_unknown_architecture_is_refused(folder):
    reseal(folder / "tutorial.json", architecture="PotNett")
    with refused("expected a known architecture, got 'PotNett'; did you mean 'PotNet'?"):
        weights.load("tutorial")


def test_weights_of_another_network_are_refused(folder):
    content = save({"fc.weight": torch.zeros(4, 96)})
    (folder / "tutorial.safetensors").write_bytes(content)
    reseal(folder / "tutorial.json", sha256=digest(content), bytes=len(content))
    with refused("expected data/models/tutorial.safetensors to hold the weights of a CNNWithGAP, got"):
        weights.load("tutorial")


class Malice:
    def __reduce__(self):
        return print, ("code ran",)


def test_loading_runs_no_code_from_a_file_even_under_a_valid_seal(folder, capsys):
    content = pickle.dumps(Malice())
    (folder / "tutorial.safetensors").write_bytes(content)
    reseal(folder / "tutorial.json", sha256=digest(content), bytes=len(content))
    with refused("expected data/models/tutorial.safetensors to hold the weights"):
        weights.load("tutorial")
    assert "code ran" not in capsys.readouterr().out
