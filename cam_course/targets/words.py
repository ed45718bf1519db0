"""The target of a captioning network: the logit of a word at one step of its sentence."""

from __future__ import annotations

from dataclasses import dataclass

import torch  # noqa: F401 - the examples use it
from torch import Tensor

from cam_course.targets.classes import Classes, OfClass


@dataclass(frozen=True)
class Word(OfClass):
    """The logit of a word at a step, of a network that gives ``(N, steps, words)`` under teacher forcing.

    Under teacher forcing the network is given the sentence up to each step; bind the sentence first, in a module whose
    ``forward(images)`` passes it on, since `explain` hands the model pictures alone.

    Args:
        step: which word of the sentence, from 0; negative steps count from the end.
        of: the word's number, an int for all images or one per image; None for the word that scores highest there.

    >>> logits = torch.tensor([[[1.0, 2.0, 0.0], [5.0, 0.0, 7.0]]])  # one image, two steps, three words
    >>> Word(1, 0)(logits).tolist(), Word(1)(logits).tolist(), Word(-2)(logits).tolist()
    ([5.0], [7.0], [2.0])
    """

    step: int
    of: Classes = None

    def __call__(self, output: Tensor) -> Tensor:
        """The score of each image: (N, steps, words) -> (N,).

        Raises:
            ValueError: an output of another form, a step beyond the sentence, a word beyond the vocabulary.
        """
        return self.logit(output)

    def table(self, output: Tensor) -> Tensor:
        """The logits of all words at the step: (N, words)."""
        if not isinstance(output, Tensor) or output.ndim != 3:
            got = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
            raise ValueError(
                f"expected the output of a captioning network, (N, steps, words), got {got}; "
                "for other outputs pass target as a callable from the output to one score per image"
            )
        if isinstance(self.step, bool) or not isinstance(self.step, int):
            raise TypeError(f"expected step as an int, got {self.step!r}; count from 0")
        steps = output.shape[1]
        if not -steps <= self.step < steps:
            raise ValueError(
                f"expected a step from 0 to {steps - 1}, or from -{steps} to -1, got {self.step}; "
                f"the network gave {steps} steps"
            )
        return output[:, self.step]
