from itertools import pairwise

import pytest
import torch

from cam_course.methods.class_model import ascend, blurred, objective

PLAIN = {"steps": 60, "step_size": 0.05, "l2": 0.0, "jitter": 0, "blur_every": 0, "decay": 0.0}


def climb(score, shape=(3, 4, 4), low=-2.0, high=3.0, **options):
    start = torch.zeros(shape, dtype=torch.float64)
    bounds = torch.tensor(low, dtype=torch.float64), torch.tensor(high, dtype=torch.float64)
    return ascend(score, start, *bounds, generator=torch.Generator().manual_seed(0), **{**PLAIN, **options})


def test_the_objective_by_pencil():
    image = torch.tensor([[1.0, -2.0], [0.0, 1.0]])
    assert float(objective(torch.tensor(4.0), image, l2=0.5)) == 1.0


def test_a_linear_score_with_l2_climbs_to_its_known_maximum():
    """y = w · I − λ‖I‖² is highest at I = w / 2λ, clamped to the range."""
    w = torch.linspace(-2, 2, 48, dtype=torch.float64).reshape(3, 4, 4)
    *_, last = climb(lambda image: (w * image).sum((1, 2, 3)), l2=0.4, steps=1500, low=-1.0, high=1.5)
    torch.testing.assert_close(last, (w / 0.8).clamp(-1.0, 1.5), atol=1e-3, rtol=0)


def test_every_step_is_kept_and_moves_no_pixel_further_than_the_step():
    images = climb(lambda image: image.sum((1, 2, 3)))
    assert len(images) == 61
    assert images[0].abs().sum() == 0
    moves = torch.stack([b - a for a, b in pairwise(images)])
    torch.testing.assert_close(moves[:59], torch.full_like(moves[:59], 0.05), rtol=1e-6, atol=0)
    assert float(images[-1].max()) <= 3.0


def test_the_blur_keeps_the_mean_of_a_flat_image_and_spreads_a_point():
    point = torch.zeros(1, 5, 5)
    point[0, 2, 2] = 16
    assert blurred(point)[0, 1:4, 1:4].tolist() == [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    assert torch.equal(blurred(torch.full((2, 3, 4), 7.0)), torch.full((2, 3, 4), 7.0))


def test_decay_pulls_back_to_zero():
    *_, still = climb(lambda image: 0 * image.sum((1, 2, 3)), decay=0.1)
    assert still.abs().sum() == 0
    free, decayed = (climb(lambda image: image.sum((1, 2, 3)), decay=d)[-1] for d in (0.0, 0.1))
    assert float(decayed.max()) < 0.05 / 0.1 + 1e-6 < float(free.max())


@pytest.mark.parametrize("jitter", [0, 2])
def test_jitter_shows_the_network_rolled_images(jitter):
    seen = []

    def score(image):
        seen.append(int(image.detach()[0, 0].flatten().argmax()))
        return image[:, 0, 0, 0]

    climb(score, jitter=jitter, steps=20)
    assert (len(set(seen)) > 1) == (jitter > 0)
