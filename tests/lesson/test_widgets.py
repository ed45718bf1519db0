import ipywidgets
import pytest
import torch
from PIL import Image

from cam_course import explain, weights
from cam_course.lesson import widgets
from cam_course.metrics import energy_inside
from cam_course.pots import KINDS, Scenes


def counting(*, fail=False):
    """An explorer whose picture is as wide as its first control says."""

    def draw(width, shade="dark"):
        if fail and width == 30:
            raise ValueError("no <b>such</b> width")
        return widgets.Frame(Image.new("RGB", (width, 10), "black"), f"width {width}, {shade}")

    return widgets.explorer(
        draw,
        alt="A black picture, ten wide.",
        width=widgets.slider("width", {"ten": 10, "twenty": 20, "thirty": 30}),
        shade=widgets.choice("shade", {"Dark": "dark", "Light": "light"}),
    )


def test_moving_a_control_changes_picture_numbers_and_text():
    explorer = counting()
    before = explorer.still
    assert explorer.state == {"width": 10, "shade": "dark"}
    explorer.controls["width"].value = 20
    assert explorer.state == {"width": 20, "shade": "dark"}
    assert explorer.still != before
    assert "width 20, dark" in explorer.text
    assert "width 20, dark" in explorer.children[-1].value


def test_a_sweep_shows_every_state_and_leaves_the_widget_alone():
    explorer = counting()
    frames = explorer.sweep("width")
    assert [(label, frame.picture.width) for label, frame in frames] == [("ten", 10), ("twenty", 20), ("thirty", 30)]
    assert explorer.state == {"width": 10, "shade": "dark"}
    with pytest.raises(ValueError, match="expected a control out of"):
        explorer.sweep("height")


def test_an_error_is_shown_where_the_reader_looks_and_goes_away():
    explorer = counting(fail=True)
    explorer.controls["width"].value = 30
    assert 'role="alert"' in explorer.children[-1].value
    assert "ValueError: no &lt;b&gt;such&lt;/b&gt; width" in explorer.children[-1].value
    explorer.controls["width"].value = 20
    assert "width 20" in explorer.children[-1].value


def test_controls_act_when_they_are_released_and_say_what_they_are():
    for control in counting().controls.values():
        assert control.description
        assert not getattr(control, "continuous_update", False)


def test_more_than_two_controls_are_refused():
    knob = widgets.slider("k", {"1": 1})
    with pytest.raises(ValueError, match="expected one or two controls, got 3"):
        widgets.explorer(lambda a, b, c: None, alt="x", a=knob, b=knob, c=knob)


def test_the_saved_page_has_a_still_and_the_numbers():
    data, metadata = counting()._repr_mimebundle_()
    assert metadata == {"image/jpeg": {"alt": "A black picture, ten wide."}}
    assert "width 10, dark" in data["text/plain"]
    assert data["image/jpeg"].startswith("/9j/")


def test_only_core_widgets_are_used():
    def inside(widget):
        return [widget, *(found for child in getattr(widget, "children", ()) for found in inside(child))]

    kinds = {type(widget).__module__.split(".")[0] for widget in inside(counting())[1:]}
    assert kinds == {"ipywidgets"}
    assert not any(isinstance(widget, ipywidgets.Output) for widget in inside(counting()))


@pytest.fixture(scope="module")
def scene():
    return Scenes("pair", "test", n=18)[17]


def test_the_class_and_layer_explorer_says_what_the_package_says(scene):
    model, regions = weights.load("pots"), {"plants": scene["plants"].any(0)}
    explorer = widgets.class_and_layer(
        model,
        scene["image"],
        regions,
        classes=KINDS,
        layers=["stages.1", "stages.3"],
        start={"class_": 1, "layer": "stages.3"},
        alt="A map on a plant, for a test.",
    )
    explorer.controls["class_"].value = 3
    explorer.controls["layer"].value = "stages.1"
    answer = explain(model, scene["image"], target=3, layer="stages.1")
    share = float(energy_inside(answer.maps, regions["plants"])[0])
    assert f"yuki at stages.1 (32×32): logit ≈ {float(answer.logits[0, 3]):.1f}" in explorer.text
    assert f"strongest value ≈ {float(answer.maps.max()):.3f}" in explorer.text
    assert f"plants ≈ {share:.2f}" in explorer.text


def test_the_shelves_tell_caption_and_share():
    scenes = {"pair": Scenes("pair", "val", n=2), "multi": Scenes("multi", "val", n=2)}
    explorer = widgets.shelves(scenes, alt="Two plants, and their masks.")
    explorer.controls["regime"].value = "multi"
    explorer.controls["number"].value = 1
    item = scenes["multi"][1]
    share = float(torch.stack(list(item["plants"])).any(0).double().mean())
    assert f"multi, picture 1: {item['caption']}; plants cover ≈ {share:.2f} of it" in explorer.text
