import torch
from torch import nn

from cam_course import explain, metrics
from cam_course.lesson.products import (
    falls,
    highest,
    order_inside,
    order_where_both,
    parents_and_product,
    peak_ratios,
    redrawn,
    share_between,
    smaller_found,
)


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)).eval()


def test_the_product_is_that_of_the_parents_in_the_order_of_the_pictures():
    net, images = network(), torch.rand(23, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    kinds = torch.arange(23) % 2
    guided, coarse, product = parents_and_product(net, images, kinds)
    torch.testing.assert_close(product, guided * coarse)
    torch.testing.assert_close(product, explain(net, images, "guided_grad_cam", target=kinds).maps)


def test_the_share_between_two_regions_leaves_the_rest_out():
    maps = torch.tensor([[[1.0, 3.0, 96.0]], [[0.0, 0.0, 5.0]]])
    first, second = torch.zeros(2, 1, 3, dtype=torch.bool), torch.zeros(2, 1, 3, dtype=torch.bool)
    first[..., 1], second[..., 0] = True, True
    assert share_between(maps, first, second).tolist() == [0.75, 0.5]


def test_order_is_told_inside_the_mask_only_and_pictures_with_few_pixels_are_left_out():
    maps = torch.rand(3, 10, 10, generator=torch.Generator().manual_seed(0))
    others, masks = maps.clone(), torch.zeros(3, 10, 10, dtype=torch.bool)
    others[:, 5:] = -maps[:, 5:]
    masks[0, :5], masks[1, 5:], masks[2, 0, :9] = True, True, True
    torch.testing.assert_close(order_inside(maps, others, masks), torch.tensor([1.0, -1.0]))
    assert order_inside(maps, others, masks, fewest=100).shape == (0,)


def test_two_products_are_compared_where_both_grad_cams_reach_a_tenth():
    maps = torch.rand(1, 10, 10, generator=torch.Generator().manual_seed(0))
    coarse, other = torch.zeros(2, 1, 10, 10)
    coarse[0, :8], other[0, 2:] = 1.0, 5.0
    other[0, 9] = 0.4  # less than a tenth of 5
    others = maps.clone()
    others[:, :2], others[:, 8:] = -maps[:, :2], -maps[:, 8:]
    torch.testing.assert_close(order_where_both(maps, coarse, others, other), torch.tensor([1.0]))


def test_one_layer_of_a_copy_is_redrawn_and_nothing_else():
    net, before = network(), torch.random.get_rng_state()
    old = {name: value.clone() for name, value in net.state_dict().items()}
    changed, again = redrawn(net, "4", 3), redrawn(net, "4", 3)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert not changed.training
    for name, value in changed.state_dict().items():
        assert torch.equal(net.state_dict()[name], old[name])
        assert torch.equal(value, old[name]) == (not name.startswith("4."))
        assert torch.equal(value, again.state_dict()[name])


def test_peaks_of_the_smaller_things_are_compared_with_the_largest():
    masks = torch.zeros(3, 2, 5, dtype=torch.bool)
    masks[0, 0, 0], masks[1, :, 1:3], masks[2, 1, 4] = True, True, True
    maps = torch.tensor([[1.0, 2.0, 4.0, 9.0, 9.0], [9.0, 0.0, 0.0, 9.0, 8.0]])
    assert peak_ratios(maps[None].repeat(2, 1, 1), [masks, masks[:2]]).tolist() == [0.25, 2.0, 0.25]


def test_the_smaller_things_are_counted_in_each_picture_and_the_largest_is_not():
    masks = torch.zeros(3, 2, 5, dtype=torch.bool)
    masks[0, 0, 0], masks[1, :, 1:3], masks[2, 1, 4] = True, True, True
    maps = torch.tensor([[[1.0, 0.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 3.0]]])
    assert smaller_found(maps.repeat(2, 1, 1), [masks, masks[:2]], 0.5).tolist() == [0.5, 0.0]
    assert smaller_found(highest(maps, 0.3), [masks], 0.5).tolist() == [1.0]


def test_the_logit_falls_by_what_the_patch_was_worth():
    weight = torch.arange(12.0).view(1, 2, 6).repeat_interleave(2, 1)  # (1, 4, 6)
    weigh = nn.Sequential(nn.Flatten(), nn.Linear(3 * 4 * 6, 2, bias=False))
    with torch.no_grad():
        weigh[1].weight.copy_(torch.stack([weight.expand(3, 4, 6).flatten(), torch.zeros(72)]))
    images = torch.rand(2, 3, 4, 6, generator=torch.Generator().manual_seed(3))
    change = (images - metrics.blurred(images)) * weight
    by_hand = change.view(2, 3, 2, 2, 3, 2).sum((1, 3, 5))
    found = falls(weigh, images, torch.tensor([0, 1]), side=2)
    torch.testing.assert_close(found[0], by_hand[0])
    assert found[1].tolist() == [[0, 0, 0], [0, 0, 0]]
