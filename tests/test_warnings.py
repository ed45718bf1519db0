"""A warning names the reader's own line, where it can be mended."""

import pytest
import torch
from torch import nn

from cam_course import compare, explain, normalize, overlay
from tests.small_nets import gap_net

IMAGES = torch.rand(1, 3, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
ENDS_IN_SOFTMAX = nn.Sequential(gap_net(), nn.Softmax(1))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: explain(gap_net(), 0 * IMAGES, target=lambda output: 0 * output[:, 0]), "zero everywhere"),
        (lambda: compare(gap_net(), IMAGES, ["grad_cam"], target=lambda y: 0 * y[:, 0]), "zero everywhere"),
        (lambda: explain(ENDS_IN_SOFTMAX, IMAGES, "saliency", target=0), "ends in a softmax"),
        (lambda: normalize(torch.ones(2, 2)), "flat"),
        (lambda: overlay(torch.rand(3, 2, 2), torch.ones(2, 2)), "flat"),
    ],
)
def test_a_warning_points_at_the_line_that_led_to_it(call, message):
    with pytest.warns(UserWarning, match=message) as caught:
        call()
    assert {warning.filename for warning in caught} == {__file__}
