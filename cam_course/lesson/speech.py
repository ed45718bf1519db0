"""What lesson 11b shows of networks that speak: a sentence or a question per picture, its maps, and two explorers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from cam_course import targets
from cam_course.explain import compare, explain
from cam_course.heatmap import overlay, upsample
from cam_course.lesson.captions import captioned
from cam_course.lesson.explorer import Explorer, Frame, choice, explorer, slider
from cam_course.lesson.figures import rgb, side_by_side
from cam_course.lesson.measured import approx
from cam_course.metrics import energy_inside
from cam_course.pots import ANSWERS, QUESTIONS
from cam_course.pots.answerer import padded
from cam_course.pots.language import numbers

METHODS = {"Grad-CAM": "grad_cam", "HiResCAM": "hires_cam", "LayerCAM": "layer_cam"}
CHUNK = 25  # pictures at once, as in `scorecard`
LAST = "net.stages.3"  # the last layer that no word and no question has touched


class EachTold(nn.Module):
    """A captioning network, and for each picture of a batch its own sentence, all of one length.

    Args:
        net: as `pots_captions`.
        captions: one per picture.
    """

    def __init__(self, net: nn.Module, captions: Sequence[str]) -> None:
        super().__init__()
        self.net, self.words = net, _rows(net, numbers, captions)  # (N, steps)
        self.train(net.training)

    def forward(self, images: Tensor) -> Tensor:
        """Logits ``(N, steps + 1, words)``: of each word, the true beginning of the sentence being given."""
        return self.net(images, self.words)


class EachAsked(nn.Module):
    """A network that answers, and for each picture of a batch its own question.

    Args:
        net: as `pots_questions`.
        questions: one per picture.
    """

    def __init__(self, net: nn.Module, questions: Sequence[str]) -> None:
        super().__init__()
        self.net, self.words = net, _rows(net, padded, questions)  # (N, words)
        self.train(net.training)

    def forward(self, images: Tensor) -> Tensor:
        """Logits ``(N, answers)``."""
        return self.net(images, self.words[:, None])[:, 0]


def _rows(net: nn.Module, numbered: Callable[[str], list[int]], texts: Sequence[str]) -> Tensor:
    return torch.tensor([numbered(text) for text in texts], device=next(net.parameters()).device)


class Own(nn.Module):
    """A network, and any function of it and of pictures: a module that can be explained.

    Args:
        net: any.
        function: called as ``function(net, images)``.
    """

    def __init__(self, net: nn.Module, function: Callable[[nn.Module, Tensor], Tensor]) -> None:
        super().__init__()
        self.net, self.function = net, function
        self.train(net.training)

    def forward(self, images: Tensor) -> Tensor:
        """What the function gives."""
        return self.function(self.net, images)


def _chunks(images: Tensor, texts: Sequence[str]) -> Iterator[tuple[Tensor, Sequence[str]]]:
    for start in range(0, len(images), CHUNK):
        yield images[start : start + CHUNK], texts[start : start + CHUNK]


def word_maps(
    net: nn.Module,
    images: Tensor,
    captions: Sequence[str],
    steps: Sequence[int],
    methods: Sequence[str] = tuple(METHODS),
    *,
    layer: str = LAST,
) -> dict[str, Tensor]:
    """Maps of the word that stands at each of some steps of each picture's caption, by name of the method.

    Args:
        net: as `pots_captions`.
        images: ``(N, 3, H, W)`` on the network's device.
        captions: one per picture, all of one length.
        steps: which words, from 0.
        methods: keys of `METHODS`.
        layer: dotted name, from the network as ``net``.

    Returns:
        ``(steps, N, H, W)`` each, raw, on the CPU.
    """
    parts: dict[str, list[Tensor]] = {name: [] for name in methods}
    for x, lines in _chunks(images, captions):
        told = EachTold(net, lines)
        words = [targets.Word(step, told.words[:, step]) for step in steps]
        found = compare(told, x, [METHODS[name] for name in methods], classes=words, layer=layer)
        for name in methods:
            parts[name].append(found[METHODS[name]].maps.cpu())
    return {name: torch.cat(maps, 1) for name, maps in parts.items()}


def answer_maps(
    net: nn.Module,
    images: Tensor,
    questions: Sequence[str],
    answers: Sequence[str],
    method: str = "Grad-CAM",
    *,
    layer: str = LAST,
) -> tuple[Tensor, list[str]]:
    """The map of an answer to a question, both of each picture's own, and what the network answers to it.

    Args:
        net: as `pots_questions`.
        images: ``(N, 3, H, W)`` on the network's device.
        questions: one per picture.
        answers: one per picture, out of `ANSWERS`; what is explained, whatever the network answers.
        method: a key of `METHODS`.
        layer: dotted name, from the network as ``net``.

    Returns:
        Maps ``(N, H, W)``, raw, on the CPU; answers, one per picture.
    """
    wanted = torch.tensor([ANSWERS.index(answer) for answer in answers], device=images.device).split(CHUNK)
    pairs = zip(_chunks(images, questions), wanted, strict=True)
    found = [
        explain(EachAsked(net, lines), x, METHODS[method], target=targets.Answer(of), layer=layer)
        for (x, lines), of in pairs
    ]
    said = torch.cat([one.logits.argmax(1) for one in found]).tolist()
    return torch.cat([one.maps.cpu() for one in found]), [ANSWERS[n] for n in said]


@torch.no_grad()
def sureness(net: nn.Module, images: Tensor, captions: Sequence[str]) -> Tensor:
    """The probability of each word of each picture's caption, its true beginning being given: ``(N, words)``, CPU."""
    found = []
    for x, lines in _chunks(images, captions):
        told = EachTold(net, lines)
        p = told(x)[:, :-1].softmax(-1)  # the end is left out
        found.append(p.gather(2, told.words[..., None])[..., 0].cpu())
    return torch.cat(found)


