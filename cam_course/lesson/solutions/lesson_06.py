"""Solutions of lesson 06, Grad-CAM++."""

import torch

from cam_course.lesson.roll_calls import FOUND, MISSED, frame


# %% 06.1
def weights_for_cube(activations, gradients, y):
    """The weights for Y = y³: its three derivatives are 3y²g, 6yg² and 6g³; in alpha, 6g² cancels."""
    g = gradients.relu()  # only positive gradients count, so alpha is needed nowhere else
    total = activations.sum((-2, -1), keepdim=True)  # S, one number per channel
    alpha = y / (2 * y + total * g)  # Y'' / (2 Y'' + S Y''')
    return (alpha * 3 * y**2 * g).sum((-2, -1))  # equation 2


# %% 06.2
def dial(activations, gradients, share):
    """Grad-CAM, with negative gradients counted by a share."""
    pieces = gradients.relu() - share * (-gradients).relu()
    weights = pieces.mean((-2, -1), keepdim=True)  # (K, 1, 1)
    return (weights * activations).sum(-3).relu()


# %% 06.3


def roll_call(image, heatmap, plants, boxes, threshold):
    """The picture in color where the map is high, else gray; each plant in a frame that says whether it was found."""
    marked = (heatmap >= threshold * heatmap.max()) & (heatmap > 0)  # an empty map marks nothing
    shown = torch.where(marked, image, image.mean(0, keepdim=True))  # a new tensor: `image` stays as it is
    for plant, box in zip(plants, boxes, strict=True):
        frame(shown, box, FOUND if (marked & plant).any() else MISSED)
    return shown
