"""The rendered pictures as a torch data set, with the truth about each of them."""

from collections.abc import Iterable
from functools import partial
from typing import TypedDict

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from . import kept
from .layout import caption
from .names import REGIMES, SPLITS, one_of
from .parallel import run
from .scene import LARGEST, SMALLEST, Scene, render


class Item(TypedDict):
    """One picture and the truth about it; I plants in pots, from left to right."""

    image: Tensor  # (3, H, W) float32, 0…1
    label: int  # kind of the first plant
    plants: Tensor  # (I, H, W) bool
    pots: Tensor  # (I, H, W) bool
    kinds: tuple[int, ...]  # indices into KINDS
    colors: tuple[int, ...]  # indices into COLORS
    boxes: Tensor  # (I, 4) int64, x0 y0 x1 y1 of plant and pot together; x1 and y1 are one past the last pixel
    caption: str


class Batch(TypedDict):
    """Several pictures stacked; the masks are of all plants, and of all pots, of a picture together."""

    image: Tensor  # (N, 3, H, W) float32, 0…1
    label: Tensor  # (N,) int64
    plant: Tensor  # (N, H, W) bool
    pot: Tensor  # (N, H, W) bool


def boxes(masks: np.ndarray) -> np.ndarray:
    """The smallest box round each mask.

    Args:
        masks: ``(I, H, W)`` bool, none of them empty.

    Returns:
        ``(I, 4)`` int64: x0, y0, x1, y1 in pixels, so that ``mask[y0:y1, x0:x1]`` holds all of it.

    Raises:
        ValueError: an empty mask.

    >>> mask = np.zeros((1, 5, 5), bool); mask[0, 1:3, 2:5] = True
    >>> boxes(mask).tolist()
    [[2, 1, 5, 3]]
    """
    if not masks.any((1, 2)).all():
        raise ValueError("expected masks with at least one pixel each, got an empty one; leave it out")
    columns, rows = masks.any(1), masks.any(2)
    height, width = masks.shape[1:]
    low = columns.argmax(1), rows.argmax(1)
    high = width - columns[:, ::-1].argmax(1), height - rows[:, ::-1].argmax(1)
    return np.stack([*low, *high], 1)


def to_item(scene: Scene) -> Item:
    """A rendered scene as tensors."""
    return {
        "image": to_image(scene.pixels),
        "label": scene.placements[0].kind,
        "plants": torch.from_numpy(scene.plants),
        "pots": torch.from_numpy(scene.pots),
        "kinds": tuple(p.kind for p in scene.placements),
        "colors": tuple(p.color for p in scene.placements),
        "boxes": torch.from_numpy(boxes(scene.plants | scene.pots)),
        "caption": caption(scene.placements),
    }


def to_image(pixels: np.ndarray) -> Tensor:
    """Bytes ``(H, W, 3)`` as the float tensor ``(3, H, W)`` in 0…1 that the networks take."""
    return torch.from_numpy(pixels).permute(2, 0, 1).float().div(255).contiguous()


