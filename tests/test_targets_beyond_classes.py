"""Targets of segmentation, detection, captioning and question answering, by hand and on torchvision's networks."""

import pytest
import torch
from torch import nn
from torchvision.models import detection, segmentation

from cam_course import explain, layers, targets

PIXELS = torch.arange(24.0).reshape(1, 2, 3, 4) * torch.tensor([1.0, -1.0]).reshape(1, 2, 1, 1)  # class 1 is negative
CORNER = torch.zeros(3, 4, dtype=torch.bool)
CORNER[0, :2] = True  # logits 0 and 1 of class 0, -12 and -13 of class 1


def found(*scores):
    """What a detector gives for one image with three boxes, two of them on one place with different labels."""
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 8], [20, 20, 30, 30]])
    return {"boxes": boxes, "labels": torch.tensor([1, 2, 1]), "scores": torch.tensor(scores)}


class TestRegion:
    def test_it_is_the_mean_logit_of_the_class_in_the_mask(self):
        assert targets.Region(CORNER, 0)(PIXELS).tolist() == [0.5]
        assert targets.Region(CORNER, 1)({"out": PIXELS}).tolist() == [-12.5]

    def test_each_image_may_have_its_mask_and_its_class(self):
        two = torch.cat([PIXELS, 10 * PIXELS])
        masks = torch.stack([CORNER, CORNER.flip(0)])  # the last row: logits 8 and 9 of class 0, -20 and -21 of class 1
        assert targets.Region(masks, [1, 0])(two).tolist() == [-12.5, 85.0]

    def test_no_class_is_the_strongest_in_the_region_and_stays_so_once_settled(self):
        region = targets.Region(CORNER)
        assert region(PIXELS).tolist() == [0.5]
        assert region.settled(PIXELS)(-PIXELS).tolist() == [-0.5]

    @pytest.mark.parametrize(
        ("mask", "output", "error", "message"),
        [
            (CORNER.float(), PIXELS, TypeError, "expected a boolean mask, got torch.float32; write mask > 0"),
            (CORNER.numpy(), PIXELS, TypeError, "expected the mask as a tensor, got ndarray; convert with"),
            (CORNER[:2], PIXELS, ValueError, r"expected a mask of shape \(3, 4\).*got \(2, 4\); resize the mask"),
            (~CORNER & CORNER, PIXELS, ValueError, "expected at least one pixel in the mask of each image, got none"),
            (CORNER, PIXELS[0], ValueError, r"expected the output of a segmentation network.*got \(2, 3, 4\)"),
            (CORNER, {"aux": PIXELS}, ValueError, "got dict"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, mask, output, error, message):
        with pytest.raises(error, match=message):
            targets.Region(mask, 0)(output)

    def test_a_class_that_is_not_there_is_refused(self):
        with pytest.raises(ValueError, match="expected a target from 0 to 1, got 2"):
            targets.Region(CORNER, 2)(PIXELS)


class TestBox:
    def test_it_is_the_score_of_the_detection_that_overlaps_most(self):
        assert targets.Box((0, 0, 10, 10))([found(0.25, 0.5, 0.75)]).tolist() == [0.25]
        assert targets.Box((0, 0, 10, 9), of=2)([found(0.25, 0.5, 0.75)]).tolist() == [0.5]
        assert targets.Box((19, 19, 30, 30))([found(0.25, 0.5, 0.75)]).tolist() == [0.75]

    def test_each_image_may_have_its_box_and_its_label(self):
        box = targets.Box(torch.tensor([[0, 0, 10, 10], [20, 20, 30, 30]]), of=[2, 1])
        output = [found(0.25, 0.5, 0.75), found(0.125, 0.25, 1.0)]
        assert (box(output).tolist(), box.indices(output).tolist()) == ([0.5, 1.0], [2, 1])

    def test_a_place_without_detection_is_refused_until_it_is_settled(self):
        box = targets.Box((20, 20, 30, 30), of=2)
        with pytest.raises(ValueError, match=r"label 2 that overlaps by at least 0.5 .* got 0.00 at best; take a box"):
            box([found(0.25, 0.5, 0.75)])
        settled = box.settled([found(0.25, 0.5, 0.75)])
        assert settled([found(0.25, 0.5, 0.75)]).tolist() == [0.0]
        assert settled.indices([found(0.25, 0.5, 0.75)]).tolist() == [-1]

    def test_an_image_without_any_detection_is_refused(self):
        nothing = {name: values[:0] for name, values in found(0.25, 0.5, 0.75).items()}
        with pytest.raises(ValueError, match="got no detection at all"):
            targets.Box((0, 0, 10, 10))([nothing])

    def test_the_overlap_asked_for_counts(self):
        half = (0, 0, 10, 5)  # 50 of 100 pixels of the first, 50 of 80 of the second
        assert targets.Box(half, overlap=0.6)([found(0.25, 0.5, 0.75)]).tolist() == [0.5]
        with pytest.raises(ValueError, match=r"at least 0.7 .* got 0.62 at best"):
            targets.Box(half, overlap=0.7)([found(0.25, 0.5, 0.75)])

    @pytest.mark.parametrize(
        ("box", "of", "output", "message"),
        [
            ((0, 0, 1), None, [found(1.0, 1.0, 1.0)], r"expected a box \(4,\) or one per image \(1, 4\).*got \(3,\)"),
            ((0, 0, 10, 10), [1, 1], [found(1.0, 1.0, 1.0)], r"one per image \(1\), got \(2,\)"),
            ((0, 0, 10, 10), None, torch.zeros(1, 4), "expected the output of a detector.*got Tensor"),
            ((0, 0, 10, 10), None, [{"boxes": torch.zeros(1, 4)}], "boxes, labels, scores, got list"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, box, of, output, message):
        with pytest.raises(ValueError, match=message):
            targets.Box(box, of)(output)


class TestWordAndAnswer:
    SENTENCE = torch.tensor([[[1.0, 2.0, 0.0], [5.0, 0.0, 7.0]], [[3.0, 2.0, 9.0], [0.0, 4.0, 1.0]]])

    def test_a_word_is_a_logit_at_its_step(self):
        assert targets.Word(0, 2)(self.SENTENCE).tolist() == [0.0, 9.0]
        assert targets.Word(1, [0, 1])(self.SENTENCE).tolist() == [5.0, 4.0]

    def test_no_word_is_the_one_that_the_network_says(self):
        word = targets.Word(-1)
        assert (word(self.SENTENCE).tolist(), word.indices(self.SENTENCE).tolist()) == ([7.0, 4.0], [2, 1])
        assert word.settled(self.SENTENCE)(-self.SENTENCE).tolist() == [-7.0, -4.0]

    @pytest.mark.parametrize("step", [2, -3])
    def test_a_step_beyond_the_sentence_is_refused(self, step):
        with pytest.raises(ValueError, match=f"from 0 to 1, or from -2 to -1, got {step}; the network gave 2 steps"):
            targets.Word(step, 0)(self.SENTENCE)

    def test_another_output_and_an_unknown_word_are_refused(self):
        with pytest.raises(ValueError, match=r"expected the output of a captioning network.*got \(2, 3\)"):
            targets.Word(0)(self.SENTENCE[0])
        with pytest.raises(ValueError, match="expected a target from 0 to 2, got 3"):
            targets.Word(0, 3)(self.SENTENCE)

    def test_an_answer_is_the_logit_of_a_network_with_its_question_bound(self):
        net = Asked(torch.tensor([2.0, 0.0]))  # the question asks for the first color alone
        image = torch.zeros(1, 2, 2, 2)
        image[0, 0, 1, 1] = 1
        answer = explain(net, image, "grad_cam", target=targets.Answer(0), layer="features")
        assert answer.maps[0].tolist() == [[0.0, 0.0], [0.0, 0.5]]  # mean gradient 2/4, activation 1
        assert answer.targets.tolist() == [0]


class Asked(nn.Module):
    """A network whose one answer is the question's weights times the mean of each color."""

    def __init__(self, question):
        super().__init__()
        self.question, self.features = question, nn.ReLU()

    def forward(self, images):
        return (self.features(images).mean((-2, -1)) * self.question).sum(1, keepdim=True)


@pytest.mark.parametrize("build", [segmentation.fcn_resnet50, segmentation.deeplabv3_resnet50])
def test_a_region_of_a_segmentation_of_torchvision(build):
    torch.manual_seed(0)
    net, images = build(weights=None, weights_backbone=None, num_classes=3).eval(), torch.rand(2, 3, 33, 40)
    mask = torch.zeros(33, 40, dtype=torch.bool)
    mask[5:9, 7:12] = True
    answer = explain(net, images, "hires_cam", target=targets.Region(mask, 1), layer="backbone.layer4")
    kept = []
    hook = net.backbone.layer4.register_forward_hook(lambda module, inputs, output: kept.append(output))
    score = net(images)["out"][:, 1, 5:9, 7:12].mean((1, 2)).sum()
    hook.remove()
    (gradient,) = torch.autograd.grad(score, kept[0])
    torch.testing.assert_close(answer.raw, (gradient * kept[0]).sum(1).relu().detach(), rtol=1e-4, atol=1e-7)
    assert answer.targets.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("build", "threshold"),
    [(detection.fasterrcnn_resnet50_fpn, "box_score_thresh"), (detection.retinanet_resnet50_fpn, "score_thresh")],
)
def test_a_box_of_a_detector_of_torchvision(build, threshold):
    torch.manual_seed(0)
    how = {"weights": None, "weights_backbone": None, "num_classes": 3, "min_size": 64, "max_size": 96, threshold: 0.0}
    net, images = build(**how).eval(), torch.rand(2, 3, 64, 96)
    kept = []
    hook = net.backbone.body.layer4.register_forward_hook(lambda module, inputs, output: kept.append(output))
    shown = net(images)
    hook.remove()
    labels = [int(one["labels"][0]) for one in shown]
    box = targets.Box(torch.stack([one["boxes"][0].detach() for one in shown]), labels)
    (gradient,) = torch.autograd.grad(shown[0]["scores"][0] + shown[1]["scores"][0], kept[0])
    expected = (gradient.mean((-2, -1), keepdim=True) * kept[0]).sum(1).relu().detach()
    answer = explain(net, images, "grad_cam", target=box, layer="backbone.body.layer4")
    torch.testing.assert_close(answer.raw, expected, rtol=1e-3, atol=1e-7)
    assert answer.targets.tolist() == labels
    assert not any(layer.name.startswith("roi_heads") for layer in layers(net, images[:1]))


def test_score_cam_of_a_detector_counts_a_lost_detection_as_nothing():
    net, images = Finder(), torch.zeros(1, 1, 4, 4)
    images[0, 0, 1, 1] = 1.0
    answer = explain(net, images, "score_cam", target=targets.Box((0, 0, 2, 2)), layer="features", weights="increase")
    assert answer.logits[0]["scores"].tolist() == [1.0]
    assert answer.maps[0, 1, 1] == 1.0  # the map that keeps the pixel keeps the detection: 1 - 0
    assert answer.maps[0].sum() == 1.0


class Finder(nn.Module):
    """Detects a bright pixel in the upper left quarter, and nothing where there is none; two maps: bright and dark."""

    def __init__(self):
        super().__init__()
        self.features = nn.Conv2d(1, 2, 1)
        self.features.weight.data = torch.tensor([1.0, -1.0]).reshape(2, 1, 1, 1)
        self.features.bias.data = torch.tensor([0.0, 1.0])

    def forward(self, images):
        return [self.detections(maps[0, :2, :2].amax()) for maps in self.features(images)]

    def detections(self, brightness):
        some = 1 if brightness > 0.5 else 0
        boxes, labels = torch.tensor([[0.0, 0.0, 2.0, 2.0]]), torch.tensor([1])
        return {"boxes": boxes[:some], "labels": labels[:some], "scores": brightness[None][:some]}
