"""Whose light a map holds, by hand: rivals, twins, empty maps, and what a detector loses with a thing."""

import pytest
import torch
from torch import nn

from cam_course import targets
from cam_course.lesson.twins import (
    METHODS,
    blobs,
    empty,
    falls,
    light,
    lights,
    on_itself,
    on_twins,
    ratio,
    right,
    shares,
    things,
    twins_of,
    uniform,
)
from cam_course.pots import Scenes


def scene(*kinds):
    """Things side by side, each 8 pixels wide and high, in a picture of 8 rows; the pot is the lower half."""
    count = len(kinds)
    own = torch.arange(8 * count) // 8 == torch.arange(count)[:, None]  # (I, W)
    upper = torch.arange(8)[:, None] < 4
    return {
        "image": torch.rand(3, 8, 8 * count),
        "plants": own[:, None] & upper,
        "pots": own[:, None] & ~upper,
        "kinds": kinds,
        "boxes": torch.tensor([[8 * i, 0, 8 * i + 8, 8] for i in range(count)]),
    }


def test_a_thing_is_a_plant_with_its_pot():
    assert things(scene(0, 1)).sum((1, 2)).tolist() == [64, 64]


def test_a_uniform_map_finds_one_of_so_many_twins():
    items = [scene(1, 1), scene(2, 2, 2), scene(0, 3, 3)]
    uneven = uniform(items)
    # all are equally large, so that no map prefers its own
    assert right(uneven, items, twin=True).tolist() == [0, 0, 0]
    larger = [table * torch.arange(1.0, 1 + table.shape[1]) for table in uneven]  # as if the last were the largest
    assert right(larger, items, twin=True).tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 2])


def test_without_a_twin_all_others_are_rivals():
    items = [scene(0, 3, 3), scene(1), scene(0, 1, 2)]
    tables = [torch.tensor([[0.5, 0.4, 0.1], [0, 0, 0], [0, 0, 0]]), torch.ones(1, 1), 0.9 - torch.eye(3)]
    assert right(tables, items, twin=False).tolist() == [1.0, 0.0]  # the rudo beside two yukis; none of three


def test_an_empty_map_is_never_right_and_is_counted():
    tables = [torch.zeros(2, 2), torch.tensor([[0.0, 0.0], [0.1, 0.2]])]
    assert right(tables, [scene(1, 1), scene(1, 1)], twin=True).tolist() == [0.0, 0.5]
    assert empty(tables).tolist() == [1.0, 0.5]
    both = [*tables, torch.eye(2)]
    items = [scene(1, 1), scene(1, 1), scene(0, 1)]
    assert [column.tolist() for column in shares(both, items)] == [[1.0], [0.0, 0.5], [1.0, 0.5, 0.0], [1.0]]


def test_maps_without_light_can_be_left_out():
    tables = [torch.zeros(2, 2), torch.tensor([[0.0, 0.0], [0.1, 0.2]])]
    assert right(tables, [scene(0, 1), scene(0, 1)], twin=False).tolist() == [0.0, 0.5]
    assert right(tables, [scene(0, 1), scene(0, 1)], twin=False, lit=True).tolist() == [1.0]


def test_what_a_thing_has_and_what_its_twins_have():
    table, item = torch.tensor([[1.0, 2.0, -4.0], [3.0, 5.0, 6.0], [8.0, 7.0, 3.0]]), scene(1, 0, 1)
    assert on_itself([table], [item]).tolist() == [2.0]  # of the first and the third
    assert on_twins([table], [item]).tolist() == [6.0]


def test_a_ratio_lies_in_its_interval():
    draw = torch.Generator().manual_seed(0)
    part, whole = torch.rand(50, generator=draw), 1 + torch.rand(50, generator=draw)
    found = ratio(part, whole)
    low, high = found["spread"]
    assert low < found["value"] < high and found["value"] == pytest.approx(float(part.sum() / whole.sum()))


def test_scenes_with_twins():
    items = [scene(0, 1), scene(2, 1, 2), scene(3)]
    assert twins_of(items) == [items[1]]


def test_lights_are_those_of_a_network_that_can_be_computed_by_hand():
    net = nn.Sequential(nn.Identity(), nn.Conv2d(3, 1, 1, bias=False))
    net[1].weight.data = torch.ones(1, 3, 1, 1)
    item = scene(0, 0)
    item["image"][:] = 0.25
    item["image"][..., 8:] = 0.75  # the right one is three times as bright

    def ask(item):
        return [targets.Region(mask, 0) for mask in things(item)]

    found = lights(net, [item], ask, ["0"])
    assert set(found) == {("0", name) for name in METHODS}
    # averaged: both questions have the same map, a quarter of it left; place by place, all light is where it was asked
    torch.testing.assert_close(found["0", "Grad-CAM"][0], torch.tensor([[0.25, 0.75], [0.25, 0.75]]))
    torch.testing.assert_close(found["0", "HiResCAM"][0], torch.eye(2))
    assert right(found["0", "Grad-CAM"], [item], twin=True).tolist() == [0.5]


def test_a_blob_lies_in_its_box():
    item = scene(0, 1)
    shares = light(blobs(item), things(item))
    assert shares.diagonal().min() > 0.9 and blobs(item)[0].argmax() in (27, 28, 43, 44, 51, 52, 59, 60, 67, 68)


class Bright(nn.Module):
    """The heat of class 0 in a cell of 8×8 pixels is the cell's mean brightness; class 1 has none."""

    stride = 8

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def fields(self, images):
        heat = nn.functional.avg_pool2d(images.mean(1, keepdim=True), 8)
        return torch.cat([heat, 0 * heat], 1), heat


def test_what_is_blurred_is_missed_where_it_stood():
    item = Scenes("pair", "test", n=2)[1]
    found = falls(Bright(), {**item, "kinds": (1, 1)})
    assert found.shape == (2, 2) and found.abs().max() == 0  # class 1 sees nothing
    item["image"] = item["image"] * ~things(item)[0] + things(item)[0]  # one thing is white
    found = falls(Bright(), {**item, "kinds": (0, 0)})
    assert found[0, 0] > 0.01 and abs(float(found[0, 1])) < float(found[0, 0])
