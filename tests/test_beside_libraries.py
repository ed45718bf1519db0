"""Side by side with captum, pytorch-grad-cam and torchcam: equal where definitions agree, else by how much and why.

Nothing is pinned to what another library does: where a later version agrees with this package, `differs` says so in a
warning instead of failing.
"""

import warnings

import pytest
import torch
from torchvision import models

from cam_course import capture, explain, normalize
from tests.small_nets import EverySpelling, gap_net

captum_attr = pytest.importorskip("captum.attr", reason="captum is not installed")
grad_cam_package = pytest.importorskip("pytorch_grad_cam", reason="pytorch-grad-cam is not installed")
torchcam_methods = pytest.importorskip("torchcam.methods", reason="torchcam is not installed")

IMAGE = torch.rand(1, 3, 10, 12, generator=torch.Generator().manual_seed(5))


def net():
    return gap_net(dtype=torch.float32)


def resnet():
    torch.manual_seed(0)
    return models.resnet18(weights=None).eval()


def apart(theirs, ours):
    """The largest difference, in shares of our largest value."""
    return float((theirs - ours).detach().abs().max() / ours.abs().max())


def agrees(theirs, ours):
    assert ours.abs().max() > 0, "all zero: this test shows nothing"
    assert apart(theirs, ours) < 1e-4


def differs(theirs, ours, *, by, why):
    """That they are at least so far apart; if they are not, the library was mended, and this says so."""
    distance = apart(theirs, ours)
    if distance < 1e-4:
        warnings.warn(f"agrees now; it did not: {why}", stacklevel=2)
    else:
        assert distance > by, f"differs by {distance:.2g}, expected more than {by}: {why}"


def theirs_grad_cam(name, model, layer, c, image=IMAGE):
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    with getattr(grad_cam_package, name)(model, [model.get_submodule(layer)]) as method:
        return torch.from_numpy(method(image.clone(), [ClassifierOutputTarget(c)]))


def theirs_torchcam(name, model, layer, c, image=IMAGE):
    with getattr(torchcam_methods, name)(model, layer, input_shape=tuple(image.shape[1:])) as method:
        scores = model(image.clone())
        found = method(c, scores, normalized=False)
    return found[0].detach() if isinstance(layer, str) else [one.detach() for one in found]


GRADIENT_CAMS = {"GradCAM": "grad_cam", "GradCAMPlusPlus": "grad_cam_plus_plus", "LayerCAM": "layer_cam"}


@pytest.mark.parametrize("name", [*GRADIENT_CAMS, "HiResCAM"])
def test_pytorch_grad_cam_agrees_once_its_hidden_scaling_is_applied(name):
    method = {**GRADIENT_CAMS, "HiResCAM": "hires_cam"}[name]
    model = net()
    with torch.no_grad():
        model[7].weight.mul_(100)  # Grad-CAM++: squared gradients far above that library's epsilon
    agrees(theirs_grad_cam(name, model, "4", 1), normalize(explain(model, IMAGE, method, target=1).maps))


def test_pytorch_grad_cams_epsilon_swamps_small_gradients():
    small = net()
    with torch.no_grad():
        small[7].weight.mul_(0.01)
    ours = explain(small, IMAGE, "grad_cam_plus_plus", target=1).raw
    shown = capture(small, IMAGE, "4", target=1)
    A, g = shown.activations["4"], shown.gradients["4"]
    total = A.sum((-2, -1), keepdim=True)
    swamped = ((g**2 / (2 * g**2 + total * g**3 + 1e-6) * g.relu()).sum((-2, -1), keepdim=True) * A).sum(1).relu()
    assert apart(swamped, ours) > 0.5, "one part in a million is more than most squared gradients"
    theirs = theirs_grad_cam("GradCAMPlusPlus", small, "4", 1)
    why = "pytorch-grad-cam adds 1e-6 to 2g² + ΣA·g³, which for small g is the larger of the two"
    differs(theirs, normalize(explain(small, IMAGE, "grad_cam_plus_plus", target=1).maps), by=1e-3, why=why)


def test_torchcams_grad_cam_agrees():
    agrees(theirs_torchcam("GradCAM", net(), "4", 1), explain(net(), IMAGE, target=1).raw)
    agrees(theirs_torchcam("LayerCAM", net(), "4", 1), explain(net(), IMAGE, "layer_cam", target=1).raw)
    agrees(theirs_torchcam("CAM", net(), "4", 1), explain(net(), IMAGE, "cam", target=1).raw)


def test_torchcams_grad_cam_plus_plus_never_applies_alpha():
    ours = explain(net(), IMAGE, "grad_cam_plus_plus", target=1).raw
    theirs = theirs_torchcam("GradCAMpp", net(), "4", 1)
    why = "torchcam divides a copy of g² (boolean indexing) and goes on with g² itself as α"
    differs(theirs, ours, by=0.5, why=why)
    if apart(theirs, ours) > 1e-4:
        shown = capture(net(), IMAGE, "4", target=1)
        g = shown.gradients["4"]
        agrees(theirs, ((g**2 * g.relu()).sum((-2, -1), keepdim=True) * shown.activations["4"]).sum(1).relu())


