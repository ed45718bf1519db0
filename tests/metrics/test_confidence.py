from functools import partial

import numpy as np
import pytest
import torch
from pytorch_grad_cam.metrics.cam_mult_image import DropInConfidence, IncreaseInConfidence
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
from torchcam.metrics import ClassificationMetric

from cam_course import metrics, normalize
from tests.metrics.test_faithfulness import IMAGES, MAPS, GivenMaps, three_quarters
from tests.small_nets import gap_net


def test_drop_and_increase_by_pencil():
    # s counts pixels 0 and 1 for class 0, pixel 2 against it: 3^s / (3^s + 1)
    net = three_quarters([1, 1, -1, 0])
    image = torch.ones(1, 1, 1, 4, dtype=torch.float64).expand(3, 1, 1, 4)
    maps = torch.tensor([[[0.0, 1, 1, 0]], [[7, 7, 0, 0]], [[0, 0, 5, 0]]])  # s = 0, 2, -1; on the whole image 1
    shown = metrics.drop_and_increase(net, image, maps.double(), target=0)
    assert shown.before.tolist() == pytest.approx([0.75] * 3)
    assert shown.after.tolist() == pytest.approx([0.5, 0.9, 0.25])
    assert shown.drop.tolist() == pytest.approx([1 / 3, 0, 2 / 3])
    assert shown.increase.tolist() == [False, True, False]


def test_drop_and_increase_are_torchcams():
    net, maps = gap_net(), normalize(MAPS)
    theirs = ClassificationMetric(GivenMaps(net, maps), partial(torch.softmax, dim=-1))
    theirs.update(IMAGES, [0, 1, 2])
    ours = metrics.drop_and_increase(net, IMAGES, MAPS, [0, 1, 2])
    found = [ours.drop.mean().item(), ours.increase.double().mean().item()]
    assert found == pytest.approx(list(theirs.summary().values()), abs=1e-6)


def test_pytorch_grad_cams_drop_lacks_the_division_by_the_confidence():
    net, asked = gap_net(), [ClassifierOutputSoftmaxTarget(c) for c in (0, 1, 2)]
    arguments = (IMAGES, normalize(MAPS).numpy(), asked, net)
    ours = metrics.drop_and_increase(net, IMAGES, MAPS, [0, 1, 2])
    assert ours.increase.tolist() == IncreaseInConfidence()(*arguments).astype(bool).tolist()
    theirs = DropInConfidence()(*arguments)
    relative, absolute = ours.drop.numpy(), (ours.drop * ours.before).numpy()
    assert relative.max() > 0
    mended = np.allclose(theirs, relative, atol=1e-6)  # a later version may divide
    assert mended or np.allclose(theirs, absolute, atol=1e-6)


def test_another_baseline_is_mixed_in_where_the_map_is_low():
    net = three_quarters([1, 0])
    image = torch.ones(1, 1, 1, 2, dtype=torch.float64)
    heatmap = torch.tensor([[[0.0, 3.0]]])
    shown = metrics.drop_and_increase(net, image, heatmap, 0, baseline=torch.tensor(-1.0))
    assert shown.after.item() == pytest.approx(0.25)  # s = -1


def test_a_flat_map_lets_nothing_through_and_says_so():
    net = three_quarters([1, 0])
    with pytest.warns(UserWarning, match="1 of 1 maps are flat"):
        shown = metrics.drop_and_increase(net, torch.ones(1, 1, 1, 2).double(), torch.ones(1, 1, 2).double(), 0)
    assert shown.after.item() == pytest.approx(0.5)


def test_a_class_of_probability_zero_has_nothing_to_lose():
    shown = metrics.Confidence(torch.zeros(2), torch.tensor([0.0, 0.5]))
    assert (shown.drop.tolist(), shown.increase.tolist()) == ([0.0, 0.0], [False, True])
