"""Networks by name: shipped, torchvision's, the Hub's, the reader's; what is none of these says so."""

import sys

import pytest
import torch
from torch import nn

from cam_course import weights
from cam_course.pots import KINDS
from cam_course.report import named
from cam_course.report.networks import brought
from cam_course.weights import Pretrained

CODE = """
import torch
from cam_course.weights import Pretrained
number = 3
def net():
    return torch.nn.Conv2d(3, 2, 1)
def ready():
    return Pretrained("mine", net(), 8, ("a", "b"))
def text():
    return "net"
"""


@pytest.fixture
def code(tmp_path, monkeypatch):
    (tmp_path / "code_of_a_reader.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "code_in_want.py").write_text("import a_module_that_is_nowhere", encoding="utf-8")
    (tmp_path / "code_with_a_fault.py").write_text("1 / 0", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield "code_of_a_reader"
    for name in ("code_of_a_reader", "code_in_want", "code_with_a_fault"):
        sys.modules.pop(name, None)


def test_a_shipped_network():
    subject = named("pots_biased")
    assert (subject.name, subject.to, subject.categories) == ("pots_biased", 128, KINDS)
    assert weights.card("pots_biased")["sha256"] in subject.origin


@pytest.mark.parametrize("name", [name for name in weights.names() if "task" in weights.card(name)])
def test_a_shipped_network_of_another_task_is_refused(name):
    with pytest.raises(ValueError, match=f"one class per picture, got '{name}', whose task is"):
        named(name)


def test_a_misspelt_name_gets_the_nearest_and_the_other_ways():
    with pytest.raises(ValueError, match="did you mean 'pots_biased'.*torchvision:NAME"):
        named("pots_biasd")


def test_torchvision_and_the_hub_bring_what_belongs_to_them(monkeypatch):
    net = nn.Conv2d(3, 4, 1)
    monkeypatch.setattr(weights, "torchvision", lambda name: Pretrained(name, net, 7, ("x", "y")))
    monkeypatch.setattr(weights, "public", lambda name: net)
    assert (named("torchvision:resnet18").to, named("torchvision:resnet18").categories) == (7, ("x", "y"))
    subject = named("public:pot_plant_classifier_gap")
    assert (subject.model, subject.to, subject.categories) == (net, 256, KINDS)
    assert named("public:car_single_room").categories == ()


def test_code_of_the_readers(code):
    subject = named(f"{code}:net")
    assert isinstance(subject.model, nn.Conv2d)
    assert (subject.to, subject.categories, subject.name) == (224, (), f"{code}:net")
    ready = named(f"{code}:ready")
    assert (ready.to, ready.categories, ready.name) == (8, ("a", "b"), f"{code}:ready")


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("code_of_a_reader:nothing", ValueError, "a function at 'code_of_a_reader:nothing', got NoneType"),
        ("code_of_a_reader:number", ValueError, "got int"),
        ("code_of_a_reader:text", TypeError, "expected a torch.nn.Module, got str"),
        ("a_module_that_is_nowhere:net", ValueError, "start where Python finds a_module_that_is_nowhere.py"),
        ("code_of_a_reader.deeper:net", ValueError, "a module 'code_of_a_reader.deeper', got none"),
        ("code_in_want:net", ModuleNotFoundError, "a_module_that_is_nowhere"),
        ("code_with_a_fault:net", ZeroDivisionError, "division"),
        ("../x:net", ValueError, "check the spelling"),
        (":net", ValueError, "check the spelling"),
        ("pots:", ValueError, "check the spelling"),
    ],
)
def test_code_that_gives_no_network(code, name, error, message):
    with pytest.raises(error, match=message):
        named(name)


def test_what_belongs_to_a_network_may_be_replaced():
    subject = brought("pots", to=64, categories=["a", "b", "c", "d"])
    assert (subject.to, subject.categories) == (64, ("a", "b", "c", "d"))
    assert brought(subject).to == 64
    assert brought(torch.nn.Identity()).to == 224
    assert brought(Pretrained("mine", nn.Identity(), 9, ())).to == 9


def test_what_is_no_network_is_refused():
    with pytest.raises(TypeError, match=r"expected a torch.nn.Module, got int"):
        brought(3)
    with pytest.raises(TypeError, match="categories as a list of names"):
        brought("pots", categories="abc")
