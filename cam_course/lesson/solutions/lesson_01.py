"""Solutions of lesson 01, saliency and class models."""

import torch


# %% 01.1
def predicted_change(score, image, step):
    """By how much the score changes, as the gradient at `image` predicts it: a number."""
    x = image.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(score(x), x)  # (3, H, W), at the image, before the step
    return (gradient * step).sum()  # pixel by pixel: slope times step, all added up


# %% 01.2
def smooth_grad(gradient_at, image, noise):
    """The saliency map of the mean gradient over noisy copies of the image: (H, W)."""
    gradients = gradient_at(image + noise)  # (n, 3, H, W), one for each copy
    return gradients.mean(0).abs().amax(0)  # average while there are signs, then the magnitude


# %% 01.3
def repaint(model, image, target, budget, steps=10):
    """A picture that differs from `image` by at most `budget` per pixel, and whose logit of `target` is high."""
    painted = image.clone()
    for _ in range(steps):
        x = painted.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(model(x[None])[0, target], x)
        painted = painted + budget / 4 * gradient.sign()  # uphill at every pixel, by the same small amount
        painted = image + (painted - image).clamp(-budget, budget)  # back into the budget
        painted = painted.clamp(0, 1)  # back to what a picture can be
    return painted
