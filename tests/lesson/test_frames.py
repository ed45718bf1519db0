import base64
import io
import json
import re
import warnings
from html.parser import HTMLParser
from random import Random

import pytest
from PIL import Image, ImageChops, ImageStat

from cam_course.lesson import frames, widgets, without_kernel
from cam_course.lesson.frames import State

PAGE_BYTES = 80_000


def panels(red, size=(200, 100)):
    """A picture whose right half is as red as told; its left half stays gray."""
    sheet = Image.new("RGB", size, "gray")
    sheet.paste((red, 0, 0), (size[0] // 2, 0, *size))
    return sheet


def states(*reds):
    return [State(f"at {red}", panels(red), f"red ≈ {red}") for red in reds]


def data_of(page):
    """What the page's script is given."""
    return json.loads(re.search(r"\}\)\((\{.*\})\);</script>\Z", page, re.DOTALL)[1])


def picture(uri):
    return Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1], validate=True)))


def shown(data, i, still):
    """The picture that the page's script composes."""
    left, upper, wide, high = data["box"]
    whole = still.copy()
    if data["frames"][i]["picture"]:
        whole.paste(picture(data["frames"][i]["picture"]).resize((wide, high)), (left, upper))
    return whole


@pytest.mark.parametrize(("count", "start", "most"), [(1, 0, 12), (12, 5, 12), (13, 6, 12), (96, 95, 8), (18, 1, 3)])
def test_chosen_frames_hold_both_ends_and_the_start_once_each_in_order(count, start, most):
    kept = frames.chosen(count, start, most)
    assert {0, start, count - 1} <= set(kept)
    assert kept == sorted(set(kept))
    assert len(kept) == min(count, most)


def test_only_what_changes_is_stored_and_with_the_still_it_is_what_python_drew():
    drawn = states(0, 120, 250)
    data = data_of(frames.page(drawn, 1, name="red", alt=""))
    assert data["box"] == [100, 0, 100, 100]  # the right half
    assert [frame["picture"] == "" for frame in data["frames"]] == [False, True, False]  # the still shows the start
    for i, state in enumerate(drawn):
        difference = ImageChops.difference(shown(data, i, drawn[1].picture), state.picture)
        assert max(ImageStat.Stat(difference).mean) < 3
        assert data["frames"][i]["text"] == state.text
    assert (data["size"], data["start"], data["name"]) == ([200, 100], 1, "red")


def test_a_picture_of_another_size_is_fitted_onto_white():
    data = data_of(
        frames.page([*states(0), State("tall", Image.new("RGB", (100, 100), "blue"), "")], 0, name="x", alt="")
    )
    whole = shown(data, 1, panels(0))
    assert [whole.getpixel(place) for place in ((10, 50), (190, 50))] == [(255, 255, 255)] * 2
    assert whole.getpixel((100, 50))[2] > 250


def test_where_no_picture_changes_the_numbers_still_do():
    data = data_of(frames.page([State("1", panels(9), "one"), State("2", panels(9), "two")], 0, name="x", alt=""))
    assert [frame["text"] for frame in data["frames"]] == ["one", "two"]
    assert data["box"] == [0, 0, 1, 1]


@pytest.mark.parametrize("size", [(608, 300), (1224, 340)])
def test_pictures_that_hardly_shrink_keep_to_the_size_of_a_page(size):
    random = Random(0)  # noqa: S311 - noise, not a secret
    noise = [Image.frombytes("RGB", size, random.randbytes(3 * size[0] * size[1])) for _ in range(14)]
    page = frames.page([State(str(i), one, "numbers" * 30) for i, one in enumerate(noise)], 3, name="noise", alt="")
    assert len(page.encode()) <= PAGE_BYTES
    kept = len(data_of(page)["frames"])
    assert kept == (12 if size[0] == 608 else 6)
    assert f"This page holds {kept} of 14 positions" in data_of(page)["note"]


class Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


def test_every_text_is_text_whatever_stands_in_it():
    evil = '</script><img src=x onerror="alert(1)">\u2028<!--&amp;'
    page = frames.page([State(evil, panels(1), evil)] * 2, 0, name=evil, note=evil, still=b"\xff\xd8", alt=evil)
    seen = Seen()
    seen.feed(page)
    assert [tag for tag, _ in seen.tags] == ["div", "img", "p", "script"]
    assert seen.tags[1][1]["alt"] == seen.text[0] == evil
    data = data_of(page)
    assert [data["name"], data["note"], data["alt"], *data["frames"][1].values()][:5] == [evil] * 5


