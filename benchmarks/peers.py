"""What the public libraries do in each row, as their documentation shows it; each imported where it is asked for."""

import torch.nn.functional as F

from benchmarks.ours import Run
from benchmarks.setting import CLASS, CLASSES, STAGES, Setting


def captum_grad_cam(net: Setting) -> Run:
    from captum.attr import LayerGradCam

    method = LayerGradCam(net.model, net.module())
    return lambda: _enlarged(method.attribute(net.image, target=CLASS, relu_attributions=True), net)


def captum_ten_classes(net: Setting) -> Run:
    from captum.attr import LayerGradCam

    method = LayerGradCam(net.model, net.module())
    return lambda: [_enlarged(method.attribute(net.image, target=c, relu_attributions=True), net) for c in CLASSES]


def captum_four_layers(net: Setting) -> Run:
    from captum.attr import LayerGradCam

    methods = [LayerGradCam(net.model, net.module(name)) for name in STAGES]
    return lambda: [_enlarged(m.attribute(net.image, target=CLASS, relu_attributions=True), net) for m in methods]


def captum_guided_backprop(net: Setting) -> Run:
    from captum.attr import GuidedBackprop

    method = GuidedBackprop(net.model)
    return lambda: method.attribute(net.image.clone(), target=CLASS)


def pytorch_grad_cam_grad_cam(net: Setting) -> Run:
    return _pytorch_grad_cam(net, ["GradCAM"], [net.layer], [CLASS])


def pytorch_grad_cam_four_methods(net: Setting) -> Run:
    return _pytorch_grad_cam(net, ["GradCAM", "GradCAMPlusPlus", "LayerCAM", "HiResCAM"], [net.layer], [CLASS])


def pytorch_grad_cam_ten_classes(net: Setting) -> Run:
    return _pytorch_grad_cam(net, ["GradCAM"], [net.layer], CLASSES)


def pytorch_grad_cam_four_layers(net: Setting) -> Run:
    return _pytorch_grad_cam(net, ["GradCAM"], STAGES, [CLASS])


def pytorch_grad_cam_score_cam(net: Setting) -> Run:
    return _pytorch_grad_cam(net, ["ScoreCAM"], [net.layer], [CLASS])


def pytorch_grad_cam_guided_backprop(net: Setting) -> Run:
    from pytorch_grad_cam import GuidedBackpropReLUModel

    method = GuidedBackpropReLUModel(net.model, "cpu")
    return lambda: method(net.image.clone(), CLASS)


def torchcam_grad_cam(net: Setting) -> Run:
    return _torchcam(net, ["GradCAM"], net.layer, [CLASS])


def torchcam_three_methods(net: Setting) -> Run:
    return _torchcam(net, ["GradCAM", "GradCAMpp", "LayerCAM"], net.layer, [CLASS])


def torchcam_ten_classes(net: Setting) -> Run:
    return _torchcam(net, ["GradCAM"], net.layer, CLASSES)


def torchcam_four_layers(net: Setting) -> Run:
    return _torchcam(net, ["GradCAM"], list(STAGES), [CLASS])


def torchcam_score_cam(net: Setting) -> Run:
    return _torchcam(net, ["ScoreCAM"], net.layer, [CLASS])


def _pytorch_grad_cam(net: Setting, names: list[str], layers: list[str], classes: list[int]) -> Run:
    import pytorch_grad_cam
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    modules = [net.module(name) for name in layers]

    def run():
        answers = []
        for name in names:  # made and closed each time: two that stay would hook the network twice
            with getattr(pytorch_grad_cam, name)(net.model, modules) as method:
                answers += [method(net.image, [ClassifierOutputTarget(c)]) for c in classes]
        return answers

    return run


def _torchcam(net: Setting, names: list[str], layer: str | list[str], classes: list[int]) -> Run:
    import torchcam.methods

    def run():
        answers = []
        for name in names:
            with getattr(torchcam.methods, name)(net.model, layer) as method:
                logits = net.model(net.image)
                for c in classes:
                    keep = {"retain_graph": True} if len(classes) > 1 else {}
                    answers += [_enlarged(m[:, None], net) for m in method(c, logits, **keep)]
        return answers

    return run


def _enlarged(maps, net: Setting):
    return F.interpolate(maps.detach(), net.size, mode="bilinear", align_corners=False)
