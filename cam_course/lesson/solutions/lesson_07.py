"""Solutions of lesson 07, Score-CAM."""

import torch
import torch.nn.functional as F


# %% 07.1
def mask_weights(logits, blank, live, target):
    """The paper's weights of the maps: (K,), of which the flat ones have 0 and the others add up to 1."""
    increase = logits[:, target] - blank[target]
    return increase.masked_fill(~live, -torch.inf).softmax(0)  # e to the minus infinity is 0


# %% 07.2
def together(model, image, a, b, target):
    """How much two masks gain together beyond what each gains alone: one number."""
    gives = [torch.zeros_like(a), a, b, torch.maximum(a, b)]
    black, only_a, only_b, both = model(image * torch.stack(gives)[:, None])[:, target]
    return (both - black) - (only_a - black) - (only_b - black)


# %% 07.3
def cheap_score_cam(model, image, activations, target, budget):
    """Score-CAM of a sample of the maps that show something: every n-th, whatever its strength."""
    live = activations.amax((-2, -1)) > activations.amin((-2, -1))
    some = activations[live]
    some = some[torch.linspace(0, len(some) - 1, min(budget, len(some))).long()]
    large = F.interpolate(some[None], image.shape[-2:], mode="bilinear", align_corners=False)[0]
    low, high = large.amin((-2, -1), keepdim=True), large.amax((-2, -1), keepdim=True)
    with torch.no_grad():
        scores = model(image * ((large - low) / (high - low))[:, None])[:, target]
    return (scores.softmax(0)[:, None, None] * some).sum(0).relu()
