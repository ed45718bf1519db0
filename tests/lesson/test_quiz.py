import importlib
import pkgutil

import ipywidgets
import pytest

from cam_course.lesson import quiz
from cam_course.lesson.quiz import QUESTIONS, quizzes

MODULES = pkgutil.iter_modules(importlib.import_module(QUESTIONS).__path__)
LESSONS = [name.removeprefix("lesson_") for _, name, _ in MODULES]

ANSWERS = {"The `mean` < 0": "No: <b> it is not.", "The sum": "Yes, see `eq. 1`.", "Neither": "One of them is."}


@pytest.fixture
def question():
    return quiz("04.q1", "What is $x$?", ANSWERS, right="The sum")


def test_nothing_is_chosen_and_nothing_said_at_first(question):
    assert question.options.index is None
    assert question.feedback.value == ""


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (0, "<b>Not quite.</b> No: &lt;b&gt; it is not."),
        (1, "<b>Right.</b> Yes, see <code>eq. 1</code>."),
        (2, "<b>Not quite.</b> One of them is."),
    ],
)
def test_each_answer_gets_its_own_feedback(question, index, text):
    question.options.index = index
    assert text in question.feedback.value
    assert 'role="status"' in question.feedback.value


def test_another_choice_replaces_the_feedback(question):
    question.options.index = 0
    question.options.index = 1
    assert "Right." in question.feedback.value
    assert "Not quite" not in question.feedback.value


def test_options_keep_their_order_and_get_letters(question):
    labels = [label for label, _ in question.options.options]
    assert labels == ["a) The `mean` < 0", "b) The sum", "c) Neither"]


def test_a_page_without_kernel_shows_the_question(question):
    bundle, _ = question._repr_mimebundle_()
    assert bundle["text/plain"] == ("04.q1  What is $x$?\n  a) The `mean` < 0\n  b) The sum\n  c) Neither")
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == question.model_id
    assert repr(question) == bundle["text/plain"]


def test_only_core_widgets_are_used(question):
    assert [type(child) for child in question.children] == [
        ipywidgets.HTML,
        ipywidgets.RadioButtons,
        ipywidgets.HTML,
    ]


@pytest.mark.parametrize(
    ("answers", "right", "message"),
    [
        ({"a": "x"}, "a", "expected 2 to 8 answers, got 1"),
        ({str(i): str(i) for i in range(9)}, "1", "expected 2 to 8 answers, got 9"),
        ({"a": "x", "b": "x"}, "a", "expected different feedback"),
        ({"a": "x", "b": "y"}, "c", "expected right= to be one of"),
    ],
)
def test_a_quiz_that_cannot_be_answered_is_refused(answers, right, message):
    with pytest.raises(ValueError, match=message):
        quiz("00.q1", "Which?", answers, right=right)


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_quiz_of_a_lesson_has_three_questions_and_one_right_answer_to_each(lesson):
    sheet = quizzes(lesson)
    assert len(sheet.questions) == 3
    assert [question.text.split()[0] for question in sheet.questions] == [f"{lesson}.q{i}" for i in (1, 2, 3)]
    assert sheet.text.count("\n\n") == 2
    for question in sheet.questions:
        said = []
        for index in range(len(question.options.options)):
            question.options.index = index
            said.append(question.feedback.value)
        assert ["<b>Right.</b>" in text for text in said].count(True) == 1
        assert len(set(said)) == len(said) >= 3


def test_the_right_answer_is_not_always_at_one_place():
    places = set()
    for lesson in LESSONS:
        questions = importlib.import_module(f"{QUESTIONS}.lesson_{lesson}").QUESTIONS
        places |= {list(one["answers"]).index(one["right"]) for one in questions}
    assert len(places) >= 3


def test_a_lesson_without_quiz_is_named():
    with pytest.raises(ModuleNotFoundError, match="lesson_77"):
        quizzes("77")