@pytest.mark.parametrize("library", ["pytorch_grad_cam", "torchcam"])
def test_score_cam_agrees_where_nothing_is_upsampled_and_differs_where_it_is(library):
    full, half = (explain(net(), IMAGE, "score_cam", target=1, layer=layer) for layer in ("1", "4"))
    if library == "torchcam":
        agrees(theirs_torchcam("ScoreCAM", net(), "1", 1), full.raw)
        why = "torchcam scales each map to 0…1 before it is upsampled, so that masks do not reach 1"
        differs(theirs_torchcam("ScoreCAM", net(), "4", 1), half.raw, by=1e-4, why=why)
    else:
        agrees(theirs_grad_cam("ScoreCAM", net(), "1", 1), normalize(full.maps))
        why = "pytorch-grad-cam upsamples masks with align_corners=True, which moves them by up to half a cell"
        differs(theirs_grad_cam("ScoreCAM", net(), "4", 1), normalize(half.maps), by=1e-4, why=why)


def test_fused_maps_differ_from_torchcams_by_the_deepest_layers_tanh():
    layers = ["1", "2", "4"]
    ours = explain(net(), IMAGE, "layer_cam", target=1, layer=layers).maps
    with torchcam_methods.LayerCAM(net(), layers, input_shape=(3, 10, 12)) as method:
        theirs = method.fuse_cams(method(1, method.model(IMAGE.clone())), (10, 12)).detach()
    why = "torchcam puts the deepest map through tanh as well, subtracts minima, and scales after, not before"
    differs(theirs, ours, by=0.02, why=why)


def test_captums_layer_grad_cam_agrees():
    model = net()
    theirs = captum_attr.LayerGradCam(model, model[4]).attribute(IMAGE.clone(), 1, relu_attributions=True)
    agrees(theirs[:, 0].detach(), explain(net(), IMAGE, target=1).raw)


def test_captums_saliency_agrees():
    theirs = captum_attr.Saliency(net()).attribute(IMAGE.clone(), 1, abs=False)
    agrees(theirs, explain(net(), IMAGE, "saliency", target=1).attribution)


@pytest.mark.filterwarnings("ignore:Setting backward hooks on ReLU")
@pytest.mark.parametrize(("name", "method"), [("GuidedBackprop", "guided_backprop"), ("Deconvolution", "deconvnet")])
def test_captums_rules_agree_on_modules_and_vanish_on_functions(name, method):
    rule, image = getattr(captum_attr, name), IMAGE.double()
    for spelling in ("module_twice", "functional"):
        model = EverySpelling("functional") if spelling == "functional" else net().double()
        ours = explain(model, image, method, target=1).attribution
        theirs = rule(model).attribute(image.clone().requires_grad_(), 1).detach()
        if spelling == "functional":
            why = "captum hooks ReLU modules only: functions keep their gradient, and the plain one comes back"
            differs(theirs, ours, by=0.05, why=why)
            if apart(theirs, ours) > 1e-4:
                agrees(theirs, explain(model, image, "saliency", target=1).attribution)
        else:
            agrees(theirs, ours)


@pytest.mark.filterwarnings("ignore:Setting backward hooks on ReLU")
def test_captums_guided_grad_cam_agrees_when_told_to_interpolate_bilinearly():
    ours = explain(net(), IMAGE, "guided_grad_cam", target=1).attribution
    method = captum_attr.GuidedGradCam(model := net(), model[4])
    bilinear = method.attribute(IMAGE.clone().requires_grad_(), 1, interpolate_mode="bilinear").detach()
    agrees(bilinear, ours)
    nearest = method.attribute(IMAGE.clone().requires_grad_(), 1).detach()
    differs(nearest, ours, by=0.05, why="captum's Guided Grad-CAM upsamples to the nearest cell unless told otherwise")


def test_on_a_larger_network_they_agree_as_well():
    image = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(1))
    ours = explain(resnet(), image, target=3)
    model = resnet()
    agrees(captum_attr.LayerGradCam(model, model.layer4).attribute(image, 3, relu_attributions=True)[:, 0], ours.raw)
    agrees(theirs_torchcam("GradCAM", resnet(), "layer4", 3, image), ours.raw)
    agrees(theirs_grad_cam("GradCAM", resnet(), "layer4", 3, image), normalize(ours.maps))


def test_a_layer_whose_rectifier_works_in_place():
    """Where its output is overwritten before it is read, what is reported belongs to another layer."""
    before, after = (explain(net(), IMAGE, target=1, layer=layer) for layer in ("3", "4"))
    model = net()
    theirs = captum_attr.LayerGradCam(model, model[3]).attribute(IMAGE.clone(), 1, relu_attributions=True)
    agrees(theirs[:, 0], before.raw)
    why = "{} keeps a reference to the activations, which the rectifier then overwrites"
    differs(theirs_torchcam("GradCAM", net(), "3", 1), before.raw, by=0.2, why=why.format("torchcam"))
    theirs = theirs_grad_cam("GradCAM", net(), "3", 1)
    differs(theirs, normalize(before.maps), by=0.2, why=why.format("pytorch-grad-cam"))
    assert apart(after.raw, before.raw) > 0.2
