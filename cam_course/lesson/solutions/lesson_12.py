"""Solutions of lesson 12, your own images."""

import torch

from cam_course import upsample


# %% 12.1
def on_photo(row, column, cells, box):
    """The center of a map's cell on the photograph: (x, y) in its pixels."""
    left, upper, right, lower = box
    rows, columns = cells
    x = left + (column + 0.5) * (right - left) / columns  # where the crop begins, then whole cells and a half
    y = upper + (row + 0.5) * (lower - upper) / rows
    return x, y


# %% 12.2
def or_none(logits, known, keep):
    """The class of each picture, or -1 where the network is not sure enough: (N,)."""
    sure = logits.softmax(1).amax(1)
    limit = known.softmax(1).amax(1).quantile(1 - keep)  # a share `keep` of the known pictures lies above
    return torch.where(sure >= limit, logits.argmax(1), -1)


# %% 12.3
def spotlight(photo, heat):
    """The photograph in color where the map is high, in gray where it is 0: (3, H, W)."""
    large = upsample(heat, photo.shape[-2:])
    share = large / large.max()  # 0…1, and 1 is full color
    return share * photo + (1 - share) * photo.mean(0, keepdim=True)
