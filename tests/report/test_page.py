"""The page: whole, small, escaped everywhere, and nothing in it that loads or runs."""

import base64
import hashlib
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from cam_course.images import fit
from cam_course.report import report, save
from cam_course.report.findings import BESIDE
from cam_course.report.page import MOST_BYTES, at
from cam_course.report.pictures import as_data, bounded, reduced
from tests.images.files import BLUE, as_file, corners
from tests.report.conftest import Page

EVIL = "<img src=x onerror=alert(1)>\"'&{{ 7 * 7 }}{% raw %}"
DEFAULTS = {"to": 8, "steps": 2, "progress": False}


def made(net, source=None, **options):
    return report(net, corners(32, 16) if source is None else source, **{**DEFAULTS, **options})


@pytest.fixture(scope="module")
def shipped():
    """The page of a rendered scene, asked of the network that is named by default."""
    from cam_course.pots.places import SAMPLES

    return report("pots", SAMPLES / "swapped_yuki.png", steps=4, progress=False)


def test_the_page_says_what_the_network_said(shipped):
    text = Page(shipped).text
    assert "swapped_yuki.png , asked of pots" in text
    assert all(kind in text for kind in ("rudo", "baya", "greg", "yuki"))
    names = "Saliency Deconvnet CAM Grad-CAM Grad-CAM++ Score-CAM LayerCAM HiResCAM"
    assert [name for name in names.split() if f" {name} : " not in text] == []
    assert "Not asked" not in text


def test_the_page_says_what_was_used(shipped):
    from cam_course import weights
    from cam_course.pots.places import SAMPLES

    text = Page(shipped).text
    assert hashlib.sha256((SAMPLES / "swapped_yuki.png").read_bytes()).hexdigest() in text
    assert weights.card("pots")["sha256"] in text
    assert f"torch {torch.__version__.split('+')[0]}" in text
    assert "79,572 parameters" in text and "stages.3" in text


def test_nothing_is_loaded_and_nothing_runs(shipped):
    page = Page(shipped)
    assert {tag for tag, _ in page.elements} & {"script", "link", "iframe", "object", "embed", "form", "base"} == set()
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("href", "srcset", "style")], tag
    assert all(image["src"].startswith("data:image/jpeg;base64,") for image in page.of("img"))
    assert "url(" not in shipped and "@import" not in shipped and "http:" not in shipped and "https:" not in shipped
    (policy,) = [meta["content"] for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_every_picture_has_a_text_of_its_own_and_its_size(shipped):
    pictures = Page(shipped).of("img")
    assert len(pictures) == 1 + 10 + len(BESIDE)
    assert len({picture["alt"] for picture in pictures}) == len(pictures)
    for picture in pictures:
        data = base64.b64decode(picture["src"].partition(",")[2])
        assert Image.open(io.BytesIO(data)).size == (int(picture["width"]), int(picture["height"])) == (128, 128)
    assert re.search(
        r"Grad-CAM for \w+, laid over .* Highest: [\w ]+ \(\d+, \d+\)\. (?:< )?\d+ % of what", pictures[5]["alt"]
    )


def test_tables_name_their_rows_and_columns(shipped):
    page = Page(shipped)
    assert len(page.of("table")) == len(page.of("caption")) == 4
    assert all(cell.get("scope") in ("row", "col") for cell in page.of("th"))
    assert page.of("html") == [{"lang": "en"}]


def test_it_prints_on_a4(shipped):
    assert "@page { size: A4;" in shipped and "@media print" in shipped


@pytest.mark.parametrize("where", ["name", "categories", "network", "error"])
def test_what_anybody_wrote_is_escaped(net, where):
    options, source = {"methods": ["cam", "grad_cam"]}, {"name": EVIL, "content": as_file("PNG", 32, 16)}
    if where == "categories":
        options["categories"] = [EVIL, f"{EVIL}2"]
    elif where == "network":
        net = type(f"Net{EVIL}", (nn.Sequential,), {})(*net)
    elif where == "error":
        net = nn.Sequential(net[0], net[1], nn.Flatten(), nn.Linear(128, 2))
        net = type(f"Net{EVIL}", (nn.Sequential,), {})(*net)  # on which CAM is not defined: the reason names it
    html = made(net, source, **options)
    page = Page(html)
    assert EVIL[:28] in page.text.replace("…", "")
    assert "{{ 7 * 7 }}" in page.text  # the template's own language is text too
    assert "<img src=x" not in html
    assert all(set(attributes) <= {"src", "width", "height", "alt"} for attributes in page.of("img"))


def test_a_name_cannot_turn_the_writing_round_or_break_lines(net):
    page = Page(made(net, {"name": "a\u202egpj.\nexe\udcff", "content": as_file("PNG")}, methods=["cam"]))
    assert "a�gpj.�exe� , asked of" in page.text
    assert "�" in page.text and page.text.encode("utf-8")


def test_no_folder_of_the_reader_is_named(net, tmp_path):
    folder = tmp_path / "a_secret_place"
    folder.mkdir()
    corners(32, 16).save(folder / "photo.png")
    html = made(net, folder / "photo.png", methods=["cam"])
    assert "photo.png" in html and "secret" not in html and str(tmp_path) not in html


def test_the_worst_of_photographs_fits(net):
    noise = np.random.default_rng(0).integers(0, 256, (640, 640, 3), np.uint8)
    html = made(net, Image.fromarray(noise), to=64, steps=0)
    assert 500_000 < len(html.encode()) <= MOST_BYTES
    assert {max(int(i["width"]), int(i["height"])) for i in Page(html).of("img")} <= set(range(400, 641))


def test_a_picture_is_made_as_small_as_must_be():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8))
    shown = as_data(noise, 10_000)
    assert len(base64.b64decode(shown.address.partition(",")[2])) <= 10_000
    assert shown.width < 200 and shown.width / shown.height == pytest.approx(2 / 3, abs=0.02)


