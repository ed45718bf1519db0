"""Solutions of lesson 03, class activation mapping."""

import torch
import torch.nn.functional as F


# %% 03.1
def places_vote(activations, weight, bias):
    """One map per class, whose plain mean over places is the class's logit: (C, h, w)."""
    return torch.einsum("ck,khw->chw", weight, activations) + bias[:, None, None]  # the bias at every place, undivided


# %% 03.2
def who_pays(activations, weights):
    """What each place pays toward the logit where the pooling takes the maximum: (h, w)."""
    paid = torch.zeros_like(activations[0])  # (h, w)
    for one, w in zip(activations, weights, strict=True):
        place = one.argmax()  # the one place of this map that the network uses
        paid.view(-1)[place] += w * one.max()
    return paid


# %% 03.3
def receipt(signed, bias, masks):
    """The logit, split: one amount per mask, then the rest of the picture, then the bias: (I + 2,)."""
    side = masks.shape[-1] // signed.shape[-1]  # pixels to a place's side
    cover = F.avg_pool2d(masks.to(signed), side)  # (I, h, w): which share of each place a mask covers
    amounts = (cover * signed).mean((-2, -1))  # (I,): the logit is the mean of the map
    rest = signed.mean() - amounts.sum()
    return torch.cat([amounts, rest.reshape(1), bias.reshape(1)])
