"""Solutions of lesson 04, Grad-CAM."""

import torch


# %% 04.1
def rather_than(activations, gradients_a, gradients_b):
    """Grad-CAM of the score y_a - y_b: the gradient of a difference is the difference of the gradients."""
    alpha = (gradients_a - gradients_b).mean((-2, -1), keepdim=True)  # (K, 1, 1)
    return (alpha * activations).sum(-3).relu()  # (h, w), one ReLU, at the end


# %% 04.2
def falls(head, activations, target):
    """How far the logit of `target` falls when channel k alone is set to zero: (K,)."""
    before = head(activations[None])[0, target]
    after = []
    for k in range(len(activations)):
        changed = activations.clone()  # a fresh copy for each channel
        changed[k] = 0
        after.append(head(changed[None])[0, target])
    return before - torch.stack(after)


# %% 04.3
def two_colors(image, map_a, map_b):
    """The gray image, with map_a in red and map_b in blue, both on one scale: (3, H, W) in 0...1."""
    top = torch.maximum(map_a.max(), map_b.max())
    a, b = (m / top if top > 0 else m for m in (map_a, map_b))
    gray = image.mean(0) * (1 - 0.6 * (a + b)).clamp(min=0)  # it gives way to the evidence, but not altogether
    return torch.stack([gray + 0.6 * a, gray, gray + 0.6 * b]).clamp(0, 1)
