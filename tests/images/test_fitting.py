"""A model gets what its own transform gives, and a map lands where the model looked."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torchvision import models
from torchvision import transforms as v1
from torchvision.models import (
    Inception_V3_Weights,
    ResNet18_Weights,
    ResNet50_Weights,
    ViT_H_14_Weights,
    get_model_weights,
    list_models,
)
from torchvision.models.detection import FasterRCNN_ResNet50_FPN_Weights
from torchvision.models.segmentation import DeepLabV3_ResNet50_Weights
from torchvision.transforms import v2

from cam_course import explain, images, overlay, upsample, weights
from cam_course.metrics import energy_inside
from cam_course.pots import sample
from tests.images.files import BLUE, RED, corners

SIZES = [(300, 200), (200, 300), (231, 97), (97, 231), (256, 256), (500, 23)]
OLD = v1.Compose([v1.Resize(64), v1.CenterCrop(48), v1.ToTensor(), v1.Normalize([0.5] * 3, [0.2] * 3)])
NEW = v2.Compose([v2.ToImage(), v2.Resize((50, 70)), v2.CenterCrop((31, 70)), v2.ToDtype(torch.float32, scale=True)])


def photo(width, height, seed=3):
    colors = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(colors).resize((width, height))


def ramp(width, height):
    """A picture whose red tells the column and whose green the row: where the model looked is read off it."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return Image.fromarray(np.stack([x, y, 0 * x], -1).astype(np.uint8))


def test_a_side_takes_the_largest_square_in_the_middle():
    fitted = images.fit(corners(8, 4), 2)
    assert fitted.box == (2, 0, 6, 4)
    # a pixel of two is a triangle over the photo's nearest four: 1 : 3 : 3 : 1 along the columns, so 7/8 of its own
    # half; along the rows 3 : 3 : 1 at the edge, so 6/7. Top left: red and white, green and white, blue and white
    found = fitted.image[:, 0, 0] * 255
    assert (found - 255 / 56 * torch.tensor([7 * 6 + 1, 6 + 1, 7 + 1])).abs().max() <= 1
    assert torch.equal(fitted.view, fitted.image)


def test_without_crop_all_is_squeezed_into_the_square():
    picture = Image.new("RGB", (400, 100), RED)
    picture.paste(BLUE, (0, 0, 100, 100))  # a quarter of the width
    fitted = images.fit(picture, 40, crop=False)
    assert (fitted.box, fitted.image.shape) == ((0, 0, 400, 100), (3, 40, 40))
    assert (fitted.image[2, 20] > 0.5).sum() == 10


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "transform",
    [
        ResNet18_Weights.DEFAULT.transforms(),  # 256, cropped to 224
        ResNet50_Weights.IMAGENET1K_V2.transforms(),  # 232
        Inception_V3_Weights.DEFAULT.transforms(),  # 342, 299
        ViT_H_14_Weights.IMAGENET1K_SWAG_E2E_V1.transforms(),  # 518, bicubic
        DeepLabV3_ResNet50_Weights.DEFAULT.transforms(),  # 520, not cropped
        FasterRCNN_ResNet50_FPN_Weights.DEFAULT.transforms(),  # as it is
        OLD,
        NEW,
        nn.Sequential(v2.Resize(60), v2.PILToTensor(), v2.ToDtype(torch.float, scale=True)),
        v1.ToTensor(),
    ],
    ids=["resnet18", "resnet50", "inception", "vit", "deeplab", "detector", "old", "new", "sequential", "as it is"],
)
def test_the_models_own_transform_and_the_way_back(transform, size):
    picture = photo(*size)
    fitted = images.fit(picture, transform)
    assert torch.equal(fitted.image, transform(picture))
    assert fitted.view.shape == fitted.image.shape
    # undone on what the model saw of a ramp, each pixel of the photo finds its own column and row
    width, height = min(size[0], 255), min(size[1], 255)  # what a byte can count
    seen = images.fit(ramp(width, height), transform)
    left, top, right, bottom = seen.box
    back = seen.back(seen.view[:2] * 255)
    for found, at in ((back[0], torch.arange(width).expand(height, -1)), (back[1], torch.arange(height)[:, None])):
        inner = (found - at)[top:bottom, left:right]
        assert float(inner.abs().median()) <= 0.5
        assert found.shape == (height, width)


