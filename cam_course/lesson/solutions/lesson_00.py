"""Solutions of lesson 00, start here."""

import torch


# %% 00.1
def energy(heatmap, mask):
    """The share of the map's sum that lies in the mask, 0 for an empty map."""
    total = heatmap.sum()
    return heatmap[mask].sum() / total if total > 0 else total


# %% 00.2
def follows_the_pot(predicted, labels, colors):
    """Among the wrong predictions, the share that names the usual owner of the pot; 0 if none is wrong."""
    at_fault = predicted != labels
    if not at_fault.any():
        return 0.0
    return (predicted == colors)[at_fault].float().mean()  # kind i usually stands in a pot of color i


# %% 00.3
def spotlight(image, mask):
    """The image in color where the mask is, gray and darker elsewhere: (3, H, W)."""
    gray = image.mean(0, keepdim=True).expand_as(image)
    return torch.where(mask, image, 0.4 * gray)
