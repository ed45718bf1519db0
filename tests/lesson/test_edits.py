import pytest
import torch

from cam_course import weights
from cam_course.lesson import edits
from cam_course.lesson.edits import POT_COLORS, fall, mean_colors, numbers, others, recolored
from cam_course.pots import COLORS, Scenes


def picture():
    """Brightness 0.1 and 0.3 in the mask, whose mean is 0.2; 0.9 beside it."""
    image = torch.tensor([[0.0, 0.6, 0.9], [0.3, 0.0, 0.9], [0.0, 0.3, 0.9]])[None, :, None]  # (1, 3, 1, 3)
    return image, torch.tensor([[[True, True, False]]])


def test_the_new_color_keeps_the_shade_and_nothing_else_changes():
    image, mask = picture()
    new = recolored(image, mask, torch.tensor([[0.4, 0.2, 0.9]]))
    expected = torch.tensor([[0.2, 0.6, 0.9], [0.1, 0.3, 0.9], [0.45, 1.0, 0.9]])  # 1.35 is clipped
    torch.testing.assert_close(new, expected[None, :, None])


def test_the_amount_goes_from_nothing_to_all():
    image, mask = picture()
    color = torch.tensor([[0.4, 0.2, 0.6]])
    half = (image + recolored(image, mask, color)) / 2
    assert torch.equal(recolored(image, mask, color, 0.0), image)
    torch.testing.assert_close(recolored(image, mask, color, 0.5), half)


def test_an_empty_mask_changes_nothing():
    image, mask = picture()
    assert torch.equal(recolored(image, ~mask & mask, torch.ones(1, 3)), image)


def test_the_mean_color_is_the_one_asked_for():
    image, mask = torch.rand(4, 3, 6, 6), torch.rand(4, 6, 6) > 0.4
    colors = 0.3 * torch.rand(4, 3)  # dark enough that nothing is clipped
    torch.testing.assert_close(mean_colors(recolored(image, mask, colors), mask), colors)


def test_all_pairs_of_colors_occur_and_no_color_stays():
    colors = torch.arange(24) // 6
    pairs = set(zip(colors.tolist(), others(colors).tolist(), strict=True))
    assert pairs == {(a, b) for a in range(4) for b in range(4) if a != b}


def test_the_pot_colors_are_those_of_the_pictures():
    scenes = Scenes("biased", "val", n=60)
    batch, colors = scenes.batch(progress=False), numbers(scenes)
    means = mean_colors(batch["image"], batch["pot"])
    for color in range(len(COLORS)):
        torch.testing.assert_close(means[colors == color].mean(0), POT_COLORS[color], rtol=0, atol=0.06)


def test_a_map_falls_where_the_picture_changed_and_as_much_as_the_logit():
    net, images, kinds = weights.load("pots_biased"), torch.rand(2, 3, 128, 128), torch.tensor([0, 1])
    edited = images.clone()
    edited[:, :, :40, :40] = 0
    fell = fall(net, images, edited, kinds)
    assert fell[:, :24, :24].abs().max() > 0
    assert fell[:, 100:, 100:].abs().max() == 0  # no place there sees the corner
    with torch.no_grad():
        logits = (net(images) - net(edited)).gather(1, kinds[:, None])[:, 0]
    torch.testing.assert_close(fell.mean((1, 2)), logits, rtol=1e-3, atol=1e-4)
    with pytest.raises(ValueError, match="target"):
        fall(net, images, edited, torch.tensor([0]))


def test_no_paint_leaves_the_answers_and_pictures_without_room_are_left_out():
    scenes = Scenes("biased", "val", n=4)
    batch, colors = scenes.batch(progress=False), numbers(scenes)
    wall = torch.zeros(3, 128, 128, dtype=torch.bool)
    wall[1:, :8, :8] = True  # no room in the first
    arms = {"own colors": (weights.load("pots_biased"), batch["image"])}
    found = edits.named(arms, batch, wall, colors)["own colors"]
    assert list(found) == ["no paint", "paint on pot", "paint on leaves", "paint on wall"]
    assert found["no paint"].tolist() == found["paint on pot"].tolist() == [1, 1]  # right in its own world


def test_the_explorer_recolors_the_pot():
    scene = Scenes("biased", "test", n=1)[0]
    explorer = edits.color_and_amount(
        weights.load("pots_biased"), scene, start={"color": 1, "amount": 0.0}, alt="a pot"
    )
    before = explorer.text
    explorer.controls["amount"].value = 1.0
    assert "100% terracotta" in explorer.text != before
