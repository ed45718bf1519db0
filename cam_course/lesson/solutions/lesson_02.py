"""Solutions of lesson 02, deconvnet and guided backpropagation."""

import torch

from cam_course import explain, targets


# %% 02.1
def backward_by_hand(W1, W2, w, x):
    """Guided backpropagation through y = w · relu(W2 · relu(W1 · x)), without autograd: as long as x."""
    a = W1 @ x  # before the first rectifier
    b = W2 @ a.relu()  # before the second
    g = w  # the gradient of y with respect to what leaves the second rectifier
    g = W2.T @ ((b > 0) * g.relu())  # the rule, then the matrix
    return W1.T @ ((a > 0) * g.relu())  # the rule again, then the matrix; nothing is cut at the end


# %% 02.2
def speaks_against(model, images, classes):
    """Guided backpropagation of −y: (N, 3, H, W), signed, for one class per image."""
    return explain(model, images, "guided_backprop", target=targets.Counterfactual(classes)).attribution


# %% 02.3
def poster(image, first, second):
    """The image, then two attributions on gray with one scale: (3, H, 3W) in 0...1."""
    limit = torch.stack([first, second]).abs().flatten().quantile(0.99)
    limit = limit if limit > 0 else 1.0  # two empty attributions: both panels stay gray
    panels = [(0.5 + 0.5 * values / limit).clamp(0, 1) for values in (first, second)]
    return torch.cat([image, *panels], dim=-1)
