import torch
from torch import nn

from cam_course import explain, metrics
from cam_course.lesson.products import falls, order_inside, parents_and_product, share_between


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
