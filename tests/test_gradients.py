import pytest
import torch
from torchvision import models

from cam_course import capture, explain, targets
from cam_course.gradients import AT_ONCE, gradients_of
from tests.small_nets import gap_net


@pytest.mark.parametrize("family", ["vgg11", "resnet18", "densenet121", "mobilenet_v3_small", "googlenet"])
def test_many_scores_at_once_are_as_one_by_one(family):
    torch.manual_seed(0)
    options = {"init_weights": False} if family == "googlenet" else {}
    model = getattr(models, family)(weights=None, **options).double().eval()
    x = torch.rand(2, 3, 64, 64, dtype=torch.float64)
    shown = capture(model, x, classes=[7, 0, 3])
    ((layer, together),) = shown.gradients.items()
    for i, target in enumerate([7, 0, 3]):
        alone = capture(model, x, target=target).gradients[layer]
        torch.testing.assert_close(together[i], alone, rtol=1e-6, atol=1e-12 * float(alone.abs().max()))


def test_more_scores_than_go_back_at_once():
    net, x = gap_net(classes=2 * AT_ONCE + 3), torch.rand(1, 3, 6, 6, dtype=torch.float64)
    shown = capture(net, x, "4", classes=list(range(2 * AT_ONCE + 3)))
    rows = net[7].weight.detach()[:, None, :, None, None] / 9  # nine positions share each channel's say
    torch.testing.assert_close(shown.gradients["4"], rows.expand(-1, 1, -1, 3, 3))


def test_several_layers_and_classes_and_targets_at_once():
    net, x = gap_net(), torch.rand(2, 3, 8, 8, dtype=torch.float64)
    classes = [1, targets.Contrast(0, 2), lambda logits: logits.square().sum(1)]
    shown = capture(net, x, ["0", "4"], classes=classes)
    for i, target in enumerate(classes):
        for layer in ("0", "4"):
            alone = capture(net, x, layer, target=target).gradients[layer]
            torch.testing.assert_close(shown.gradients[layer][i], alone)


def test_many_classes_in_pixel_space_are_as_one_by_one():
    net, x = gap_net(), torch.rand(2, 3, 8, 8, dtype=torch.float64)
    for method in ("saliency", "guided_backprop", "deconvnet", "guided_grad_cam"):
        together = explain(net, x, method, classes=[2, 0])
        for i, target in enumerate([2, 0]):
            torch.testing.assert_close(together.attribution[i], explain(net, x, method, target=target).attribution)


def test_a_score_that_does_not_depend_on_the_layer_is_refused():
    a, b = (torch.ones(1, 1, 2, 2, requires_grad=True) for _ in range(2))
    for values in ([a.sum((1, 2, 3))], [a.sum((1, 2, 3)), 2 * a.sum((1, 2, 3))]):
        with pytest.raises(ValueError, match="expected a target that depends on layer 'b'"):
            gradients_of(values, {"a": a, "b": b})
    with pytest.raises(ValueError, match="depends on layer 'a'"):
        gradients_of([torch.ones(1)], {"a": a})
