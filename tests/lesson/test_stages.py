import pytest
import torch

from cam_course import explain, weights
from cam_course.lesson import figures
from cam_course.lesson.stages import ask, fusion, outline, over, windowed
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
    assert explorer.state == {"first": 0, "gamma": 2}


def test_gamma_changes_what_the_shallow_stage_adds(explorer):
    (_, low), *_, (_, high) = explorer.sweep("gamma")
    assert low.numbers.startswith("γ = 0.5")
    assert high.numbers.startswith("γ = 16")
    share = [float(frame.numbers.rsplit("≈ ", 1)[1]) for frame in (low, high)]
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


def test_the_outline_is_a_band_on_either_side():
    mask = torch.zeros(1, 1, 8, dtype=torch.bool)
    mask[..., 4:] = True
    assert outline(mask, reach=1).long().flatten().tolist() == [0, 0, 0, 1, 1, 0, 0, 0]
    assert outline(mask).long().flatten().tolist() == [0, 0, 1, 1, 1, 1, 0, 0]
    assert not outline(~torch.zeros(1, 4, 4, dtype=torch.bool)).any()  # the picture's border is no outline


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