class Scenes(Dataset[Item]):
    r"""Pictures of potted plants whose truth is known, rendered when first asked for and kept.

    A data set of 100 to 500 pictures asked for as a whole is kept on disk too, in the ignored folder ``.cache``.
    Image i is the same whatever `n` is. Pictures of different splits never share a seed.

    Args:
        regime: ``"random"`` (the pot's color says nothing), ``"biased"`` (every kind in its usual pot), ``"swapped"``
            (in the usual pot of another kind), ``"multi"`` (two to four of one kind), ``"uneven"`` (one big and two
            or three small of one kind), ``"pair"`` (two kinds side by side), ``"mixed"`` (one to four of any kinds),
            ``"distinct"`` (one or three, all kinds and colors different).
        split: ``"train"``, ``"val"`` or ``"test"``.
        n: how many pictures.
        size: side in pixels, 32…1024.

    Raises:
        ValueError: unknown regime or split (the nearest is offered), n below 1, or a size out of range.

    >>> scenes = Scenes("pair", "test", n=3, size=64)
    >>> item = scenes[0]
    >>> item["image"].shape, len(item["kinds"]), item["plants"].shape
    (torch.Size([3, 64, 64]), 2, torch.Size([2, 64, 64]))
    """

    def __init__(self, regime: str, split: str, n: int = 200, size: int = 128) -> None:
        one_of("regime", regime, REGIMES), one_of("split", split, SPLITS)
        if isinstance(n, bool) or not isinstance(n, int) or n < 1:
            raise ValueError(f"expected n to be a whole number of at least 1, got {n!r}; ask for a picture or more")
        if isinstance(size, bool) or not isinstance(size, int) or not SMALLEST <= size <= LARGEST:
            raise ValueError(f"expected size to be {SMALLEST}…{LARGEST} pixels, got {size!r}; the course uses 128")
        self.regime, self.split, self.size, self._n = regime, split, size, n
        self._kept: dict[int, Scene] = {}

    def __len__(self) -> int:
        """How many pictures."""
        return self._n

    def __repr__(self) -> str:
        """What was asked for."""
        return f"Scenes({self.regime!r}, {self.split!r}, n={self._n}, size={self.size})"

    def __getitem__(self, index: int) -> Item:
        """Picture `index` and the truth about it; negative indices count from the end.

        Raises:
            IndexError: no such picture.
        """
        return to_item(self.scene(index))

    def scene(self, index: int) -> Scene:
        """The scene as rendered: bytes, owner of each pixel, placements.

        Raises:
            IndexError: no such picture.
        """
        at = self._position(index)
        if at not in self._kept:
            self._kept[at] = render(self.regime, self.split, at, self.size)
        return self._kept[at]

    def drawn(
        self, indices: Iterable[int] | None = None, *, workers: int = 0, progress: bool | None = None
    ) -> list[Scene]:
        """Several scenes as rendered; arguments and errors as of `batch`, but no index at all gives no scene."""
        wanted = [self._position(i) for i in (range(self._n) if indices is None else indices)]
        self._render(sorted(set(wanted) - self._kept.keys()), workers, progress)
        return [self._kept[i] for i in wanted]

    def batch(self, indices: Iterable[int] | None = None, *, workers: int = 0, progress: bool | None = None) -> Batch:
        """Several pictures stacked.

        Args:
            indices: which; all by default.
            workers: processes that render; 0 renders here. In a script, more need ``if __name__ == "__main__":``.
            progress: whether to show a bar; by default where rendering takes more than about two seconds.

        Raises:
            IndexError: no such picture.
            ValueError: no index at all.
        """
        wanted = [self._position(i) for i in (range(self._n) if indices is None else indices)]
        if not wanted:
            raise ValueError("expected at least one index, got none; batch() without indices takes all pictures")
        scenes = self.drawn(wanted, workers=workers, progress=progress)
        owner = torch.from_numpy(np.stack([scene.owner for scene in scenes]))
        return {
            "image": torch.stack([to_image(scene.pixels) for scene in scenes]),
            "label": torch.tensor([scene.placements[0].kind for scene in scenes]),
            "plant": owner % 2 == 1,
            "pot": (owner > 0) & (owner % 2 == 0),
        }

    def _render(self, missing: list[int], workers: int, progress: bool | None) -> None:
        if len(missing) >= kept.FEWEST:
            self._kept.update(enumerate(kept.read(self.regime, self.split, self._n, self.size)))
            missing = [i for i in missing if i not in self._kept]
        draw = partial(render, self.regime, self.split, size=self.size)
        what = f"rendering {self.regime}"
        self._kept.update(zip(missing, run(draw, missing, workers, progress, what), strict=True))
        if missing and len(self._kept) == self._n:
            kept.keep(self.regime, self.split, self.size, [self._kept[i] for i in range(self._n)])

    def _position(self, index: int) -> int:
        at = index + self._n if index < 0 else index
        if not 0 <= at < self._n:
            raise IndexError(f"expected an index of {-self._n}…{self._n - 1}, got {index}; {self!r} has no more")
        return int(at)
