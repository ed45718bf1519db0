"""A quiz question: radio buttons and, once one is chosen, what is right or wrong about that answer."""

from __future__ import annotations

import html
import importlib
import re
from collections.abc import Mapping
from string import ascii_lowercase
from typing import Any

import ipywidgets as widgets

from cam_course.lesson.naming import mark
from cam_course.lesson.without_kernel import Speaking

__all__ = ["Quiz", "Sheet", "quiz", "quizzes"]

QUESTIONS = "cam_course.lesson.quizzes"  # package that holds one module lesson_NN a lesson


class Quiz(Speaking):
    """Question, options and feedback. Beside its view it carries the question as text, for pages without a kernel.

    Attributes:
        options: the radio buttons; `index` is None until one is chosen.
        feedback: the line below them.
        text: the question and its lettered options.
    """

    def __init__(self, number: str, question: str, answers: Mapping[str, str], right: str) -> None:
        """Build the widget; `quiz` says what the arguments are."""
        labels = [f"{letter}) {text}" for letter, text in zip(ascii_lowercase, answers, strict=False)]
        self.text = "\n".join([f"{number}  {question}", *(f"  {label}" for label in labels)])
        self._replies = [_reply(text == right, reply) for text, reply in answers.items()]
        heading = widgets.HTML(f"<b>{number}</b>&ensp;{_markup(question)}{mark()}")
        layout = widgets.Layout(width="auto", max_width="100%")  # the default cuts long options off
        self.options = widgets.RadioButtons(options=[(label, i) for i, label in enumerate(labels)], value=None)
        self.options.layout = layout
        self.feedback = widgets.HTML()
        self.options.observe(self._answer, names="value")
        super().__init__([heading, self.options, self.feedback])
        self.add_class("cam-quiz")

    def _answer(self, change: Mapping[str, Any]) -> None:
        index = change["new"]
        self.feedback.value = "" if index is None else self._replies[index]


def quiz(number: str, question: str, answers: Mapping[str, str], *, right: str) -> Quiz:
    r"""Ask a question with fixed answers, none of them chosen beforehand.

    Args:
        number: shown before the question, as ``"04.q1"``.
        question: one sentence; text between backticks is set as code.
        answers: two to eight; from each answer to what is said when it is chosen, all different.
        right: the key of the right one.

    Returns:
        The widget: the last line of a cell shows it.

    Raises:
        ValueError: fewer than two or more than eight answers, two with one feedback, or `right` not among them.

    Examples:
        >>> quiz("00.q1", "Is a logit a probability?", {"Yes": "It may exceed 1.", "No": "It is a score."}, right="No")
        00.q1  Is a logit a probability?
          a) Yes
          b) No
    """
    if not 2 <= len(answers) <= 8:
        raise ValueError(f"expected 2 to 8 answers, got {len(answers)}; add or drop some")
    if len(set(answers.values())) < len(answers):
        raise ValueError("expected different feedback for each answer, got one twice; say what is wrong with each")
    if right not in answers:
        raise ValueError(f'expected right= to be one of {list(answers)}, got "{right}"; copy one of them')
    return Quiz(number, question, answers, right)


class Sheet(Speaking):
    """Several quiz questions, one below the other."""

    def __init__(self, questions: list[Quiz]) -> None:
        self.questions = questions
        self.text = "\n\n".join(question.text for question in questions)
        super().__init__(questions)


def quizzes(lesson: str) -> Sheet:
    """The quiz at the end of a lesson, kept in ``quizzes/lesson_NN.py``, so that the page spoils nothing.

    Args:
        lesson: its number, as ``"04"`` or ``"11b"``.

    Raises:
        ModuleNotFoundError: the lesson has no quiz.
    """
    questions = importlib.import_module(f"{QUESTIONS}.lesson_{lesson}").QUESTIONS
    return Sheet([quiz(f"{lesson}.q{i}", **one) for i, one in enumerate(questions, 1)])


def _reply(is_right: bool, reply: str) -> str:
    verdict = "Right." if is_right else "Not quite."
    return f'<div role="status"><b>{verdict}</b> {_markup(reply)}</div>'  # role: screen readers speak it


def _markup(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
