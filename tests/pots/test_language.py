"""What is said and asked: every word has its number, every question its true answer, and none tells it by itself."""

import itertools

import pytest
import torch

from cam_course.pots import COLORS, KINDS, Scenes
from cam_course.pots import language as said
from cam_course.pots.language import ANSWERS, NONE, QUESTIONS, SORT_OF, WORDS


def answered(kinds, colors):
    found = zip(QUESTIONS, said.answers(kinds, colors), strict=True)
    return {question: ANSWERS[answer] for question, answer in found if answer != NONE}


def test_a_caption_goes_to_numbers_and_back():
    for regime in ("random", "pair"):
        for item in (Scenes(regime, "val", n=4, size=32)[i] for i in range(4)):
            steps = said.told(item["kinds"], item["colors"])
            assert len(steps) == said.LONGEST and said.sentence(steps) == item["caption"]
            assert steps[len(item["caption"].split())] == said.END


def test_plant_and_color_stand_where_the_course_says():
    words = [WORDS[n] for n in said.numbers("a greg in a dark pot next to a rudo in a yellow pot")]
    assert (words[1], words[4], words[9], words[12]) == ("greg", "dark", "rudo", "yellow")
    assert len(words) + 1 == said.LONGEST


def test_no_word_or_question_comes_twice():
    for names in (WORDS, ANSWERS, QUESTIONS, said.ASKED_WITH):
        assert len(set(names)) == len(names)
    assert len(QUESTIONS) == len(SORT_OF) == 13 and set(SORT_OF) == set(said.SORTS)
    assert all(sort in question for question, sort in zip(QUESTIONS, SORT_OF, strict=True))


@pytest.mark.parametrize("question", ["Is there a yuki?", "is there a yuki", " is there a yuki ? "])
def test_a_question_may_be_spelled_with_or_without_its_mark(question):
    assert [said.ASKED_WITH[n] for n in said.asked(question)] == ["is", "there", "a", "yuki"]


def test_other_words_and_questions_are_refused_with_the_nearest():
    with pytest.raises(ValueError, match="expected a word that the network knows, got 'bya'; did you mean 'baya'?"):
        said.numbers("a bya in a blue pot")
    with pytest.raises(ValueError, match=r"got 'is there a greek\?'; did you mean 'is there a greg\?'"):
        said.asked("is there a greek?")


def test_the_answers_of_a_pair_by_hand():
    assert answered([KINDS.index("rudo"), KINDS.index("greg")], [COLORS.index("dark"), COLORS.index("blue")]) == {
        "what is in the blue pot?": "greg",
        "what is in the dark pot?": "rudo",
        "what color is the pot of the rudo?": "dark",
        "what color is the pot of the greg?": "blue",
        "is there a rudo?": "yes",
        "is there a baya?": "no",
        "is there a greg?": "yes",
        "is there a yuki?": "no",
        "how many plants?": "two",
    }


def test_nothing_is_asked_that_has_two_answers_or_needs_no_look_for_the_place():
    twins = answered([0, 0, 1], [2, 3, 3])
    assert "what color is the pot of the rudo?" not in twins and "what is in the dark pot?" not in twins
    assert twins["what is in the yellow pot?"] == "rudo" and twins["what color is the pot of the baya?"] == "dark"
    alone = answered([3], [0])
    assert (
        set(alone) == {f"is there a {kind}?" for kind in KINDS} | {"how many plants?"}
        and alone["how many plants?"] == "one"
    )


def test_an_answer_is_of_its_question_alone():
    scenes = itertools.product(itertools.permutations(range(4), 2), itertools.product(range(4), repeat=2))
    for kinds, colors in scenes:
        for question, answer in answered(list(kinds), list(colors)).items():
            fitting = {"what is": KINDS, "what color": COLORS, "is there": ("yes", "no"), "how many": ("two",)}
            assert answer in fitting[" ".join(question.split()[:2])]


def test_balancing_leaves_each_answer_equally_often_and_takes_the_last_away():
    table = torch.tensor([[0, 8], [1, 8], [0, 9], [NONE, 8], [0, 9], [1, NONE]])
    assert said.balanced(table).tolist() == [[0, 8], [1, 8], [0, 9], [NONE, NONE], [NONE, 9], [1, NONE]]


def test_balancing_nothing_leaves_nothing():
    assert said.balanced(torch.full((3, 2), NONE)).eq(NONE).all()
