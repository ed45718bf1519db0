import pytest
import torch

from cam_course import explain, targets
from cam_course.lesson import speech
from cam_course.pots import ANSWERS, QUESTIONS, WORDS
from cam_course.pots.answerer import Answerer, LateAnswerer
from cam_course.pots.captioner import Captioner

SMALL = {"widths": (4, 6, 8, 8), "hidden": 8}
CAPTIONS = ["a baya in a blue pot", "a yuki in a dark pot", "a greg in a blue pot"]
ASKED = ["is there a yuki?", "how many plants?", "what is in the dark pot?"]


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.fixture
def captioner():
    return Captioner(**SMALL).eval()


@pytest.fixture
def answerer():
    net = Answerer(**SMALL).eval()
    net.fc.weight.data.abs_()  # so that no map is empty
    return net


@pytest.fixture
def images():
    return torch.rand(3, 3, 32, 32)


def test_each_picture_has_its_own_sentence_and_its_own_question(captioner, answerer, images):
    told, asked = speech.EachTold(captioner, CAPTIONS)(images), speech.EachAsked(answerer, ASKED)(images)
    for i in range(3):
        one = images[i : i + 1]
        assert torch.allclose(told[i], captioner.told(CAPTIONS[i])(one)[0], atol=1e-5)
        assert torch.allclose(asked[i], answerer.asked(ASKED[i])(one)[0], atol=1e-5)


def test_maps_of_words_are_those_of_explain_over_several_chunks(captioner, images, monkeypatch):
    monkeypatch.setattr(speech, "CHUNK", 2)
    found = speech.word_maps(captioner, images, CAPTIONS, [1, 4], ["Grad-CAM", "LayerCAM"])
    assert {name: maps.shape for name, maps in found.items()} == dict.fromkeys(found, (2, 3, 32, 32))
    word = targets.Word(4, WORDS.index("dark"))
    alone = explain(captioner.told(CAPTIONS[1]), images[1], "layer_cam", target=word, layer="net.stages.3")
    assert torch.allclose(found["LayerCAM"][1, 1], alone.maps[0], atol=1e-6)


def test_the_map_is_that_of_the_answer_asked_for_and_the_answer_that_of_the_network(answerer, images, monkeypatch):
    monkeypatch.setattr(speech, "CHUNK", 2)
    maps, said = speech.answer_maps(answerer, images, ASKED, ["yes", "two", "rudo"], layer="net.films.1")
    module = answerer.asked(ASKED[2])
    alone = explain(module, images[2], target=targets.Answer(ANSWERS.index("rudo")), layer="net.films.1")
    assert torch.allclose(maps[2], alone.maps[0], atol=1e-6)
    assert said[2] == ANSWERS[int(module(images[2:]).argmax())]


def test_sureness_is_the_probability_of_each_word_that_stands_there(captioner, images):
    sure = speech.sureness(captioner, images, CAPTIONS)
    assert sure.shape == (3, 6)
    p = captioner.told(CAPTIONS[0])(images[:1]).softmax(-1)[0]
    assert sure[0, 4].item() == pytest.approx(p[4, WORDS.index("blue")].item(), rel=1e-4)


def test_what_is_looked_at_adds_up_to_one_and_makes_the_next_word(captioner, images):
    looks = speech.looks(captioner, images, CAPTIONS)  # (6, 3, 4, 4)
    assert looks.shape == (6, 3, 4, 4)
    assert torch.allclose(looks.sum((2, 3)), torch.ones(6, 3))
    seen = captioner.encode(images)
    words = speech.EachTold(captioner, CAPTIONS).words
    read, _ = captioner.read(captioner.embed(torch.nn.functional.pad(words, (1, 0))))
    looked = torch.einsum("snp,npk->nsk", looks.flatten(2), captioner.value(seen))
    scores = captioner.say(torch.cat([read[:, :6], looked], -1))
    assert torch.allclose(scores, captioner(images, words)[:, :6], atol=1e-5)


def test_a_function_of_a_network_can_be_explained(answerer, images):
    own = speech.Own(answerer, lambda net, x: net.asked(ASKED[0])(x)).eval()
    maps = explain(own, images, target=targets.Answer(8), layer="net.films.1").maps
    asked = explain(answerer.asked(ASKED[0]), images, target=targets.Answer(8), layer="net.films.1").maps
    assert torch.allclose(maps, asked, atol=1e-6)


HALF = torch.zeros(32, 32, dtype=torch.bool)
HALF[:, :16] = True


def test_the_walk_marks_the_word_and_says_where_its_map_lies(captioner, images):
    walk = speech.walk(
        captioner, images[0], CAPTIONS[0], {"left": HALF}, start={"word": 1, "method": "HiResCAM"}, alt="A map."
    )
    assert walk.state == {"word": 1, "method": "HiResCAM"}
    assert "a [baya] in a blue pot: probability ≈ 0." in walk.text
    assert "share of the HiResCAM map: left ≈" in walk.text
    assert [label for label, _ in walk.sweep("word")][4] == "4  blue"
    assert len({frame.numbers for _, frame in walk.sweep("word")}) == 6


def test_the_interview_asks_every_network_every_question(answerer, images):
    late = LateAnswerer(**SMALL).eval()
    for layer in (late.words, late.fc[0], late.fc[2]):
        layer.weight.data.abs_()
    nets = {"early": (answerer, "films.1"), "late": (late, "stages.3")}
    talk = speech.interview(nets, images[0], {"left": HALF}, start=ASKED[1], alt="Two maps.")
    assert talk.text.count("share of its map: left ≈") == 2
    assert "how many plants? early answers " in talk.text
    assert [label for label, _ in talk.sweep("question")] == list(QUESTIONS)
