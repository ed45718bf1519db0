"""Solutions of lesson 12, your own images."""

import torch

from cam_course import upsample


# %% 12.1
def on_map(x, y, cells, box):
    """The cell of a map in which a point of the photograph lies, (row, column); (-1, -1) outside."""
    left, upper, right, lower = box
    rows, columns = cells
    if not (left <= x < right and upper <= y < lower):  # first: int() below cuts towards 0, also from -0.3
        return -1, -1
    row = int((y - upper) / (lower - upper) * rows)  # the share of the height above the point, in cells
    column = int((x - left) / (right - left) * columns)
    return row, column


# %% 12.2
def or_none(logits, known, keep):
    """The class of each picture, or -1 where the network is not sure enough: (N,)."""
    sure = logits.softmax(1).amax(1)
    limit = known.softmax(1).amax(1).quantile(1 - keep)  # a share `keep` of the known ones lies above
    return torch.where(sure >= limit, logits.argmax(1), -1)


# %% 12.3
def spotlight(photo, heat):
    """The photograph in color where the map is high, in gray where it is 0: (3, H, W)."""
    large = upsample(heat, photo.shape[-2:])
    share = large / large.max()  # 0…1, and 1 is full color
    return share * photo + (1 - share) * photo.mean(0, keepdim=True)
