"""What the notebooks need besides the methods: pictures, widgets, exercises, quizzes, measured numbers."""

from cam_course.lesson import figures, widgets
from cam_course.lesson.exercises import check, show_solution
from cam_course.lesson.measured import approx, bootstrap, measured
from cam_course.lesson.peers import peer
from cam_course.lesson.quiz import quiz, quizzes

__all__ = ["approx", "bootstrap", "check", "figures", "measured", "peer", "quiz", "quizzes", "show_solution", "widgets"]
