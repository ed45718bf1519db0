"""Questions as a task: which are drawn, and what is reached without looking."""

import pytest
import torch

from cam_course.pots.answerer import PADDED
from cam_course.pots.language import ANSWERS, NONE, QUESTIONS, SORT_OF, SORTS, answers
from cam_course.pots.recipes import Recipe
from cam_course.pots.tasks import questions

FEW = Recipe("few", "Answerer", "pair", n=12, epochs=1, size=32, task="questions", others={"distinct": 4, "mixed": 4})
PAIR, ALONE = answers([1, 3], [0, 2]), answers([2], [3])


class Knows(torch.nn.Module):
    """Answers from a table, by the picture's first pixel."""

    def __init__(self, table):
        super().__init__()
        self.table, self.one = table, torch.nn.Parameter(torch.ones(()))

    def forward(self, images, rows):
        at = torch.tensor([(row == PADDED).all(1).nonzero().item() for row in rows[0]])
        known = self.table[(images[:, 0, 0, 0] * 255).round().long()][:, at].clamp(min=0)
        return torch.nn.functional.one_hot(known, len(ANSWERS)) * self.one


def test_data_are_of_three_regimes_and_balanced(tmp_path):
    data = questions.data(FEW, cache=tmp_path)
    assert data["image"].shape == (12, 3, 32, 32) and data["answers"].shape == (12, 13)
    for column in data["answers"].unbind(1):
        assert len(set(column[column != NONE].unique(return_counts=True)[1].tolist())) <= 1


def test_a_question_of_each_sort_is_drawn_from_those_asked():
    drawn = questions.draw(torch.tensor([PAIR, ALONE] * 50))
    asked = [[QUESTIONS[at] for at in row] for row in drawn.tolist()]
    assert all([SORT_OF[at] for at in row] == list(SORTS) for row in drawn.tolist())
    assert {row[0] for row in asked[::2]} == {"what is in the blue pot?", "what is in the yellow pot?"}
    assert {row[1] for row in asked[::2]} == {f"what color is the pot of the {kind}?" for kind in ("baya", "yuki")}
    assert len({row[2] for row in asked}) == 4 and {row[3] for row in asked} == {"how many plants?"}


def test_loss_leaves_out_what_is_not_asked():
    net = Knows(torch.tensor([ALONE]))
    batch = {"image": torch.zeros(1, 3, 2, 2), "answers": torch.tensor([ALONE])}  # right about two questions of four
    expected = torch.tensor(float(len(ANSWERS) - 1 + torch.e)).log() - 1
    assert questions.loss(net, batch).item() == pytest.approx(expected.item())


def test_a_mirrored_picture_has_the_same_answers():
    batch = {"image": torch.rand(2, 3, 4, 4), "answers": torch.tensor([PAIR, ALONE])}
    turned = questions.flipped(batch, torch.tensor([True, False]))
    assert torch.equal(turned["image"][0], batch["image"][0].flip(-1))
    assert torch.equal(turned["image"][1], batch["image"][1]) and torch.equal(turned["answers"], batch["answers"])


def test_who_knows_everything_is_always_right_and_who_reads_the_question_alone_is_not(tmp_path, monkeypatch):
    regimes = {"pair": 60, "distinct": 60, "mixed": 60}
    scenes = questions.several(regimes, "test", 32, cache=tmp_path)[1]
    images = torch.arange(180).byte()[:, None, None, None].expand(-1, 3, 2, 2)
    monkeypatch.setattr(questions, "several", lambda *_, **__: (images, scenes))
    figures = questions.figures(Knows(torch.tensor([answers(*scene) for scene in scenes])), size=32, n=60)
    assert all(figures[sort] == 1 for sort in SORTS)
    for sort, chance in zip(SORTS, (0.25, 0.25, 0.5, 0.25), strict=True):
        assert figures[f"{sort}: question alone"] == chance
    assert 0.3 < figures["what: naming any"] < 0.5 and 0.3 < figures["color: naming any"] < 0.55


def test_naming_any_by_hand():
    table = torch.tensor([PAIR, answers([0, 0, 1], [2, 3, 3])])
    right = questions._any([([1, 3], [0, 2]), ([0, 0, 1], [2, 3, 3])], table)
    assert right[0, :8].tolist() == [0.5, 0, 0.5, 0, 0, 0.5, 0, 0.5]
    assert right[1, 2].item() == pytest.approx(2 / 3)  # in the yellow pot: a rudo, as two of three are
    assert right[1, 5].item() == pytest.approx(2 / 3)  # the baya's pot: dark, as two of three are
    assert questions.by_sort(right, table)["what"] == pytest.approx((0.5 + 0.5 + 2 / 3) / 3)
