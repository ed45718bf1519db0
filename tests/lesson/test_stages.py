import re

import pytest
import torch

from cam_course import explain, weights
from cam_course.lesson import figures
from cam_course.lesson.stages import album, ask, by_region, fusion, over, stacked, table, windowed
from cam_course.methods.cams import grad_cam, hires_cam, layer_cam
from cam_course.pots import Scenes


@pytest.fixture
def explorer():
    """A shallow map that is high at the top left, a deep one of one cell at half of its own maximum elsewhere."""
    shallow, deep = torch.zeros(4, 4), torch.tensor([[1.0, 1.0], [2.0, 1.0]])
    shallow[0, 0] = 3.0
    top = torch.zeros(4, 4, dtype=torch.bool)
    top[:2] = True
    return fusion(torch.rand(3, 4, 4), {"a": shallow, "b": deep}, {"top": top}, alt="A map of two stages, fused.")


def test_the_numbers_are_those_of_the_fused_map(explorer):
    # deep / 2, enlarged, is below 1 but at the lower left; only pixel (0, 0) is raised: tanh(2 · 1) = 0.964
    assert "the shallow stages set ≈ 0.06 of the pixels" in explorer.text  # 1 of 16
    assert "top: fused ≈ 0." in explorer.text
    assert "picture ≈ 0.50" in explorer.text  # half of it
    assert explorer.state == {"first": 0, "gamma": 2}


def test_gamma_changes_what_the_shallow_stage_adds(explorer):
    (_, low), *_, (_, high) = explorer.sweep("gamma")
    assert low.numbers.startswith("γ = 0.5")
    assert high.numbers.startswith("γ = 16")
    share = [float(re.search(r"fused ≈ ([\d.]+)", frame.numbers)[1]) for frame in (low, high)]
    assert share[0] <= share[1]


def test_the_stages_are_chosen_from_the_deepest_upward(explorer):
    assert [label for label, _ in explorer.sweep("first")] == ["a to b"]


def test_lines_carry_the_values_and_a_reference():
    _, (ax,) = figures.row(1)
    over(ax, ["1", "2"], {"one": [0.5, 0.25], "short": [1.0]}, labels=("size", "share"), reference=(0.5, "chance"))
    first, second, dashed = ax.get_lines()
    assert first.get_ydata().tolist() == [0.5, 0.25]
    assert list(second.get_xdata()) == [0]
    assert dashed.get_ydata()[0] == 0.5
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one", "short", "chance"]


def test_too_many_lines_are_refused():
    _, (ax,) = figures.row(1)
    with pytest.raises(ValueError, match="expected up to 4 lines, got 5"):
        over(ax, ["1"], {str(i): [i] for i in range(5)}, labels=("a", "b"))


def test_the_maps_of_all_stages_are_those_of_explain():
    model, batch = weights.load("pots"), Scenes("random", "val", n=27, size=32).batch(progress=False)
    images, labels = batch["image"], batch["label"]
    methods = {"LayerCAM": layer_cam, "Grad-CAM": grad_cam}
    found = ask(model, images, labels, ["stages.0", "stages.3"], methods)  # in two parts: 25 and 2
    assert len(found) == 4
    for (name, stage), method in ((("LayerCAM", "stages.0"), "layer_cam"), (("Grad-CAM", "stages.3"), "grad_cam")):
        alone = explain(model, images[24:], method, target=labels[24:], layer=stage).raw
        torch.testing.assert_close(found[name, stage][24:], alone)


def test_windows_lie_between_hires_cam_and_grad_cam():
    draw = torch.Generator().manual_seed(0)
    A, g = (torch.randn(2, 3, 4, 4, generator=draw) for _ in range(2))
    ones = torch.ones_like(A)
    torch.testing.assert_close(windowed(A, g, ones, 1), hires_cam(A, g))
    torch.testing.assert_close(windowed(A, g, ones, 4), grad_cam(A, g))


def test_only_what_counts_enters_a_windows_mean():
    A = torch.tensor([[[[1.0, 0.0], [0.0, 3.0]]]])
    g = torch.tensor([[[[2.0, -8.0], [-8.0, 6.0]]]])
    assert windowed(A, g, (A > 0).float(), 2).tolist() == [[[4.0, 0.0], [0.0, 12.0]]]  # mean of 2 and 6
    assert windowed(A, g, A, 2).tolist() == [[[5.0, 0.0], [0.0, 15.0]]]  # (2 · 1 + 6 · 3) / 4
    assert windowed(A, g, torch.zeros_like(A), 2).tolist() == [[[0.0, 0.0], [0.0, 0.0]]]


def test_a_window_moved_by_half_of_its_side_holds_parts_of_its_two_neighbors():
    A = torch.ones(1, 1, 4, 4)
    g = torch.tensor([1.0, 1.0, 3.0, 3.0]).expand(1, 1, 4, 4)
    assert windowed(A, g, torch.ones_like(A), 2)[0, 0].tolist() == [1, 1, 3, 3]
    assert windowed(A, g, torch.ones_like(A), 2, moved=1)[0, 0].tolist() == [2, 2, 2, 2]
    torch.testing.assert_close(windowed(A, g, A, 1, moved=1), windowed(A, g, A, 1))


def test_two_regions_have_a_mean_each():
    A = torch.tensor([[[[1.0, 2.0, 1.0, 3.0]]]])
    g = torch.tensor([[[[2.0, 4.0, 1.0, -7.0]]]])
    region = torch.tensor([[[True, True, False, False]]])
    assert by_region(A, g, torch.ones_like(A), region).tolist() == [[[3.0, 6.0, 0.0, 0.0]]]  # means 3 and -3
    torch.testing.assert_close(by_region(A, g, torch.ones_like(A), region | True), grad_cam(A, g))


def test_a_table_has_heads_and_prints_means_as_measured(capsys):
    table(["IoU", "energy"], {"map": [torch.tensor([0.25, 0.75]), 0.3], "chance": ["", 0.1]})
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["IoU", "energy"]
    assert first.split() == ["map", "≈", "0.50", "≈", "0.30"]
    assert second.index("≈") == first.rindex("≈") == head.index("energy")


def test_one_axis_may_say_the_names_for_all():
    _, (ax,) = figures.row(1)
    over(ax, ["1"], {"one": [0.5]}, labels=("a", "b"), legend=False)
    assert ax.get_legend() is None


def test_stages_are_stacked_each_of_maximum_one():
    maps = {("a", "s0"): torch.eye(4)[None] * 3, ("b", "s0"): torch.ones(1, 4, 4), ("a", "s1"): torch.zeros(1, 2, 2)}
    found = stacked(maps, "a", (4, 4))
    assert found.shape == (2, 1, 4, 4)
    assert torch.equal(found[0, 0], torch.eye(4))
    assert not found[1].any()


@pytest.mark.parametrize("answer", [None, torch.ones(8, 8, dtype=torch.bool)])
def test_the_album_shows_solved_and_unsolved(answer, monkeypatch):
    titles = []
    monkeypatch.setattr(
        "cam_course.lesson.stages.show", lambda fig, alt: titles.extend(a.get_title() for a in fig.axes)
    )
    scenes = {"image": torch.rand(2, 3, 8, 8), "plant": torch.ones(2, 8, 8, dtype=torch.bool)}
    album(lambda image, maps: answer, scenes, [[], []], (0, 1))
    assert titles == 2 * ["not cut out yet" if answer is None else "IoU 1.00"]