def looks(net: nn.Module, images: Tensor, captions: Sequence[str]) -> Tensor:
    """The network's own attention before each word: how much it takes of what each place holds.

    Args:
        net: as `pots_captions`.
        images: ``(N, 3, H, W)``, on the network's device.
        captions: one per picture, all of one length.

    Returns:
        ``(steps, N, h, w)``, adding up to 1 over the places, on the CPU.
    """
    found = [net.attention(x, EachTold(net, lines).words).cpu() for x, lines in _chunks(images, captions)]
    return torch.cat(found)[:, :-1].transpose(0, 1)  # without the end


def _told(heatmap: Tensor, regions: Mapping[str, Tensor]) -> str:
    return ", ".join(f"{name} {approx(float(energy_inside(heatmap.cpu(), of.cpu())))}" for name, of in regions.items())


def walk(
    net: nn.Module, image: Tensor, caption: str, regions: Mapping[str, Tensor], *, start: Mapping[str, Any], alt: str
) -> Explorer:
    """Walks along a caption, word by word: the picture, the word's map by a method, and the network's attention.

    Args:
        net: as `pots_captions`.
        image: ``(3, H, W)`` in 0…1, on the network's device.
        caption: the sentence.
        regions: by name, masks ``(H, W)`` whose share of the map is told.
        start: the number of the first ``word`` shown, and the name of its ``method``.
        alt: what the first state shows, for those who do not see it.
    """
    words = caption.split()
    maps = word_maps(net, image[None], [caption], range(len(words)))
    attended = upsample(looks(net, image[None], [caption])[:, 0], image.shape[-2:])
    sure = sureness(net, image[None], [caption])[0]

    def draw(word: int, method: str) -> Frame:
        heatmap = maps[method][word, 0]
        said = " ".join(f"[{one}]" if i == word else one for i, one in enumerate(words))
        text = f"{said}: probability {approx(sure[word])}; share of the {method} map: {_told(heatmap, regions)}"
        panels = [rgb(image), overlay(image, heatmap, strength=0.75), overlay(image, attended[word], strength=0.75)]
        titles = ["the picture", f"{method}: {words[word]}", "attention"]
        return Frame(captioned(side_by_side(panels), titles), text)

    steps = {f"{i}  {word}": i for i, word in enumerate(words)}
    names = {name: name for name in METHODS}
    return explorer(draw, alt=alt, start=dict(start), word=slider("word", steps), method=choice("method", names))


def interview(
    nets: Mapping[str, tuple[nn.Module, str]], image: Tensor, regions: Mapping[str, Tensor], *, start: str, alt: str
) -> Explorer:
    """Asks networks a question: beside the picture, for each of them the map of the answer that it gives.

    Args:
        nets: by name, a network and the layer that is read, a dotted name from the network on.
        image: ``(3, H, W)`` in 0…1, on the networks' device.
        regions: by name, masks ``(H, W)`` whose share of each map is told.
        start: the first question.
        alt: what it shows, for those who do not see it.
    """

    def draw(question: str) -> Frame:
        panels, titles, lines = [rgb(image)], ["the picture"], []
        for name, (net, layer) in nets.items():
            found = explain(net.asked(question), image, target=targets.Answer(), layer=f"net.{layer}")
            answer = int(found.logits[0].argmax())
            sure = approx(float(found.logits[0].softmax(0)[answer]))
            panels.append(overlay(image, found.maps[0], strength=0.75))
            titles.append(f"{name}: {ANSWERS[answer]}")
            lines.append(f"{name} answers {ANSWERS[answer]} ({sure}), share of its map: {_told(found.maps, regions)}")
        return Frame(captioned(side_by_side(panels), titles), f"{question} " + "; ".join(lines))

    return explorer(draw, alt=alt, start={"question": start}, question=choice("question", {q: q for q in QUESTIONS}))
