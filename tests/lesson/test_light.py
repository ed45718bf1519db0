import torch

from cam_course.lesson import light


def test_maps_of_equal_light_have_the_same_mean_and_keep_their_order():
    generator = torch.Generator().manual_seed(0)
    maps, like = torch.rand(4, 64, 64, generator=generator), torch.rand(4, 64, 64, generator=generator) ** 5
    dark = light.equally_bright(3 * maps, like)
    torch.testing.assert_close(dark.mean(), like.mean(), rtol=0.03, atol=0)
    assert torch.equal(dark[0].flatten().argsort(), maps[0].flatten().argsort())
    torch.testing.assert_close(light.equally_bright(dark, maps).mean(), maps.mean(), rtol=0.03, atol=0)
