"""The detector: what a peak of the heat becomes, by hand, and that a detection can be explained."""

import pytest
import torch

from cam_course import explain, targets
from cam_course.pots.detector import RARE, PotDetector


@pytest.fixture
def net():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return PotDetector(classes=2, widths=(4, 4, 4, 6), threshold=0.5).eval()


def say(net, heat, place):
    """Make the network say the same of every picture."""
    net.fields = lambda images: (heat.expand(len(images), *heat.shape), place.expand(len(images), *place.shape))
    return net(torch.zeros(2, 3, 32, 32))


def test_a_peak_becomes_a_box(net):
    heat, place = torch.full((2, 4, 4), -9.0), torch.zeros(4, 4, 4)
    heat[1, 2, 3] = 1.0
    place[:, 2, 3] = torch.tensor([0.0, torch.tensor(3.0).log(), torch.tensor(2.0).log(), torch.tensor(4.0).log()])
    first, second = say(net, heat, place)
    # the cell in column 3, row 2; half a cell to the right, three quarters down; two wide, four high; 8 pixels each
    middle_x, middle_y = 8 * 3.5, 8 * 2.75
    expected = [middle_x - 8, middle_y - 16, middle_x + 8, middle_y + 16]
    assert first["boxes"].tolist()[0] == pytest.approx(expected, abs=1e-4)
    assert first["labels"].tolist() == [1] and second["labels"].tolist() == [1]
    assert first["scores"].tolist() == pytest.approx([1 / (1 + 2.718281828**-1)])


def test_only_the_hottest_of_neighbors_counts_and_the_surest_comes_first(net):
    heat, place = torch.full((2, 4, 4), -9.0), torch.zeros(4, 4, 4)
    heat[0, 0, 0], heat[0, 1, 1], heat[0, 3, 3], heat[1, 1, 1] = 1.0, 2.0, 3.0, -0.1
    found = say(net, heat, place)[0]
    # the cell beside a hotter one is no peak; the last is below the threshold of 0.5
    assert found["labels"].tolist() == [0, 0]
    assert found["scores"].tolist() == torch.tensor([3.0, 2.0]).sigmoid().tolist()


def test_nothing_found_is_an_empty_table(net):
    found = say(net, torch.full((2, 4, 4), -9.0), torch.zeros(4, 4, 4))[0]
    assert found["boxes"].shape == (0, 4) and len(found["labels"]) == len(found["scores"]) == 0


def test_at_first_every_cell_is_taken_for_empty():
    bias = PotDetector().head.bias
    assert bias[:4].tolist() == [RARE] * 4 and bias[4:].abs().max() < 0.2


def test_a_detection_can_be_explained(net):
    net.threshold, images = 0.0, torch.rand(2, 3, 64, 64)
    box = torch.stack([found["boxes"][0].detach() for found in net(images)])
    labels = torch.stack([found["labels"][0] for found in net(images)])
    target = targets.Box(box, labels)
    shown = explain(net, images, target=target)
    assert shown.layers == ("neck",)  # not the head: its four maps are the answer, not what led to it
    assert shown.maps.shape == (2, 64, 64) and shown.targets.tolist() == labels.tolist()
    scores = torch.stack([found["scores"][0] for found in net(images)])
    assert torch.allclose(target(shown.logits), scores) and shown.maps.amax((1, 2)).min() > 0


def test_it_fits_into_two_megabytes_at_half_precision():
    assert sum(value.half().nbytes for value in PotDetector().state_dict().values()) < 1_000_000
