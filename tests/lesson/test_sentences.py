import pytest
import torch

from cam_course.lesson.sentences import album, closer, color_words
from cam_course.pots import COLORS, KINDS, WORDS, Scenes

N = 4


@pytest.fixture(scope="module")
def two():
    return album(Scenes("pair", "test", n=N, size=64))


def test_an_album_says_what_its_scenes_say(two):
    scenes = Scenes("pair", "test", n=N, size=64)
    for i in range(N):
        item = scenes[i]
        assert two.captions[i] == item["caption"]
        assert two.kinds[i] == tuple(KINDS[kind] for kind in item["kinds"])
        assert two.colors[i] == tuple(COLORS[color] for color in item["colors"])
        assert torch.equal(two.images[i], item["image"])
        assert torch.equal(two.objects[i], item["plants"] | item["pots"])


def test_an_absent_plant_is_in_no_caption(two):
    assert len(two.absent) == N
    assert all(kind in KINDS and kind not in line for kind, line in zip(two.absent, two.captions, strict=True))


def test_an_empty_map_is_closer_to_nothing():
    mask = torch.ones(1, 2, 2, dtype=torch.bool)
    assert closer(torch.zeros(1, 2, 2), mask, ~mask).tolist() == [0.0]


class Brightest(torch.nn.Module):
    """Says dark where the mean of the picture's blue channel is below a half, else blue, at every step."""

    def __init__(self):
        super().__init__()
        self.unused = torch.nn.Parameter(torch.zeros(1))

    def forward(self, images, words):
        scores = torch.zeros(len(images), words.shape[1] + 1, len(WORDS))
        blue = images[:, 2].mean((1, 2)) > 0.5
        scores[..., WORDS.index("blue")] = blue.float()[:, None]
        scores[..., WORDS.index("dark")] = 0.5
        scores[..., WORDS.index("pot")] = 9.0  # no color: it is left out
        return scores


def test_only_the_pots_are_painted_and_only_colors_are_heard():
    single = album(Scenes("random", "test", n=3, size=64))
    single.images[:] = 0.4
    single.pots[:] = True
    assert color_words(Brightest(), single, (0.0, 0.0, 0.9), n=2) == ["blue", "blue"]
    assert color_words(Brightest(), single, (0.2, 0.2, 0.2)) == ["dark"] * 3
