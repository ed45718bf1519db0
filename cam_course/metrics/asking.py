"""The probability that a model gives a class, for many images, the model left as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from cam_course._checks import as_batch, model_takes
from cam_course.metrics.progress import bar
from cam_course.targets import Class, as_scores
from cam_course.untouched import run, untouched, unwrapped


@contextmanager
def asked(
    model: nn.Module, batch_size: int, progress: bool | None = False, what: str = "images"
) -> Iterator[Callable[[Tensor], Tensor]]:
    """A model as a function from images to logits, in evaluation mode, without gradients, a few images at a time.

    Args:
        model: a classifier; afterwards all is as it was.
        batch_size: images in one run.
        progress: whether to show a bar over the runs of one call; None shows it after two seconds.
        what: the bar's title.

    Raises:
        ValueError: a batch size below 1; a model that ends in a softmax.
    """
    if batch_size < 1:
        raise ValueError(f"expected a batch_size of at least 1, got {batch_size}; it is the images in one run")
    model = unwrapped(model)

    def logits(images: Tensor) -> Tensor:
        # clone: a network may change its input in place
        chunks = bar(images.split(batch_size), progress, what)
        return torch.cat([_logits(run(model, chunk.clone())) for chunk in chunks])

    with untouched(model), torch.no_grad():
        yield logits


def class_of(logits: Tensor, target: object) -> Tensor:
    """The class in question for each image, (N,): the one given, or the predicted one.

    Raises:
        ValueError: a class that the model does not have.
        TypeError: a target that is no class, and so has no probability.

    >>> class_of(torch.tensor([[1.0, 3.0], [5.0, 2.0]]), None).tolist()
    [1, 0]
    """
    (score,) = as_scores(target)
    if not isinstance(score, Class):
        raise TypeError(
            f"expected target as None, an int or one int per image, got {score!r}; "
            "only a class has a probability: name its number"
        )
    return score.indices(logits)


def probability(logits: Tensor, classes: Tensor) -> Tensor:
    """The softmax of the logits, at one class per image: (N, classes), (N,) -> (N,).

    >>> probability(torch.tensor([[3.0, 1.0]]).log(), torch.tensor([0]))
    tensor([0.7500])
    """
    return logits.softmax(1).gather(1, classes[:, None])[:, 0]


def checked(model: nn.Module, images: Tensor, maps: Tensor) -> tuple[Tensor, Tensor]:
    """Images and maps that fit each other and the model: (N, C, H, W), (N, H, W)."""
    images = as_batch(images)
    model_takes(unwrapped(model), images)
    if not isinstance(maps, Tensor):
        raise TypeError(f"expected maps as a tensor, got {type(maps).__name__}; convert with torch.as_tensor")
    if maps.shape != images[:, 0].shape:
        raise ValueError(
            f"expected maps of shape {tuple(images[:, 0].shape)}, one per image and of its size, "
            f"got {tuple(maps.shape)}; upsample them, or take one class at a time"
        )
    if not torch.isfinite(maps).all():
        raise ValueError("expected finite maps, got NaN or infinity; their pixels have no order")
    return images, maps.detach().to(images.device)


def _logits(output: object) -> Tensor:
    if not isinstance(output, Tensor) or output.ndim != 2:
        got = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
        raise ValueError(
            f"expected a classifier with logits (N, classes), got {got}; wrap the model so that it gives them"
        )
    ones = output.new_ones(len(output))
    if output.shape[1] > 1 and (output >= 0).all() and torch.allclose(output.sum(1), ones, atol=1e-4):
        raise ValueError(
            "expected a model that gives logits, got rows that are at least 0 and sum to 1, as after a softmax; "
            "take the last layer off, since a second softmax would flatten every probability"
        )
    return output
