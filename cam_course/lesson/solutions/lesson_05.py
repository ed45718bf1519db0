"""Solutions of lesson 05, Guided Grad-CAM."""

import torch

from cam_course import metrics, upsample


# %% 05.1
def product_of(attribution, weighted):
    """Guided Grad-CAM: Grad-CAM is finished, its ReLU included, before it is enlarged; the strokes keep their signs."""
    coarse = weighted.relu()  # (h, w)
    return attribution * upsample(coarse, attribution.shape[-2:])[None]  # (3, H, W)


# %% 05.2
def who_changed(guided, coarse, guided_after, coarse_after):
    """Rank correlations with the product as it was, (3, N): new strokes, new Grad-CAM, both new."""
    before = guided * coarse
    exchanged = [guided_after * coarse, guided * coarse_after, guided_after * coarse_after]
    return torch.stack([metrics.rank_correlation(before, product) for product in exchanged])


# %% 05.3
def two_inks(magnitude, weighted):
    """Strokes, red where they lie on evidence for the class, blue against it: (3, H, W) in 0...1, on white."""
    full = torch.quantile(magnitude.flatten(), 0.99)
    full = full if full > 0 else magnitude.max()  # fewer strokes than a hundredth of the pixels
    ink = (magnitude / full).clamp(0, 1) if full > 0 else magnitude
    most = weighted.abs().max()
    vote = weighted / most if most > 0 else weighted  # -1...1
    return torch.stack([1 - ink * (1 - vote.clamp(min=0)), 1 - ink, 1 - ink * (1 + vote.clamp(max=0))])
