"""The network that describes a picture: it looks somewhere for every word."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .language import END, LONGEST, WORDS, numbers, sentence
from .nets import Normalize
from .trunk import places, trunk


class Captioner(nn.Module):
    r"""A convolutional encoder whose maps know their places, and a decoder that looks at one place per word.

    A recurrent network reads the words so far, and nothing of the picture; from what it has read it asks every place,
    and what the places hold, weighted by how well they answer, makes the next word. Pooled maps would not do: they
    hold which plants and which colors there are, but not which belong together.

    Args:
        widths: channels of each stage.
        hidden: width of the recurrent network, of what is asked and of what is seen.

    References:
        Xu et al., Show, Attend and Tell, arXiv:1502.03044.

    >>> net = Captioner().eval()
    >>> net.told("a baya in a blue pot")(torch.rand(2, 3, 128, 128)).shape  # six words and the end
    torch.Size([2, 7, 14])
    """

    def __init__(self, widths: Sequence[int] = (16, 32, 64, 96), hidden: int = 96) -> None:
        super().__init__()
        self.normalize, self.stages = Normalize(), trunk(widths)
        self.embed = nn.Embedding(len(WORDS), hidden)
        self.read = nn.GRU(hidden, hidden, batch_first=True)
        self.ask = nn.Linear(hidden, hidden)
        self.key, self.value = (nn.Linear(widths[-1] + 2, hidden) for _ in range(2))
        self.say = nn.Sequential(nn.Linear(2 * hidden, hidden), nn.ReLU(), nn.Linear(hidden, len(WORDS)))

    def forward(self, images: Tensor, words: Tensor) -> Tensor:
        """Scores of the next word after each beginning of a sentence: ``(N, steps + 1, words)``.

        Args:
            images: ``(N, 3, H, W)`` in 0…1.
            words: ``(N, steps)`` int64, the numbers of the words so far.
        """
        return self.decode(self.encode(images), words)

    def encode(self, images: Tensor) -> Tensor:
        """What every place holds: ``(N, places, channels + 2)``."""
        return places(self.stages(self.normalize(images))).flatten(2).transpose(1, 2)

    def decode(self, seen: Tensor, words: Tensor) -> Tensor:
        """As `forward`, from what the places hold."""
        read, _ = self.read(self.embed(nn.functional.pad(words, (1, 0), value=END)))  # (N, steps + 1, hidden)
        looked = nn.functional.scaled_dot_product_attention(self.ask(read), self.key(seen), self.value(seen))
        return self.say(torch.cat([read, looked], -1))

    @torch.no_grad()
    def looks(self, images: Tensor, caption: str) -> Tensor:
        """How much each place weighs in each word of a sentence, and in its end: ``(N, steps, h, w)``, sums 1.

        Raises:
            ValueError: a word that the network does not know.
        """
        return self.attention(images, torch.tensor([numbers(caption)], device=images.device))

    @torch.no_grad()
    def attention(self, images: Tensor, words: Tensor) -> Tensor:
        """How much each place weighs in each word of each picture's own sentence, and in its end.

        Args:
            images: ``(N, 3, H, W)`` in 0…1.
            words: ``(N, steps)`` int64, or one sentence for all, ``(1, steps)``.

        Returns:
            ``(N, steps + 1, h, w)``, adding up to 1 over the places.
        """
        maps = self.stages(self.normalize(images))
        read, _ = self.read(self.embed(nn.functional.pad(words, (1, 0), value=END)))
        keys = self.key(places(maps).flatten(2).transpose(1, 2))  # (N, places, hidden)
        alike = self.ask(read) @ keys.transpose(1, 2) / keys.shape[-1] ** 0.5
        return alike.softmax(-1).unflatten(-1, maps.shape[-2:])

    def told(self, caption: str) -> "Told":
        """A module that takes images alone and gives the scores of each word of this sentence, and of its end.

        Raises:
            ValueError: a word that the network does not know.
        """
        return Told(self, caption)

    @torch.no_grad()
    def caption(self, images: Tensor) -> list[str]:
        """What it says of each picture, word by word the likeliest."""
        seen = self.encode(images)
        words = torch.zeros(len(images), 0, dtype=torch.long, device=images.device)
        for _ in range(LONGEST):
            words = torch.cat([words, self.decode(seen, words)[:, -1:].argmax(-1)], 1)
        return [sentence(steps) for steps in words.tolist()]


class Told(nn.Module):
    """A captioning network and a sentence: it is given the sentence's beginning at each step, whatever it would say."""

    def __init__(self, net: Captioner, caption: str) -> None:
        super().__init__()
        self.net, self.caption = net, caption
        self.register_buffer("words", torch.tensor(numbers(caption), device=next(net.parameters()).device))
        self.train(net.training)

    def forward(self, images: Tensor) -> Tensor:
        """Scores ``(N, words of the sentence + 1, words)``; those at a step are of the word that stands there."""
        return self.net(images, self.words.expand(len(images), -1))
