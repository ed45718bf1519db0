import torch

from cam_course.lesson.roll_calls import FOUND, MISSED, roll_call


def test_a_frame_says_whether_its_plant_was_found_and_color_where_the_map_is_high():
    image = torch.rand(3, 12, 20, generator=torch.Generator().manual_seed(0))
    plants, heatmap = torch.zeros(2, 12, 20, dtype=torch.bool), torch.zeros(12, 20)
    plants[0, 4:6, 3:5], plants[1, 4:6, 13:15] = True, True
    heatmap[4, 3], heatmap[4, 13] = 1.0, 0.2
    boxes = torch.tensor([[1, 1, 8, 9], [11, 2, 19, 11]])
    shown = roll_call(image, heatmap, plants, boxes, 0.3)
    torch.testing.assert_close(shown[:, 1, 1], FOUND)
    torch.testing.assert_close(shown[:, 10, 18], MISSED)
    assert torch.equal(shown[:, 4, 3], image[:, 4, 3])
    torch.testing.assert_close(shown[:, 4, 14], image[:, 4, 14].mean().expand(3))
    torch.testing.assert_close(roll_call(image, heatmap, plants, boxes, 0.2)[:, 10, 18], FOUND)
    torch.testing.assert_close(roll_call(image, 0 * heatmap, plants, boxes, 0.2)[:, 1, 1], MISSED)
