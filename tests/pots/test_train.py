"""Training: the same result for a seed, whether interrupted or not."""

import dataclasses
import json

import pytest
import torch

from cam_course import weights
from cam_course.pots import checkpoints, train
from cam_course.pots.kept import renderer_digest
from cam_course.pots.recipes import RECIPES, Recipe, recipe
from cam_course.pots.rendered import labeled
from cam_course.pots.tasks import TASKS, classification
from cam_course.pots.training import Training

TINY = Recipe("tiny", "PotNet", "biased", n=12, epochs=3, size=32, batch=5, arguments={"widths": (4, 6)})
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def same(net, other):
    return all(torch.equal(a, b) for a, b in zip(net.state_dict().values(), other.state_dict().values(), strict=True))


def interrupted(recipe, folder, after):
    training = Training(recipe, TASKS[recipe.task].data(recipe, workers=0, cache=folder), CPU)
    for _ in range(after):
        training.run_epoch()
    train._save(training.state(), folder / f"{recipe.name}.training.pt")


OTHERS = {
    "PotNet": {"arguments": {"widths": (4, 6)}},
    "CNNWithGAP": {"arguments": {"dropout_rate": 0.5}},
    "PotDetector": {"arguments": {"widths": (4, 4, 6)}, "task": "detection", "regime": "mixed"},
    "PotUNet": {"arguments": {"widths": (4, 6)}, "task": "segmentation", "regime": "mixed"},
}


@pytest.mark.parametrize("architecture", OTHERS)
@pytest.mark.parametrize("after", [1, 2])
def test_a_resumed_training_equals_an_uninterrupted_one(tmp_path, architecture, after):
    tiny = dataclasses.replace(TINY, architecture=architecture, **OTHERS[architecture])
    straight = train.train(tiny, device=CPU, cache=tmp_path / "a")
    interrupted(tiny, tmp_path / "b", after)
    torch.manual_seed(99)  # nothing of the process matters
    assert same(straight, train.train(tiny, device=CPU, cache=tmp_path / "b"))


def test_another_seed_gives_another_network(tmp_path):
    one = train.train(TINY, device=CPU, cache=tmp_path / "a")
    two = train.train(dataclasses.replace(TINY, seed=1), device=CPU, cache=tmp_path / "b")
    assert not same(one, two)


def test_a_state_of_another_recipe_is_not_taken_up(tmp_path):
    interrupted(dataclasses.replace(TINY, rate=0.1), tmp_path / "a", 1)
    resumed = train.train(TINY, device=CPU, cache=tmp_path / "a")
    assert same(resumed, train.train(TINY, device=CPU, cache=tmp_path / "b"))


def test_training_leaves_the_callers_random_numbers(tmp_path):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    train.train(TINY, device=CPU, cache=tmp_path)
    assert torch.equal(torch.get_rng_state(), before)


def test_training_learns(tmp_path):
    images, labels = labeled("biased", "train", 60, 32, cache=tmp_path)
    longer = dataclasses.replace(TINY, epochs=20, rate=0.02, arguments={"widths": (8, 16)})
    training = Training(longer, {"image": images, "label": labels}, CPU)
    losses = [training.run_epoch() for _ in range(20)]
    assert losses[-1] < 0.5 * losses[0]
    assert classification.accuracy(training.net.eval(), images, labels) > 0.6  # by chance 0.25


def test_ship_writes_checkpoint_and_card(tmp_path, monkeypatch):
    monkeypatch.setitem(RECIPES, "tiny", TINY)
    train.ship("tiny", device=CPU, models=tmp_path / "models", cache=tmp_path / "cache", tested=5)
    card = json.loads((tmp_path / "models" / "tiny.json").read_text())
    content = (tmp_path / "models" / "tiny.safetensors").read_bytes()
    assert card["sha256"] == checkpoints.digest(content) and card["bytes"] == len(content)
    assert card["seal"] == checkpoints.seal(card)
    assert set(card["accuracy"]) == {"biased", "random", "swapped"} and card["tested"] == {"split": "test", "n": 5}
    assert card["training"] == {"seed": 0, "epochs": 3, "batch": 5, "rate": 4e-3, "decay": 1e-3}
    assert not (tmp_path / "cache" / "tiny.training.pt").exists()


@pytest.mark.parametrize("task", ["detection", "segmentation"])
def test_ship_writes_the_figures_of_its_task_measured_on_what_is_stored(tmp_path, monkeypatch, task):
    architecture = {"detection": "PotDetector", "segmentation": "PotUNet"}[task]
    tiny = dataclasses.replace(TINY, architecture=architecture, half=True, epochs=1, **OTHERS[architecture])
    monkeypatch.setitem(RECIPES, "tiny", tiny)
    monkeypatch.setattr(weights, "MODELS", tmp_path / "models")
    card = train.ship("tiny", device=CPU, models=tmp_path / "models", cache=tmp_path / "cache", tested=5)
    assert card["task"] == task and card["classes"] == list(TASKS[task].CLASSES)
    again = TASKS[task].figures(weights.load("tiny"), size=32, n=5, workers=0, cache=tmp_path / "cache")
    assert {what: round(figure, 4) for what, figure in again.items()} == card["figures"]


def test_a_network_above_two_megabytes_is_not_shipped(tmp_path):
    with pytest.raises(ValueError, match="expected at most 2000000 bytes, got 20000"):
        checkpoints.write(torch.nn.Linear(1000, 5000, bias=False), {"name": "big"}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_pictures_are_rendered_once(tmp_path, monkeypatch):
    first = labeled("biased", "val", 3, 32, cache=tmp_path)
    monkeypatch.setattr("cam_course.pots.rendered.Scenes", None)  # rendering again would fail
    again = labeled("biased", "val", 3, 32, cache=tmp_path)
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    (file,) = tmp_path.iterdir()
    assert file.name == f"biased-val-3-32-{renderer_digest()}.npz"


def test_three_seeds_differ_in_nothing_but_seed_and_name():
    for name in ("pots", "pots_biased", "pots_flat"):
        for seed in (1, 2):
            expected = dataclasses.replace(RECIPES[name], name=f"{name}_s{seed}", seed=seed)
            assert RECIPES[f"{name}_s{seed}"] == expected


def test_an_unknown_name_is_refused_by_recipe_and_command(capsys):
    with pytest.raises(ValueError, match="got 'pots_flatt'; did you mean 'pots_flat'?"):
        recipe("pots_flatt")
    with pytest.raises(SystemExit):
        train.main(["pots_flatt"])
    assert "did you mean 'pots_flat'?" in capsys.readouterr().err
