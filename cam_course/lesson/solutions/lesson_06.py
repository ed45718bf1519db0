"""Solutions of lesson 06, Grad-CAM++."""

import torch


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
FOUND, MISSED = torch.tensor([0.0, 0.45, 1.0]), torch.tensor([1.0, 0.55, 0.0])  # blue, orange


def roll_call(image, heatmap, plants, boxes, threshold):
    """The picture in color where the map is high, else gray; each plant in a frame that says whether it was found."""
    marked = (heatmap >= threshold * heatmap.max()) & (heatmap > 0)  # an empty map marks nothing
    shown = torch.where(marked, image, image.mean(0, keepdim=True))
    for plant, (x0, y0, x1, y1) in zip(plants, boxes.tolist(), strict=True):
        color = (FOUND if (marked & plant).any() else MISSED)[:, None, None]
        shown[:, y0 : y0 + 2, x0:x1] = color
        shown[:, y1 - 2 : y1, x0:x1] = color
        shown[:, y0:y1, x0 : x0 + 2] = color
        shown[:, y0:y1, x1 - 2 : x1] = color
    return shown
