"""The workbench says what the package says, of every question; what it saves can be read again."""

import base64
import io
import re

import pytest
import torch
from PIL import Image

from cam_course import METHODS, explain, images, weights
from cam_course.lesson import widgets
from cam_course.lesson.asking import REMEMBERED, Answers
from cam_course.lesson.redrawing import finished
from cam_course.metrics import energy_inside, rank_correlation
from cam_course.pots import KINDS, Scenes


@pytest.fixture(scope="module")
def scenes():
    pairs = Scenes("pair", "test", n=18)
    return [pairs[3], pairs[17]]


@pytest.fixture(scope="module")
def model():
    return weights.load("pots")


@pytest.fixture
def bench(model, scenes):
    plants = torch.stack([scene["plants"].any(0) for scene in scenes])
    shown = torch.stack([scene["image"] for scene in scenes])
    return widgets.workbench(model, shown, classes=KINDS, regions={"plants": plants}, start={"second": "saliency"})


def choose(bench, **values):
    for name, value in values.items():
        bench.controls[name].value = value


def test_the_numbers_are_the_packages_own(bench, model, scenes):
    choose(bench, image="picture 1", class_=3, method="hires_cam", second="guided_grad_cam", layer="stages.1")
    image, plants = scenes[1]["image"], scenes[1]["plants"].any(0)
    one = explain(model, image, "hires_cam", target=3, layer="stages.1")
    two = explain(model, image, "guided_grad_cam", target=3, layer="stages.1")
    logits = one.logits[0]
    flat = float(plants.double().mean())
    first, second, third, last = bench.text.splitlines()[1:]
    chance = float(logits.softmax(0)[3])
    probability = f"{chance:.2f}" if chance >= 0.005 else f"{chance:.1e}"
    assert first == f"picture 1, yuki: logit ≈ {float(logits[3]):.1f}, probability ≈ {probability}; overlay 70%"
    for line, name, answer in ((second, "hires_cam", one), (third, "guided_grad_cam", two)):
        share = float(energy_inside(answer.maps, plants)[0])
        assert line.startswith(f"{name} at stages.1: strongest value ≈ {float(answer.maps.max()):.3f}")
        assert line.endswith(f"share of the map: plants ≈ {share:.2f} (uniform map {flat:.2f})")
    agreement = float(rank_correlation(one.maps, two.maps)[0])
    assert last == f"agreement of the two: rank correlation ≈ {agreement:.2f}"
    assert bench.alt == "picture 1; beside it the map of hires_cam and that of guided_grad_cam for yuki."


def test_score_cam_in_parts_is_score_cam(model, scenes):
    steps = Answers(model).ask("x", scenes[0]["image"], "score_cam", 2, "stages.3")
    assert [next(steps) for _ in range(3)] == [f"score_cam: {n} of 96 channels" for n in (0, 32, 64)]
    expected = explain(model, scenes[0]["image"], "score_cam", target=2, layer="stages.3").maps[0]
    assert torch.allclose(finished(steps).map, expected, rtol=1e-3, atol=1e-4 * float(expected.max()))


def test_every_method_is_offered_and_answers(bench):
    assert [value for _, value in bench.controls["method"].options] == list(METHODS)
    for name in METHODS:
        choose(bench, method=name, second="none")
        assert f"\n{name}" in bench.text
        assert 'role="alert"' not in bench._numbers.value


def test_the_layer_is_locked_where_none_is_read_and_the_reason_is_told(bench):
    assert not bench.controls["layer"].disabled
    choose(bench, method="deconvnet")
    assert bench.controls["layer"].disabled
    assert "deconvnet, of the pixels (it reads no layer): strongest" in bench.text
    choose(bench, second="cam")
    assert not bench.controls["layer"].disabled


def test_cam_at_another_layer_says_why_not_and_the_picture_stays(bench):
    before = bench.still
    choose(bench, second="none", method="cam")
    choose(bench, layer="stages.0")
    assert "expected a network whose logits are one linear layer" in bench._numbers.value
    assert "The picture is still the one before." in bench._numbers.value
    assert bench.still != before
    assert "cam at stages.3" in bench.text


def test_a_method_that_does_not_fit_is_left_out_with_its_reason(scenes):
    bench = widgets.workbench(weights.load("pots_flat"), scenes[0]["image"], methods=["cam", "grad_cam"])
    assert [value for _, value in bench.controls["method"].options] == ["grad_cam"]
    assert list(bench.left_out) == ["cam"]
    assert "<summary>Not offered: cam</summary>" in bench.children[-1].value
    assert "expected a network whose logits are one linear layer" in bench.children[-1].value
    assert "class 0" in dict(bench.controls["class_"].options)