def test_the_map_lies_on_the_photograph_where_the_network_looked(net):
    # the right half of the middle square is green: the peak is the first of its pixels
    picture = Image.new("RGB", (400, 200), BLUE)
    picture.paste((0, 255, 0), (200, 0, 400, 200))
    text = Page(made(net, picture, to=10, methods=["cam"])).text
    assert "The network sees what is in the frame, at 10 × 10 pixels." in text
    # cell (0, 6) of 10 × 10, the first that is green to its neighbors' middles: x = 100 + 20 · 6.5, y = 20 · 0.5
    assert "upper center (230, 10)" in text


def test_places_go_back_through_crop_and_size():
    fitted = fit(Image.new("RGB", (400, 200)), 10)
    assert at(fitted, (0.5, 5.5)) == (210, 10)


def test_the_reduced_view_is_the_same_view():
    fitted = fit(Image.new("RGB", (4000, 2000)), 10)
    small = reduced(fitted, 400)
    assert (small.picture.size, small.box) == ((400, 200), (100, 0, 300, 200))
    assert reduced(fit(Image.new("RGB", (40, 20)), 10), 400).picture.size == (40, 20)


def test_one_strong_pixel_does_not_darken_the_others():
    heatmap = torch.ones(20, 20)
    heatmap[:10], heatmap[19, 19] = 0.0, 500.0
    assert bounded(heatmap).max() == 1
    alone = torch.zeros(20, 20)
    alone[3, 3] = 5.0
    assert bounded(alone).max() == 5  # cut at 99 of 100, nothing would be left of it


def test_a_flat_map_is_called_flat(net):
    html = made(net, Image.new("RGB", (16, 16), BLUE), methods=["cam"])
    text = Page(html).text
    assert "nowhere: it is the same everywhere" in text and "zero everywhere" in text


def test_the_same_question_gets_the_same_page(net):
    assert made(net, methods=["cam", "score_cam"]) == made(net, methods=["cam", "score_cam"])


def test_saving_and_opening_again(tmp_path):
    file = save("<p>ä</p>", tmp_path / "r.html")
    assert file.read_text(encoding="utf-8") == "<p>ä</p>"
    assert list(tmp_path.iterdir()) == [file]
