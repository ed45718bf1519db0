from cam_course.lesson.progress import Bar, counted


def test_the_saved_line_does_not_depend_on_the_machine():
    bar = Bar("training", 300)
    before = repr(bar)
    bar.show(100, 10.0)
    assert repr(bar) == before == "[training: 300 steps]"
    assert (bar.done.value, bar.left.value) == (100, "100 of 300, about 20 s left")


def test_every_item_comes_in_order(capsys):
    assert list(counted("abc", "spelling")) == ["a", "b", "c"]
    assert capsys.readouterr().out == "[spelling: 3 steps]\n"


def test_nothing_to_do():
    assert list(counted([], "resting")) == []
