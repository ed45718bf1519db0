import ipywidgets
import pytest
import torch
from PIL import Image

from cam_course import visualize, weights
from cam_course.lesson import widgets


def growing(**controls):
    """A player whose picture grows with the step."""

    def draw(step, shade="dark"):
        if step == 1 and shade == "light":
            raise ValueError("no light there")
        return widgets.Frame(Image.new("RGB", (10 + step, 10), "black"), f"frame {step}, {shade}")

    return widgets.player(draw, [0, 5, 10], alt="A black picture, twelve wide.", **controls)


def shades():
    return {"shade": widgets.choice("shade", {"Dark": "dark", "Light": "light"})}


def test_it_begins_at_the_last_frame_and_that_is_the_still():
    player = growing()
    assert player.state == {"step": 2}
    assert player.play.value == player.play.max == 2
    assert "frame 2, dark" in player.text
    assert dict(player.controls["step"].options) == {"0": 0, "5": 1, "10": 2}


def test_playing_moves_the_slider_and_the_picture_and_the_slider_moves_the_play():
    player = growing(**shades())
    before = player.still
    player.play.value = 0  # as the page sets it while it plays
    assert player.state == {"step": 0, "shade": "dark"}
    assert player.still != before
    assert "frame 0, dark" in player.text
    player.controls["step"].value = 1
    assert player.play.value == 1  # so that playing goes on from there


def test_an_error_on_the_way_is_shown_and_goes_away():
    player = growing(**shades())
    player.controls["shade"].value = "light"
    player.play.value = 1
    assert "ValueError: no light there" in player.children[-1].value
    player.play.value = 2
    assert "frame 2, light" in player.children[-1].value


def test_a_sweep_shows_every_frame_and_leaves_the_player_alone():
    player = growing()
    assert [(label, frame.picture.width) for label, frame in player.sweep("step")] == [("0", 10), ("5", 11), ("10", 12)]
    assert player.state == {"step": 2}


def test_the_button_stands_first_and_only_core_widgets_are_used():
    player = growing(**shades())
    bar = player.children[0].children
    assert bar == (player.play, player.controls["step"], player.controls["shade"])
    assert isinstance(player.play, ipywidgets.Play)


def test_one_frame_or_three_controls_are_refused():
    with pytest.raises(ValueError, match="expected at least two steps, got 1"):
        widgets.player(lambda step: None, [0], alt="x")
    with pytest.raises(ValueError, match="expected at most one control beside the step, got 2"):
        growing(a=widgets.choice("a", {"1": 1}), b=widgets.choice("b", {"1": 1}))


def test_class_models_tell_the_networks_own_logits():
    networks = {name: weights.load(name) for name in ("pots", "pots_biased")}
    found = {
        name: [visualize.visualize_class(network, kind, size=32, steps=3) for kind in range(2)]
        for name, network in networks.items()
    }
    examples = [torch.zeros(3, 32, 32)] * 2
    player = widgets.class_models(found, networks, examples, classes=["rudo", "baya"], start=1, alt="Three squares.")
    player.play.value = 1
    frame = found["pots"][1].frames[1]
    logit = float(networks["pots"](frame[None])[0, 1].detach())
    assert f"baya, step 1 of 3; logit of baya: pots ≈ {logit:.1f}, pots_biased ≈" in player.text
    player.controls["class_"].value = 0
    assert "rudo, step 1 of 3" in player.text
