"""Judge a poster, the picture and two attributions on gray: by what it must show, however it was made."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

SIDE = 32


def problem_of_poster(answer: Callable[[Tensor, Tensor, Tensor], object]) -> str | None:
    """What is wrong with the posters that a function makes of hidden scenes; None where nothing is.

    Args:
        answer: from an image and two attributions, ``(3, H, W)`` each, to a poster ``(3, H, 3W)`` in 0…1.
    """
    image, first, second = _scene()
    shown = answer(image, first, second)
    return _form(shown) or _panels(shown, image) or _scale(answer, image, first, second)


def _scene() -> tuple[Tensor, Tensor, Tensor]:
    """A quarter of the pixels speaks, half of it each way; one pixel of one channel is fifty times as strong."""
    generator = torch.Generator().manual_seed(11)
    image = torch.rand(3, SIDE, SIDE, generator=generator)
    first, second = torch.zeros(3, SIDE, SIDE), torch.zeros(3, SIDE, SIDE)
    first[:, 2:14, 4:16], first[:, 18:30, 4:16] = 1.0, -1.0
    second[:, 2:14, 18:30], second[:, 18:30, 18:30] = 1.0, -1.0
    first[0, 30, 30] = 50.0
    return image, first, second


def _form(shown: object) -> str | None:
    if not isinstance(shown, Tensor) or shown.shape != (3, SIDE, 3 * SIDE):
        got = tuple(shown.shape) if isinstance(shown, Tensor) else type(shown).__name__
        return (
            f"Expected a tensor (3, H, 3W), here {(3, SIDE, 3 * SIDE)}, got {got}: join three panels along the last "
            "dimension, the columns."
        )
    if not torch.isfinite(shown).all():
        return "The poster holds NaN or infinity: look for a division by zero."
    if shown.min() < -1e-4 or shown.max() > 1 + 1e-4:
        return f"Values must stay in 0…1, got {shown.min():.2f} to {shown.max():.2f}: clamp at last."
    return None


def _panels(shown: Tensor, image: Tensor) -> str | None:
    left, middle, last = shown.split(SIDE, -1)
    if not torch.allclose(left, image, atol=0.02):
        return "The left panel must be the picture as it is, in its colors."
    if abs(float(middle[:, 0, 0].mean()) - 0.5) > 0.03 or abs(float(last[:, 0, 0].mean()) - 0.5) > 0.03:
        return (
            "Where an attribution is zero its panel must be middle gray, 0.5, in both panels: put zero there, and not "
            "the minimum of the attribution at black."
        )
    if float((middle[:, 5, 20] - 0.5).abs().mean()) > 0.2 and float((last[:, 5, 5] - 0.5).abs().mean()) > 0.2:
        return "The panels are swapped: the first attribution belongs in the middle, the second on the right."
    up, down = float(middle[:, 5, 5].mean()), float(middle[:, 21, 5].mean())
    if up < 0.5:
        return "Positive values come out dark: brighter than gray should mean positive."
    if down > 0.5:
        return "Negative values come out bright: keep the sign. Brighter than gray is positive, darker is negative."
    if min(up - 0.5, 0.5 - down) < 0.2:
        return (
            "The panels are nearly all gray: one stray pixel, fifty times as strong as the rest, rules the scale. "
            "Divide by a high quantile of the magnitudes, not by their maximum."
        )
    return None


def _scale(answer: Callable, image: Tensor, first: Tensor, second: Tensor) -> str | None:
    if not torch.allclose(answer(image, first / 100, second / 100), answer(image, first, second), atol=0.02):
        return "The poster changes when both attributions are a hundredth as strong: divide by a measure of them."
    if _bright(answer(image, first, second / 10), 2 * SIDE + 20):
        if _bright(answer(image, first, second / 1e5), 2 * SIDE + 20):
            return (
                "An attribution of a tenth of the strength looks as strong as the other: each panel has a scale of its "
                "own. Take one for both, so that they can be compared."
            )
        return "Nearly everything is black or white: your scale is too small. Take a higher quantile."
    if _bright(answer(image, first / 10, second), SIDE + 5):
        return "When the first attribution is weak it looks as strong as ever: its own scale rules. Ask both."
    if float(answer(image, first, second / 2)[:, 5, 2 * SIDE + 20].mean()) > 0.9:
        return "Half of the scale is white already: zero lands on 0.5 and one whole scale on 1, so half of it on 0.75."
    strong, half = 3 * first.abs(), 1.5 * second.abs()
    mirrored = 1 - answer(image, -strong, -half)[..., SIDE:]
    if not torch.allclose(answer(image, strong, half)[..., SIDE:], mirrored, atol=0.02):
        return "With all signs turned, bright and dark must change places. Take the scale from magnitudes."
    nothing = answer(image, first * 0, second * 0)
    if not torch.isfinite(nothing).all():
        return "With two empty attributions the poster holds NaN: the scale is then 0, and 0/0 is no number."
    if float((nothing[..., SIDE:] - 0.5).abs().max()) > 0.03:
        return "Two empty attributions must give two gray panels."
    return None


def _bright(shown: Tensor, column: int) -> bool:
    return float(shown[:, 5, column].mean()) - 0.5 > 0.25