def test_layers_are_the_last_of_each_resolution_with_the_default(bench, scenes):
    assert [name for _, name in bench.controls["layer"].options] == ["stages.0", "stages.1", "stages.3"]
    flat = widgets.workbench(weights.load("pots_flat"), scenes[0]["image"], methods=["grad_cam"])
    assert [name for _, name in flat.controls["layer"].options] == ["stages.0", "stages.1", "stages.3.2"]
    assert flat.state["layer"] == "stages.3.2"


def test_strength_is_that_of_the_overlay_and_asks_nobody(bench, monkeypatch):
    strong = bench.still
    monkeypatch.setattr("cam_course.lesson.asking.explain", None)  # whoever asks again fails
    choose(bench, strength=0.1)
    assert 'role="alert"' not in bench._numbers.value
    assert bench.still != strong


def test_answers_are_forgotten_when_a_weight_changes_and_when_there_are_many(scenes):
    model, image = weights.load("pots_flat"), scenes[0]["image"]
    answers = Answers(model)
    before = finished(answers.ask("x", image, "saliency", 0, None)).map
    assert finished(answers.ask("x", image, "saliency", 0, "ignored")).map is before
    with torch.no_grad():
        next(model.parameters()).mul_(2)
    after = finished(answers.ask("x", image, "saliency", 0, None)).map
    assert torch.equal(after, explain(model, image, "saliency", target=0).maps[0])
    for number in range(REMEMBERED + 3):
        finished(answers.ask(str(number), image, "saliency", 0, None))
    assert len(answers._known) == REMEMBERED


def test_a_saved_picture_tells_what_it_shows(bench, tmp_path):
    path = bench.save(tmp_path)
    assert path.name == "map-picture-0-baya-grad_cam-saliency-stages-3.png"
    picture = Image.open(path)
    assert picture.size == (3 * 640 + 2 * 8, 640 + round(40 * 640 / 296))  # 128 pixels five times as large
    assert picture.text["Title"] == bench.alt
    assert picture.text["Description"].endswith(bench.text.partition("\n")[2])
    assert bench.save(tmp_path / "mine.png") == tmp_path / "mine.png"


def test_a_photograph_is_saved_at_its_own_resolution_and_what_is_saved_is_what_is_shown(model, tmp_path):
    photo = images.sample_photo("coffee").picture
    name = "../<b>c:\\x</b>"
    bench = widgets.workbench(model, {name: images.fit(photo, 128)}, classes=KINDS, methods=["grad_cam"])
    saved = bench.save(tmp_path)
    assert re.fullmatch(r"map-b-c-x-b-\w+-grad_cam-stages-3\.png", saved.name)
    assert Image.open(saved).width == 2 * 2 * photo.width + 8  # 400 pixels high, enlarged twice
    bench.children[3].children[0].click()
    link = bench._link.value
    data = base64.b64decode(re.search(r'href="data:image/png;base64,([^"]+)"', link)[1])
    assert data == saved.read_bytes()
    assert f'download="{saved.name}"' in link and Image.open(io.BytesIO(data)).format == "PNG"
    choose(bench, class_=1)
    assert bench._link.value == ""


def test_what_does_not_fit_is_refused(model, scenes):
    image = scenes[0]["image"]
    for images_, options, message in (
        (image, {"classes": ["a"]}, "expected 4 names of classes, one per logit, got 1"),
        (image * 3, {}, "expected 'picture 0' in 0…1, got"),
        ({}, {}, "expected pictures as a tensor"),
        ({"x": "photo.jpg"}, {}, "expected 'x' as a tensor or from images.fit, got str"),
        (image, {"regions": {"plants": torch.ones(3, 128, 128).bool()}}, "expected 1 masks of 'plants'"),
        (image, {"regions": {"plants": torch.ones(4, 4).bool()}}, "expected masks of 'plants' as bool of shape"),
        (image, {"methods": ["gradcam"]}, "did you mean 'grad_cam'"),
        (image, {"layers": ["stages.9"]}, "expected a layer out of"),
        (image, {"start": {"klass": 1}}, "expected a control to start out of"),
    ):
        with pytest.raises((ValueError, TypeError), match=message):
            widgets.workbench(model, images_, **options)
    with pytest.raises(ValueError, match="expected a classifier with logits"):
        widgets.workbench(weights.load("pots_segmentation"), image)
