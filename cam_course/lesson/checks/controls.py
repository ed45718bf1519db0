"""Judge a control's mask by what it must share with the treatment, wherever it was put."""

from __future__ import annotations

import torch
from torch import Tensor


def masks() -> list[tuple[Tensor, Tensor]]:
    """Pots and plants: room at one side, at the other, above, beside a high pot, only lower right; last nowhere."""
    pot, plant = torch.zeros(10, 12, dtype=torch.bool), torch.zeros(10, 12, dtype=torch.bool)
    pot[6:9, 5:8], pot[6, 5] = True, False
    plant[2:6, 4:9] = True
    left = pot.roll(-4, 1), plant.roll(-4, 1)
    low = torch.zeros(10, 12, dtype=torch.bool)
    low[7:10, :11], low[9, 4:6] = True, False
    bush = torch.zeros(10, 12, dtype=torch.bool)
    bush[4:7] = True
    high, right = pot.roll((-5, -4), (0, 1)), torch.zeros(10, 12, dtype=torch.bool)
    right[2:9, 5:11] = True
    corner = torch.ones(10, 12, dtype=torch.bool)
    corner[7:, 9:] = False  # the only room, at odd rows and columns
    return [(pot, plant), left, (low, bush), (high, right), (high, corner & ~high), (pot, ~pot)]


def problem_without_room(found: object, pot: Tensor, plant: Tensor) -> str | None:
    """What is wrong with an answer for a picture without room for a control; None for an empty mask."""
    right_shape = isinstance(found, Tensor) and found.shape == pot.shape
    if right_shape and not found.any():
        return None
    overlap = _problem_of_place(found.bool(), pot, plant) if right_shape else None
    return (f"{overlap} And one" if overlap else "One") + (
        " hidden picture has no room for a second pot. There the honest control is an empty mask: no pixel true, of "
        "the same shape, so that the picture can be left out."
    )


def problem_of_control(found: object, pot: Tensor, plant: Tensor) -> str | None:
    """What is wrong with a control's mask in a picture with room for it; None where nothing is."""
    if not isinstance(found, Tensor) or found.shape != pot.shape or found.dtype != torch.bool:
        got = f"{found.dtype} of shape {tuple(found.shape)}" if isinstance(found, Tensor) else type(found).__name__
        return f"Expected a mask, bool of shape {tuple(pot.shape)}, got {got}."
    if torch.equal(found, pot):
        return "This is the pot itself: the treatment once more, and no control."
    if not found.any():
        return "Your mask is empty in a picture in which there is room. Try every shift that stays inside the picture."
    if torch.equal(found, ~(pot | plant)):
        return "You take all that is neither plant nor pot: many times as much paint. The amount must be the same."
    return _problem_of_place(found, pot, plant) or _problem_of_shape(found, pot)


def _problem_of_place(found: Tensor, pot: Tensor, plant: Tensor) -> str | None:
    if (found & pot).any():
        return "The control overlaps the pot: part of the treatment is in it. Pot and plant are both off limits."
    if (found & plant).any():
        return "The control overlaps the plant. What it does to the answer could then be the plant's doing."
    return None


def _problem_of_shape(found: Tensor, pot: Tensor) -> str | None:
    if torch.equal(_cropped(found), _cropped(pot)):
        return None
    if int(found.sum()) < int(pot.sum()):
        return (
            "The control has fewer pixels than the pot, cut off by the plant, the pot or the border: less paint may "
            "flip less for that reason alone. Look for another place."
        )
    if int(found.sum()) > int(pot.sum()):
        return "The control has more pixels than the pot: its box, perhaps? Keep the pot's own shape."
    if any(torch.equal(found, pot.roll((y, x), (0, 1))) for y in range(pot.shape[0]) for x in range(pot.shape[1])):
        return (
            "Your mask leaves the picture at one side and comes in at the other, as torch.roll does: the shape is torn "
            "in two. Try only shifts that stay inside."
        )
    return "As many pixels, but in another shape (mirrored?). Shift the pot's mask; do not reshape or turn it."


def _cropped(mask: Tensor) -> Tensor:
    rows, columns = mask.any(1).nonzero()[:, 0], mask.any(0).nonzero()[:, 0]
    return mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
