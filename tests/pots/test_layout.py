"""What stands where: the rules of each regime, and seeds that never meet."""

import itertools

import numpy as np
import pytest

from cam_course.pots.layout import Placement, caption, lay_out, seeds
from cam_course.pots.names import COLORS, KINDS, REGIMES, SPLITS, usual_color, usual_owner

MANY = range(200)


def layouts(regime, split="train", indices=MANY):
    return [lay_out(regime, np.random.default_rng(seeds(regime, split, i)[0])) for i in indices]


def test_biased_pots_are_always_the_usual_ones():
    assert all(p.color == usual_color(p.kind) for placements in layouts("biased") for p in placements)


def test_swapped_pots_are_never_the_usual_ones_but_every_other():
    seen = {(p.kind, p.color) for placements in layouts("swapped") for p in placements}
    assert seen == {(kind, color) for kind in range(4) for color in range(4) if color != usual_color(kind)}


def test_random_pots_say_nothing_about_the_plant():
    counts = np.zeros((4, 4))
    for (p,) in layouts("random", indices=range(1600)):
        counts[p.kind, p.color] += 1
    assert counts.min() > 60 and counts.max() < 140  # 100 expected of each, standard deviation 9.7


def test_owner_is_the_inverse_of_usual():
    assert [usual_owner(usual_color(kind)) for kind in range(4)] == [0, 1, 2, 3]


def test_multi_has_two_to_four_of_one_kind():
    all_of_them = layouts("multi")
    assert {len(placements) for placements in all_of_them} == {2, 3, 4}
    assert all(len({p.kind for p in placements}) == 1 for placements in all_of_them)


def test_uneven_has_one_big_and_two_or_three_small_of_one_kind():
    for placements in layouts("uneven"):
        widths = sorted(p.width for p in placements)
        assert len(widths) in (3, 4) and len({p.kind for p in placements}) == 1
        assert widths[-1] > 2 * widths[-2]


def test_pair_has_two_kinds_one_in_each_half():
    for left, right in layouts("pair"):
        assert left.kind != right.kind and left.x < 0.5 < right.x


def test_mixed_has_one_to_four_of_any_kind_and_some_twice():
    all_of_them = layouts("mixed")
    assert {len(placements) for placements in all_of_them} == {1, 2, 3, 4}
    kinds = [[p.kind for p in placements] for placements in all_of_them]
    twins = sum(len(set(each)) < len(each) for each in kinds)
    # the chance of a twin is 0, 1/4, 5/8, 29/32 for one, two, three, four plants: 0.445 on average
    assert 0.33 < twins / len(kinds) < 0.56
    assert any(1 < len(set(each)) < len(each) for each in kinds)  # a twin beside another kind


def test_distinct_has_one_or_three_whose_kinds_and_colors_differ():
    all_of_them = layouts("distinct")
    assert {len(placements) for placements in all_of_them} == {1, 3}
    for placements in all_of_them:
        for names in ([p.kind for p in placements], [p.color for p in placements]):
            assert len(set(names)) == len(names)


@pytest.mark.parametrize("regime", REGIMES)
def test_instances_come_from_left_to_right(regime):
    assert all([p.x for p in placements] == sorted(p.x for p in placements) for placements in layouts(regime))


def test_no_two_images_of_any_regime_or_split_share_a_seed():
    every = itertools.product(REGIMES, SPLITS, range(150))
    states = [tuple(seed.generate_state(4)) for where in every for seed in seeds(*where)]
    assert len(states) == 8 * 3 * 150 * 3 == len(set(states))


def test_caption_names_kinds_and_colors_from_left_to_right():
    placements = [Placement(kind, 3 - kind, kind / 4, 0.2, 0.5) for kind in range(4)]
    parts = caption(tuple(placements)).split(" next to ")
    assert parts == [f"a {KINDS[kind]} in a {COLORS[3 - kind]} pot" for kind in range(4)]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (("swaped", "train", 0), "expected regime to be a known name, got 'swaped'; did you mean 'swapped'?"),
        (("pair", "testing", 0), "expected split to be a known name, got 'testing'; did you mean 'test'?"),
        (("pair", "test", -1), "expected index to be at least 0, got -1"),
    ],
)
def test_wrong_names_are_refused_with_the_nearest(where, message):
    with pytest.raises(ValueError) as error:
        seeds(*where)
    assert message in str(error.value)
