"""What the ignorant detector forgets and keeps, and which cell it is asked about."""

import torch

from cam_course.lesson.ignorance import Ignorant, at_its_cell
from cam_course.pots.detector import PotDetector


def test_it_forgets_everything_but_its_head():
    net = PotDetector(widths=(4, 4, 4, 4)).eval()
    before = net.state_dict()["neck.0.0.weight"].clone()
    one, again, other = Ignorant(net), Ignorant(net), Ignorant(net, seed=1)
    torch.testing.assert_close(one.net.head.weight, net.head.weight)
    torch.testing.assert_close(one.net.state_dict(), again.net.state_dict())
    torch.testing.assert_close(net.state_dict()["neck.0.0.weight"], before)
    for name in ("stages.0.0.weight", "neck.0.0.weight"):
        assert not torch.equal(one.net.state_dict()[name], net.state_dict()[name])
        assert not torch.equal(one.net.state_dict()[name], other.net.state_dict()[name])
    assert one(torch.rand(2, 3, 32, 32)).shape == (2, 4, 4, 4) and not one.training


def test_the_cell_is_that_of_the_middle_of_the_box():
    boxes = torch.tensor([[0, 16, 8, 32], [10, 0, 30, 8]])  # middles (4, 24) and (20, 4): columns 0 and 2, rows 3 and 0
    first, second = at_its_cell({"image": torch.zeros(3, 32, 32), "boxes": boxes, "kinds": (3, 1)})
    assert first.mask.nonzero().tolist() == [[3, 0]] and first.of == 3
    assert second.mask.nonzero().tolist() == [[0, 2]] and second.of == 1