def test_numbers_in_several_lines_stay_in_several_lines():
    two = [State("a", panels(9), "first\nsecond"), State("b", panels(200), "third\nfourth")]
    page = frames.page(two, 0, name="red", alt="Half red.")
    assert '<p style="white-space:pre-line">first\nsecond</p>' in page
    assert [frame["text"] for frame in data_of(page)["frames"]] == ["first\nsecond", "third\nfourth"]


def test_two_pages_differ_in_name_and_one_page_does_not():
    first, again, other = (frames.page(states(*reds), 0, name="x", alt="") for reds in ((1, 2), (1, 2), (1, 99)))
    assert first == again
    assert data_of(first)["key"] != data_of(other)["key"]
    assert f'data-cam-frames="{data_of(other)["key"]}"' in other


def test_nothing_is_loaded_and_nothing_without_scripts_pretends_to_be_a_control():
    page = frames.page(states(1, 2), 0, name="x", alt="", still=b"\xff\xd8")
    markup = page.split("<script>")[0]
    assert not re.search(r"https?:|//\w|<input|<output|\bid=", markup)
    assert not re.search(r"https?:|import\(|fetch\(|XMLHttpRequest|eval\(|innerHTML|on\w+=", page)


def explored(**options):
    def draw(red, shade="dark"):
        return widgets.Frame(panels(red), f"red {red}, {shade}")

    shade = widgets.choice("shade of it", {"Dark": "dark", "Light": "light"})
    red = widgets.slider("red", {"none": 0, "some": 100, "all": 250})
    return widgets.explorer(draw, alt="A gray and a red half.", start={"red": 100}, shade=shade, red=red, **options)


def test_an_explorer_sweeps_its_slider_and_says_what_stays():
    widget = explored()
    data = data_of(widget.frames()[0])
    assert [frame["label"] for frame in data["frames"]] == ["none", "some", "all"]
    assert data["start"] == 1
    assert data["note"] == "Here shade of it stays at Dark; run the cell to change it, too."
    assert widget.state == {"shade": "dark", "red": 100}


def test_another_control_is_swept_where_the_builder_or_the_reader_names_it():
    widget = explored(sweep="shade")
    assert [frame["text"] for frame in data_of(widget.frames()[0])["frames"]] == ["red 100, dark", "red 100, light"]
    page = widget.page("red").data
    assert data_of(page)["name"] == "red"
    assert 'alt="A gray and a red half."' in page  # it stands alone, with its still
    with pytest.raises(ValueError, match=r"expected sweep= to be one of \['shade', 'red'\], got 'hue'"):
        explored(sweep="hue")
    with pytest.raises(ValueError, match="expected a control out of"):
        widget.page("hue")


def test_a_player_sweeps_its_steps():
    player = widgets.player(lambda step: widgets.Frame(panels(step), str(step)), [0, 5, 10], alt="Red.")
    assert [frame["label"] for frame in data_of(player.frames()[0])["frames"]] == ["0", "5", "10"]
    assert data_of(player.frames()[0])["start"] == 2


def test_a_warning_about_a_state_that_nobody_asked_for_is_not_told():
    def draw(step):
        if step == 0:
            warnings.warn("that map is empty", stacklevel=1)
        return widgets.Frame(panels(step), str(step))

    player = widgets.player(draw, [0, 5], alt="Red.")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        player.frames()
        with pytest.raises(UserWarning, match="that map is empty"):
            player.sweep("step")


def test_frames_follow_the_still_in_a_kernel_that_saves_and_in_no_other(monkeypatch):
    bundles = []
    monkeypatch.setattr(without_kernel, "display", lambda data, **options: bundles.append(data))
    widget = explored()
    assert widget._ipython_display_ is None
    monkeypatch.setenv(without_kernel.SAVING, "1")
    widget._ipython_display_()
    assert [sorted(bundle) for bundle in bundles] == [
        [without_kernel.VIEW, "image/jpeg", "text/plain"],
        ["text/html", "text/plain"],
    ]
    assert bundles[1]["text/html"] == widget.frames()[0]
