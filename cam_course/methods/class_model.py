"""Class model visualization: gradient ascent from a blank image to one that a class likes best."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

BLUR = (0.25, 0.5, 0.25)  # one step of the binomial filter, in each direction


def objective(score: Tensor, image: Tensor, *, l2: float) -> Tensor:
    r"""What is maximized: the class's score, less a price for every pixel that departs from zero.

    .. math:: y_c(I) - \lambda \lVert I \rVert_2^2

    Args:
        score: y_c, a scalar, before softmax.
        image: I, any shape, in the space in which zero is the mean picture.
        l2: the price λ. Unit: score per squared unit of image, so it must fit the scale of the network's scores.

    Returns:
        A scalar, in score units.

    References:
        Simonyan, Vedaldi, Zisserman, Deep Inside Convolutional Networks, 2014, arXiv:1312.6034, eq. 1.

    >>> objective(torch.tensor(10.0), torch.tensor([1.0, 2.0]), l2=0.5)
    tensor(7.5000)
    """
    return score - l2 * image.square().sum()  # eq. 1


def blurred(image: Tensor) -> Tensor:
    """The image under a small blur of 3 × 3 pixels, which takes out the finest noise.

    Args:
        image: ``(C, H, W)``.

    Returns:
        The same shape; at the border the nearest pixels are repeated.

    >>> blurred(torch.tensor([[[0.0, 4.0, 0.0]]])).tolist()
    [[[1.0, 2.0, 1.0]]]
    """
    line = torch.tensor(BLUR, dtype=image.dtype, device=image.device)
    kernel = (line[:, None] * line).expand(len(image), 1, 3, 3)
    return F.conv2d(F.pad(image[None], (1, 1, 1, 1), mode="replicate"), kernel, groups=len(image))[0]


def ascend(
    score: Callable[[Tensor], Tensor],
    start: Tensor,
    low: Tensor,
    high: Tensor,
    *,
    steps: int,
    step_size: float,
    l2: float,
    jitter: int,
    blur_every: int,
    decay: float,
    generator: torch.Generator,
) -> list[Tensor]:
    r"""Gradient ascent on `objective`, by Adam, from a start image; every image on the way.

    Adam stands where the paper has plain ascent: its steps do not depend on the scale of the scores. Jitter, blur and
    decay are not the paper's either; each is off at 0.

    Args:
        score: from images ``(1, C, H, W)`` to ``(1,)``.
        start: I at the beginning, ``(C, H, W)``; zeros in the paper.
        low: what a picture's pixels cannot fall below, broadcastable to `start`.
        high: what they cannot rise above.
        steps: how many.
        step_size: how far a pixel moves at most in a step, about.
        l2: λ of `objective`.
        jitter: roll the image by up to so many pixels before each look, so that nothing clings to the pixel grid.
        blur_every: blur the image after every so many steps.
        decay: the share of its departure from zero that the image loses in a step.
        generator: for the jitter.

    Returns:
        ``steps + 1`` images, the start first.
    """
    image = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=step_size, maximize=True)
    images = [start]
    for step in range(1, steps + 1):
        shift = torch.randint(-jitter, jitter + 1, (2,), generator=generator).tolist()
        y = score(image.roll(shift, (-2, -1))[None])[0]
        (image.grad,) = torch.autograd.grad(objective(y, image, l2=l2), image)
        optimizer.step()
        with torch.no_grad():
            image.mul_(1 - decay)
            if blur_every and step % blur_every == 0:
                image.copy_(blurred(image))
            image.clamp_(low, high)
        images.append(image.detach().clone())
    return images
