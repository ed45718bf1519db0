import pytest
import torch

from cam_course import explain, weights
from cam_course.lesson import masking
from cam_course.metrics import energy_inside
from cam_course.pots import KINDS, Scenes


@pytest.fixture(scope="module")
def model():
    return weights.load("pots")


@pytest.fixture(scope="module")
def images():
    return Scenes("pair", "test", n=2).batch()["image"]


@pytest.fixture(scope="module")
def shown(model, images):
    return masking.alone(model, images)


@pytest.mark.parametrize("kind", ["channel_softmax", "probability", "increase"])
def test_one_set_of_runs_gives_every_weighting_that_the_package_gives(model, images, shown, kind):
    classes = torch.tensor([item["kinds"][0] for item in Scenes("pair", "test", n=2)])
    expected = explain(model, images, "score_cam", target=classes, weights=kind).maps
    torch.testing.assert_close(shown.maps(shown.weights(classes, kind)), expected, rtol=1e-3, atol=1e-3)


def test_the_logits_are_those_of_the_masked_picture(model, images, shown):
    masks = shown.masks()
    with torch.no_grad():
        expected = model(images[1:] * masks[1, 7]), model(images[:1] * 0)
    torch.testing.assert_close(shown.logits[1, 7], expected[0][0], rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(shown.blank[0], expected[1][0], rtol=1e-3, atol=1e-3)


def test_what_is_masked_becomes_the_baseline_picture_by_picture(model, images):
    white = masking.alone(model, images, baseline=1.0)
    own = masking.alone(model, images, baseline=images)  # nothing is hidden: all scores are the whole picture's
    with torch.no_grad():
        torch.testing.assert_close(white.blank, model(torch.ones_like(images)), rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(own.logits[:, 5], model(images), rtol=1e-3, atol=1e-3)


def test_chunks_change_nothing(model, images, shown, monkeypatch):
    monkeypatch.setattr(masking, "CHUNK", 1)
    torch.testing.assert_close(masking.alone(model, images).logits, shown.logits, rtol=1e-3, atol=1e-3)


def test_the_film_tells_the_logit_the_weight_and_the_share(model, images):
    shown = masking.alone(model, images[:1])
    half = torch.zeros(128, 128, dtype=torch.bool)
    half[:, :64] = True
    film = masking.film(shown, {"left": half}, classes=KINDS, start={"class_": 1, "rank": 96}, alt="A test's film.")
    w = shown.weights(torch.tensor([1]))
    last = int(w[0].argmin())
    share = float(energy_inside(shown.maps(w), half)[0])
    assert f"rank 96 of 96 (map {last}): logit ≈ {float(shown.logits[0, last, 1]):.1f}" in film.text
    assert f"left ≈ {share:.2f}" in film.text
    film.controls["class_"].value, film.controls["rank"].value = 3, 1
    best = int(shown.weights(torch.tensor([3]))[0].argmax())
    assert f"{KINDS[3]}, rank 1 of 96 (map {best})" in film.text


def test_localized_takes_the_best_threshold_for_all_pictures_together():
    maps = torch.tensor([[[10.0, 5.0], [0.0, 0.0]], [[10.0, 5.0], [0.0, 0.0]]])
    things = torch.tensor([[[True, True], [False, False]], [[True, False], [False, False]]])
    found = masking.localized(maps, things)  # below 0.5: IoU 1 and 1/2; above: 1/2 and 1
    assert sorted(found["IoU"].tolist()) == [0.5, 1.0]
    assert found["energy"].tolist() == pytest.approx([1.0, 2 / 3])
    assert found["hits"].tolist() == [1.0, 1.0]


def test_the_chart_prints_the_means(capsys, monkeypatch):
    displayed = []
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, raw: displayed.append(metadata))
    scores = {"one": {"IoU": torch.tensor([0.25, 0.75])}, "another": {"IoU": torch.tensor([True, False, False, True])}}
    masking.chart(scores, "A title", "Two bars of equal length, for a test.")
    assert capsys.readouterr().out.splitlines() == ["A title", "one     IoU ≈ 0.50", "another IoU ≈ 0.50"]
    assert displayed[0]["image/png"]["alt"] == "Two bars of equal length, for a test."


def test_the_price_is_a_number_of_forward_passes(model, images):
    found = masking.prices([model, model], images[:1])
    assert found.shape == (2,)
    assert 5 < found.min() <= found.max() < 2000


def test_the_lineup_holds_maps_without_scores(shown):
    classes = torch.tensor([1, 3])
    found = masking.lineup(shown, classes)
    plain = masking.upsample(shown.activations.sum(1), (128, 128))
    torch.testing.assert_close(found["all weights 1"], plain)
    torch.testing.assert_close(found["Score-CAM"], shown.maps(shown.weights(classes)))
    assert (found["weights at random"] - found["Score-CAM"]).abs().max() > 0.1


def test_rounding_leaves_multiples_and_no_gradient():
    logits = torch.tensor([1.4, -7.2, 26.0], requires_grad=True)
    rounded = masking.Rounded(10)(logits)
    rounded.sum().backward()
    assert rounded.tolist() == [0, -10, 30]
    assert logits.grad.abs().max() == 0
