import pytest
import torch

from cam_course.lesson.sentences import album, alike, both_sides, closer
from cam_course.pots import COLORS, KINDS, Scenes
from cam_course.pots.answerer import LateAnswerer

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


def test_whoever_does_not_hear_the_question_is_on_the_right_side_once_of_two_times(two):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        deaf = LateAnswerer().eval()
    with torch.no_grad():
        deaf.words.weight.zero_()
    found = both_sides(deaf, "net.stages.3", two)
    assert set(found) == {"right", "asked", "other question", "plant"}
    assert all(len(values) == N for values in found.values())
    same = torch.tensor([a == b for a, b in two.colors])
    assert torch.equal(found["asked"], found["other question"])  # one map per answer
    assert (found["asked"][same] <= 0.5).all()


def test_a_map_that_the_picture_decides_is_alike_at_two_steps_and_one_that_the_step_decides_is_not():
    draw = torch.Generator().manual_seed(0)
    by_picture = torch.rand(1, N, 32, 32, generator=draw).expand(8, -1, -1, -1)
    found = alike(by_picture)
    assert all(value > 0.99 for value in found["one picture, two steps"].values())
    assert all(abs(value) < 0.3 for value in found["two pictures, one step"].values())
    by_step = torch.rand(8, 1, 32, 32, generator=draw).expand(-1, N, -1, -1)
    found = alike(by_step)
    assert all(abs(value) < 0.3 for value in found["one picture, two steps"].values())
    assert all(value > 0.99 for value in found["two pictures, one step"].values())