def test_weights_may_be_given_instead_of_their_transform():
    fitted = images.fit(photo(90, 80), ResNet18_Weights.DEFAULT)
    assert torch.equal(fitted.image, ResNet18_Weights.DEFAULT.transforms()(photo(90, 80)))


def test_every_classifier_of_torchvision_has_a_way_back():
    # no weights are fetched: only the transforms that belong to them
    for name in list_models(module=models):
        transform = get_model_weights(name).DEFAULT.transforms()
        side = images.fit(photo(64, 48), transform).image.shape[-1]
        assert side == transform.crop_size[0]


def test_the_view_is_the_transform_without_its_normalization():
    transform = ResNet18_Weights.DEFAULT.transforms()
    picture = photo(640, 427).resize((320, 213), Image.Resampling.BICUBIC)
    fitted = images.fit(picture, transform)
    mean, std = (torch.tensor(each)[:, None, None] for each in (transform.mean, transform.std))
    assert (fitted.image * std + mean - fitted.view).abs().max() < 0.03


def test_a_map_by_hand(device):
    picture = Image.new("RGB", (6, 4))
    fitted = images.fit(picture, 2)  # columns 1…4; each value of the map stands for 2 × 2 pixels
    back = fitted.back(torch.tensor([[0.0, 4.0], [8.0, 12.0]], device=device), outside=-1)
    # along columns centers 0.25, 0.75, 1.25, 1.75 of the map: 0, 1, 3, 4 between 0 and 4; likewise along rows
    assert back.tolist() == [
        [-1, 0, 1, 3, 4, -1],
        [-1, 2, 3, 5, 6, -1],
        [-1, 6, 7, 9, 10, -1],
        [-1, 8, 9, 11, 12, -1],
    ]


