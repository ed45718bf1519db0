"""The networks that do more than name a plant are as good as the course needs, on scenes that none was trained on."""

import pytest
import torch

from cam_course import weights
from cam_course.pots import examine
from cam_course.pots.language import SORTS
from cam_course.pots.recipes import RECIPES

SCENES = 40

# at least, and at most, what a lesson needs; the figures on 400 scenes are in the cards
BLIND = {f"{sort}: question alone": (0.0, 0.3) for sort in ("what", "color", "how many")}
NEEDED = {
    "pots_detection": {"AP50": (0.93, 1)},
    "pots_segmentation": {"mean IoU": (0.88, 1)},
    "pots_captions": {"plant words": (0.95, 1), "color words": (0.95, 1), "sentences": (0.9, 1)},
    "pots_questions": {**{sort: (0.95, 1) for sort in SORTS}, **BLIND, "is there: question alone": (0.0, 0.55)},
    "pots_questions_late": {"what": (0.0, 0.7), "color": (0.0, 0.7)},
}


@pytest.mark.parametrize("name", NEEDED)
def test_a_shipped_network_is_as_good_as_the_course_needs_and_as_its_card_says(name):
    torch.set_num_threads(1)
    figures, written = examine.examine(name, n=SCENES), weights.card(name)["figures"]
    assert figures.keys() == written.keys()
    for what, (least, most) in NEEDED[name].items():
        assert least <= figures[what] <= most and least <= written[what] <= most
        chance = 3 * (written[what] * (1 - written[what]) / SCENES) ** 0.5
        assert figures[what] == pytest.approx(written[what], abs=0.02 + chance)


def test_every_network_that_does_more_is_held_to_a_figure():
    assert set(NEEDED) == {name for name, recipe in RECIPES.items() if recipe.task != "classification"}


def test_the_report_names_network_task_and_figures(tmp_path):
    first, line = examine.report(["tutorial"], 4, cache=tmp_path)
    assert first == "on 4 unseen scenes"
    assert line.startswith("tutorial (classification): biased ") and "swapped 0." in line


def test_the_command_refuses_an_unknown_name(capsys):
    with pytest.raises(SystemExit):
        examine.main(["pots_detections"])
    assert "did you mean 'pots_detection'?" in capsys.readouterr().err
