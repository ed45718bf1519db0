"""Solutions of lesson 10, the pot lab."""

import torch

from cam_course import weights
from cam_course.lesson import cards

repaired = weights.load("pots")  # stands in for the network that the lesson repairs


# %% 10.1
def recolor(image, mask, color):
    """The picture with another mean color inside the mask, its light and shade kept: (3, H, W) in 0...1."""
    brightness = image.mean(0)  # (H, W): what is left when the hue is taken away
    shade = brightness / brightness[mask].mean()  # 1 is as bright as the thing is on average
    return torch.where(mask, (shade * color[:, None, None]).clamp(0, 1), image)


# %% 10.2
def elsewhere(pot, plant):
    """The pot's mask moved to where neither plant nor pot is, all False if there is no room: (H, W) bool."""
    rows, columns = pot.any(1).nonzero()[:, 0], pot.any(0).nonzero()[:, 0]
    shape = pot[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]  # (h, w)
    (h, w), taken = shape.shape, pot | plant
    for y in range(pot.shape[0] - h + 1):
        for x in range(pot.shape[1] - w + 1):
            if not (shape & taken[y : y + h, x : x + w]).any():
                moved = torch.zeros_like(pot)
                moved[y : y + h, x : x + w] = shape
                return moved
    return torch.zeros_like(pot)


# %% 10.3
card = {
    "network": repaired,
    "use": "To name the one plant in a drawn scene of this course, in a pot of any of its four colors.",
    "fails": "With pots of a color that it was never shown, it errs more often; nobody has tried it on photographs.",
    "figures": {name: float(values.mean()) for name, values in cards.evidence(repaired).items()},
    "claims": {
        "names the plant, whatever its pot": "accuracy, swapped",
        "the color of the pot hardly ever decides": "flips, pot",
        "its maps lie on the plant rather than on the pot": "energy, plant > pot",
        "works on photographs": "nothing",
    },
}