@pytest.mark.parametrize("shape", [(7, 7), (2, 3, 14, 9), (1, 1), (300, 300)])
def test_without_a_crop_the_way_back_is_upsample(shape):
    picture = photo(170, 110)
    fitted = images.fit(picture, 64, crop=False)
    maps = torch.rand(shape, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(fitted.back(maps), upsample(maps, (110, 170)), atol=1e-4)


def test_a_map_may_be_as_coarse_as_the_layer():
    fitted = images.fit(photo(300, 200), 112)
    raw = torch.rand(7, 7, generator=torch.Generator().manual_seed(2))
    direct, by_way = fitted.back(raw), fitted.back(upsample(raw, (112, 112)))
    assert (direct - by_way).abs().max() < 0.05


@pytest.mark.parametrize("size", [(170, 110), (600, 700)])  # the second is drawn in several stripes
@pytest.mark.parametrize("options", [{}, {"strength": 1.0, "colormap": "magma"}, {"strength": 0.0}])
def test_the_overlay_is_the_courses_own(size, options):
    picture = photo(*size).resize(size, Image.Resampling.BICUBIC)
    fitted = images.fit(picture, 32, crop=False)
    heatmap = torch.rand(8, 8, generator=torch.Generator().manual_seed(4))
    heatmap[:2, :2], heatmap[-2:, -2:] = 0, 1  # flat there, so that enlarging keeps the minimum and the maximum
    shown = fitted.overlay(heatmap, **options)
    image = torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255
    expected = overlay(image, upsample(heatmap, size[::-1]), **options)
    assert (shown.mode, shown.size) == ("RGB", size)
    assert np.abs(np.array(shown).astype(int) - expected).max() <= 3


def test_the_overlay_by_hand():
    picture = Image.new("RGB", (4, 2), (100, 100, 100))
    shown = images.fit(picture, 2).overlay(torch.tensor([[0.0, 1.0], [0.0, 1.0]]), strength=1.0, colormap="gray")
    # not seen: half as bright; map 0: the gray picture; map 1: the map's color, white
    row = [(50,) * 3, (100,) * 3, (255,) * 3, (50,) * 3]
    for y in range(2):
        found = [shown.getpixel((x, y)) for x in range(4)]
        assert np.abs(np.array(found) - np.array(row)).max() <= 1


def test_the_evidence_stays_on_the_plant():
    # a scene, three times as large, in the middle of a wide photo: its map there is the map of the scene
    item, sides = sample("random_rudo"), torch.zeros(3, 384, 108)
    large = item["image"].repeat_interleave(3, 1).repeat_interleave(3, 2)
    wide = torch.cat([sides, large, sides], 2).mul(255).round().to(torch.uint8)
    fitted = images.fit(Image.fromarray(wide.permute(1, 2, 0).numpy()), 128)
    assert fitted.box == (108, 0, 492, 384)
    answer = explain(weights.load("pots"), fitted.image, "grad_cam", target=item["label"])
    plant = item["plants"].any(0)
    on_photo = torch.zeros(384, 600, dtype=torch.bool)
    on_photo[:, 108:492] = plant.repeat_interleave(3, 0).repeat_interleave(3, 1)
    expected = energy_inside(answer.maps, plant[None])
    assert 0.1 < expected < 0.9
    assert energy_inside(fitted.back(answer.maps), on_photo[None]) == pytest.approx(float(expected), abs=0.005)


def test_a_flat_map_warns_and_shows_the_gray_picture():
    with pytest.warns(UserWarning, match="flat"):
        shown = images.fit(Image.new("RGB", (4, 4), (9, 9, 9)), 4).overlay(torch.ones(4, 4))
    assert shown.getcolors() == [(16, (9, 9, 9))]


def test_the_picture_stays_as_it_was():
    picture = photo(50, 40)
    before = picture.tobytes()
    fitted = images.fit(picture, OLD)
    fitted.overlay(torch.rand(4, 4))
    fitted.back(torch.rand(4, 4))
    assert (picture.tobytes(), picture.size, fitted.picture) == (before, (50, 40), picture)


@pytest.mark.parametrize(
    "step",
    [v1.RandomCrop(32), v1.RandomHorizontalFlip(), v1.Pad(2), v2.RandomResizedCrop(32), v1.Resize(32, max_size=64)],
)
def test_a_step_without_a_way_back_is_refused(step):
    with pytest.raises(ValueError, match="expected .*undone on the map, got the step|expected Resize without max_size"):
        images.fit(photo(90, 80), v1.Compose([step, v1.ToTensor()]))


@pytest.mark.parametrize(
    ("to", "error", "message"),
    [
        (0, ValueError, "expected to of at least 1, got 0"),
        (True, TypeError, "expected to as an int, got True"),
        ("large", TypeError, "expected a side in pixels or a transform, got str"),
        (None, TypeError, "expected a side in pixels or a transform, got NoneType"),
        (v1.Resize(32), ValueError, r"floating-point numbers \(3, 32, 36\), got Image"),
        (v1.Compose([v1.Resize(32), v1.PILToTensor()]), ValueError, r"got torch.uint8 \(3, 32, 36\)"),
        (v1.CenterCrop(100), ValueError, "expected a crop of at most 80 pixels, got 100; put a larger Resize"),
        (lambda picture: picture, ValueError, "got the step function"),
    ],
)
def test_other_targets_are_refused(to, error, message):
    with pytest.raises(error, match=message):
        images.fit(photo(90, 80), to)


def test_a_strip_is_not_blown_up():
    strip = Image.new("RGB", (1_000_000, 1))
    with pytest.raises(ValueError, match="expected at most 100,000,000 pixels after resizing, got 256000000 × 256"):
        images.fit(strip, ResNet18_Weights.DEFAULT)
    assert images.fit(strip, 64).box == (500_000, 0, 500_001, 1)  # half to the even side


@pytest.mark.parametrize("picture", [None, "photo.jpg", torch.rand(3, 4, 4), Image.new("L", (4, 4))])
def test_only_what_read_gives_is_fitted(picture):
    with pytest.raises(TypeError, match="expected picture as an RGB PIL.Image"):
        images.fit(picture, 4)


@pytest.mark.parametrize(
    ("maps", "error", "message"),
    [
        (np.ones((4, 4)), TypeError, "expected maps as a tensor, got ndarray"),
        (torch.ones(4), ValueError, r"expected maps \(..., h, w\), none of them 0, got \(4,\)"),
        (torch.ones(0, 4), ValueError, r"got \(0, 4\)"),
        (torch.ones(2, 4, 4), ValueError, r"expected one map \(h, w\), got \(2, 4, 4\)"),
        (torch.full((4, 4), torch.nan), ValueError, "expected finite maps"),
    ],
)
def test_other_maps_are_refused(maps, error, message):
    with pytest.raises(error, match=message):
        images.fit(photo(9, 9), 4).overlay(maps)
