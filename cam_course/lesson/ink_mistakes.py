"""What a picture of strokes in the colors of their votes must show, and what to say where it does not (lesson 05)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

FOR, AGAINST, PALE, NO_VOTE, EMPTY, STRAY = (2, 2), (2, 17), (17, 2), (17, 17), (10, 10), (0, 10)


def problem_of_inks(answer: Callable) -> str | None:
    """What is wrong with a function that paints strokes by their votes, or None.

    Args:
        answer: from ``magnitude`` and ``weighted``, both ``(H, W)``, to a picture ``(3, H, W)`` in 0…1.
    """
    shown = answer(*_scene())
    return _form(shown) or _paper(shown) or _inks(answer, shown) or _scales(answer, shown) or _nothing(answer)


def _scene() -> tuple[Tensor, Tensor]:
    """Four patches of strokes and one stray pixel; votes at three of them, and one where nothing is drawn."""
    magnitude, weighted = torch.zeros(20, 20), torch.zeros(20, 20)
    for row, column in (FOR, AGAINST, PALE, NO_VOTE):
        magnitude[row - 1 : row + 2, column - 1 : column + 2] = 3.0
    magnitude[STRAY] = 300.0
    weighted[:7, :7], weighted[:7, -7:], weighted[-7:, :7] = 5.0, -5.0, 0.5
    weighted[EMPTY] = 5.0
    return magnitude, weighted


def _form(shown: object) -> str | None:
    if not isinstance(shown, Tensor) or shown.shape != (3, 20, 20):
        got = tuple(shown.shape) if isinstance(shown, Tensor) else type(shown).__name__
        return f"Expected a tensor of shape (3, H, W), got {got}: stack red, green and blue with torch.stack([...])."
    if not torch.isfinite(shown).all():
        return "The picture holds NaN or infinity: look for a division by zero."
    if shown.min() < -1e-4 or shown.max() > 1 + 1e-4:
        return f"Values must stay in 0…1, got {shown.min():.2f} to {shown.max():.2f}: clamp ink and vote before mixing."
    return None


def _paper(shown: Tensor) -> str | None:
    if float(shown[:, 7, 10].min()) < 0.98:
        return "The paper is not white. Where `magnitude` is zero there is no ink, and ink is what takes light away."
    if float(shown[(slice(None), *EMPTY)].min()) < 0.98:
        return "There is color where nothing is drawn: a vote colors the ink that is there, and adds none."
    return None


def _inks(answer: Callable, shown: Tensor) -> str | None:
    red, against, pale, black = (shown[(slice(None), *place)].tolist() for place in (FOR, AGAINST, PALE, NO_VOTE))
    if min(black) > 0.6:
        return _too_pale(answer)
    if max(black) - min(black) > 0.05 or max(black) >= 0.6:
        return "A stroke on a place without a vote must be gray or black: no vote, no color, but the stroke is there."
    if red[2] > red[0] and against[0] > against[2]:
        return "The colors are exchanged: red (channel 0) is for the class, blue (channel 2) against it."
    if red[0] < max(red[1:]) + 0.3:
        return "Full ink on the strongest vote for the class must be red: at least 0.3 above green and blue."
    if against[2] < max(against[:2]) + 0.3:
        return (
            "Full ink on the strongest vote against the class must be blue: at least 0.3 above red and green. "
            "Did a ReLU, or a clamp, remove what speaks against?"
        )
    if pale[0] - max(pale[1:]) >= 0.5 * (red[0] - max(red[1:])):
        return "A tenth of the vote has half of the color or more: show the strength of the vote, not its sign alone."
    return None


def _too_pale(answer: Callable) -> str:
    """Why a full stroke without a vote is nearly white: a stray pixel, or another cause."""
    magnitude, weighted = _scene()
    magnitude[STRAY] = 0.0
    if float(answer(magnitude, weighted)[(slice(None), *NO_VOTE)].min()) <= 0.6:
        return (
            "The strokes are too pale: does one stray pixel bleach all others? Scale by the 0.99 quantile of all "
            "pixels, the empty ones included."
        )
    return (
        "A full stroke on a place without a vote is nearly white. It must be gray or black: does the vote scale your "
        "ink, or do your colors pass through white at no vote?"
    )


def _scales(answer: Callable, shown: Tensor) -> str | None:
    magnitude, weighted = _scene()
    for name, changed in (("magnitude", (magnitude / 100, weighted)), ("weighted", (magnitude, weighted / 100))):
        if not torch.allclose(answer(*changed), shown, atol=0.02):
            return f"With `{name}` a hundredth as strong the picture changes: it is raw, so divide it by its own scale."
    weak = answer(magnitude, torch.where(weighted < 0, weighted / 10, weighted))[(slice(None), *AGAINST)]
    strong = shown[(slice(None), *AGAINST)]
    if float(weak[2] - weak[:2].max()) >= 0.5 * float(strong[2] - strong[:2].max()):
        return (
            "Votes against the class are painted as strongly when they are a tenth as strong: you scaled the two signs "
            "apart. Divide both by the largest magnitude."
        )
    taller = weighted.clone()
    taller[EMPTY] = 10 * weighted.max()
    tenth = answer(magnitude, taller)[(slice(None), *FOR)]
    if float(tenth[0] - tenth[1:].max()) >= 0.5 * float(shown[(0, *FOR)] - shown[(slice(1, None), *FOR)].max()):
        return "One scale for the votes: their largest magnitude, wherever in the picture it lies, not a quantile."
    magnitude[NO_VOTE] /= 2
    if float(answer(magnitude, weighted)[(1, *NO_VOTE)]) < float(shown[(1, *NO_VOTE)]) + 0.1:
        return "A stroke of half the strength is drawn as black: the ink must grow with `magnitude`."
    return None


def _nothing(answer: Callable) -> str | None:
    magnitude, weighted = _scene()
    if not torch.isfinite(answer(magnitude, weighted * 0)).all():
        return "Without any vote the picture holds NaN: the largest vote is then 0, and dividing by it is 0/0."
    blank = answer(magnitude * 0, weighted)
    if not torch.isfinite(blank).all():
        return "Without any stroke the picture holds NaN: its scale is then 0, and dividing by it is 0/0."
    if float(blank.min()) < 0.98:
        return "Without any stroke the paper must stay white."
    few = torch.zeros(20, 20)
    few[FOR] = 1.0
    if not torch.isfinite(answer(few, weighted)).all():
        return "With a single stroke the picture holds NaN: the 0.99 quantile is then 0. What can stand in for it?"
    return None
