"""A network whose answers can be computed by hand, and the page taken apart by a parser."""

from html.parser import HTMLParser

import pytest
import torch
from torch import nn

from tests.images.files import corners

VOID = {"meta", "img", "input", "br", "hr", "link"}


class Page(HTMLParser):
    """Every element with its attributes, and every text with the elements round it."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.texts, self._open = [], [], []
        self.feed(html)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.texts.append((tuple(self._open), data))

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self):
        """What a reader reads, in order, on one line."""
        return " ".join(" ".join(text for where, text in self.texts if "style" not in where).split())


@pytest.fixture
def net():
    """Scores the mean of red and three times the mean of green, cell by cell; blue is for nobody."""
    model = nn.Sequential(nn.Conv2d(3, 2, 1, bias=False), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    model.append(nn.Linear(2, 2, bias=False))
    with torch.no_grad():
        model[0].weight.copy_(torch.eye(3)[:2, :, None, None])
        model[4].weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 3.0]]))
    return model.eval()


@pytest.fixture
def photo(tmp_path):
    corners(48, 32).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"
