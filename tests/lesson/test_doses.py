from matplotlib.figure import Figure

from cam_course.lesson.doses import averages, draw, tell
from cam_course.pots.dose import Point

POINTS = [Point(0, 0, 0.25, 0.0), Point(100, 0, 0.5, 0.25), Point(100, 1, 1.0, 0.75)]


def test_the_means_are_told_dose_by_dose(capsys):
    assert averages(POINTS) == {0: (0.25, 0.0), 100: (0.75, 0.5)}
    tell(POINTS)
    assert capsys.readouterr().out.splitlines()[1] == "  100 counterexamples: random ≈ 0.75, swapped ≈ 0.50"


def test_the_curve_leaves_zero_out_and_shows_each_training():
    ax = draw(Figure().subplots(), POINTS)
    on_random, on_swapped, each = ax.lines
    assert (on_random.get_ydata().tolist(), on_swapped.get_ydata().tolist()) == ([0.75], [0.5])
    assert (each.get_xdata().tolist(), each.get_ydata().tolist()) == ([100, 100], [0.25, 0.75])
