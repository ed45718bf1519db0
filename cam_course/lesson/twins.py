"""Scenes in which a kind may stand twice: which thing a map was asked for, and which things hold its light."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cam_course.capture import capture
from cam_course.explain import Explanation
from cam_course.heatmap import upsample
from cam_course.lesson.peers import peer
from cam_course.methods.cams import grad_cam, hires_cam, layer_cam
from cam_course.metrics import blurred
from cam_course.pots.dataset import Item
from cam_course.targets import Score

METHODS = {"Grad-CAM": grad_cam, "HiResCAM": hires_cam, "LayerCAM": layer_cam}
COLUMNS = ["no twin", "twin", "empty", "no twin, lit"]  # of a table of what is right
GROWN = 3  # pixels round a thing that are blurred with it: its shadow, and half-covered border pixels

Equation = Callable[[Tensor, Tensor], Tensor]
Table = Tensor  # (T, I): the share of map t's light in thing i


def things(item: Item) -> Tensor:
    """Each plant together with its pot: masks ``(I, H, W)`` bool."""
    return item["plants"] | item["pots"]


def light(maps: Tensor, masks: Tensor) -> Table:
    """The share of each map's sum in each mask.

    Args:
        maps: ``(T, H, W)``, at least 0.
        masks: ``(I, H, W)`` bool.

    Returns:
        ``(T, I)``, 0…1; zeros for a map that is zero everywhere.

    >>> masks = torch.tensor([[[True, False, False]], [[False, True, False]]])
    >>> light(torch.tensor([[[1.0, 2.0, 1.0]], [[0.0, 0.0, 0.0]]]), masks).tolist()
    [[0.25, 0.5], [0.0, 0.0]]
    """
    maps = maps.detach().cpu()
    inside = torch.einsum("nhw,ihw->ni", maps, masks.cpu().to(maps))  # (T, I)
    total = maps.sum((-2, -1))[:, None]
    return inside / total.where(total > 0, 1)


def lights(
    net: nn.Module,
    items: Sequence[Item],
    ask: Callable[[Item], Sequence[Score]],
    layers: Sequence[str],
    methods: Mapping[str, Equation] = METHODS,
) -> dict[tuple[str, str], list[Table]]:
    """Asks a network for every thing in every scene, and tells in which things the maps' light lies.

    Args:
        net: any network whose output the targets take.
        items: scenes.
        ask: from a scene to one target for each of its things.
        layers: dotted names; all are read in one run of the network.
        methods: by name, from A ``(K, h, w)`` and gradients ``(T, K, h, w)`` to maps ``(T, h, w)``.

    Returns:
        By layer and method, for each scene ``(I, I)``: row t is the map asked for thing t.
    """
    place = next(net.parameters()).device
    found: dict[tuple[str, str], list[Table]] = {(layer, name): [] for layer in layers for name in methods}
    for item in items:
        masks = things(item)
        shown = capture(net, item["image"].to(place), list(layers), classes=list(ask(item)))
        for layer, name in found:
            A, g = shown.activations[layer][0], shown.gradients[layer][:, 0]  # (K, h, w), (T, K, h, w)
            maps = upsample(methods[name](A.expand_as(g), g), masks.shape[-2:])
            found[layer, name].append(light(maps, masks))
    return found


def right(tables: Sequence[Table], items: Sequence[Item], *, twin: bool, lit: bool = False) -> Tensor:
    """In each scene, the share of the maps with more light in the thing asked for than in any rival.

    Args:
        tables: one for each scene, of `light`.
        items: the scenes.
        twin: whether to ask for the things of which another of the same kind stands in the scene, whose rivals are all
            of that kind; or for all others, whose rivals are all the rest.
        lit: leave out the maps without light, which otherwise are wrong.

    Returns:
        ``(M,)``, one share for each scene that has such a thing and a rival to it (and a map with light).

    >>> items = [{"kinds": (2, 2)}, {"kinds": (0, 1)}, {"kinds": (3,)}]
    >>> tables = [torch.tensor([[0.6, 0.4], [0.6, 0.4]]), torch.tensor([[0.9, 0.1], [0.2, 0.3]]), torch.ones(1, 1)]
    >>> right(tables, items, twin=True).tolist(), right(tables, items, twin=False).tolist()
    ([0.5], [1.0])
    """
    shares = []
    for table, item in zip(tables, items, strict=True):
        kinds = torch.tensor(item["kinds"])
        rivals = _rivals(kinds, twin)  # (I, I)
        asked = rivals.any(1) & ((table.sum(1) > 0) | (not lit))
        best = table.masked_fill(~rivals, -1.0).amax(1)
        if asked.any():
            shares.append((table.diagonal() > best)[asked].double().mean())
    return torch.stack(shares)


def _rivals(kinds: Tensor, twin: bool) -> Tensor:
    """Which things compete with which, ``(I, I)`` bool; a row of nothing for what is not asked for."""
    alike = kinds[:, None] == kinds
    others = ~torch.eye(len(kinds), dtype=torch.bool)
    has_twin = (alike & others).any(1, keepdim=True)
    return (alike & others) if twin else others & ~has_twin


def shares(tables: Sequence[Table], items: Sequence[Item]) -> list[Tensor]:
    """The four `COLUMNS` of a table: `right` with and without a twin, what is `empty`, what is right of the rest."""
    both = [right(tables, items, twin=twin) for twin in (False, True)]
    return [*both, empty(tables), right(tables, items, twin=False, lit=True)]


def on_itself(tables: Sequence[Tensor], items: Sequence[Item]) -> Tensor:
    """What stands on the diagonal of ``(I, I)`` tables, on average over a scene's things that have a twin: ``(M,)``."""
    have = [_rivals(torch.tensor(item["kinds"]), twin=True).any(1) for item in items]
    return torch.stack([table.diagonal()[h].mean() for table, h in zip(tables, have, strict=True)])


def on_twins(tables: Sequence[Tensor], items: Sequence[Item]) -> Tensor:
    """What stands at a thing's twins, in magnitude, added up; on average over a scene's things that have one: ``(M,)``.

    >>> on_twins([torch.tensor([[5.0, -0.5], [0.25, 7.0]])], [{"kinds": (2, 2)}]).tolist()
    [0.375]
    """
    which = [_rivals(torch.tensor(item["kinds"]), twin=True) for item in items]
    sums = [((table.abs() * w).sum(1), w.any(1)) for table, w in zip(tables, which, strict=True)]
    return torch.stack([total[h].mean() for total, h in sums])


def ratio(part: Tensor, whole: Tensor) -> dict[str, object]:
    """The ratio of two means over scenes, and its interval as scenes are drawn again: the arguments of `measured`.

    >>> ratio(torch.tensor([1.0, 1.0]), torch.tensor([4.0, 4.0]))
    {'value': 0.25, 'spread': (0.25, 0.25)}
    """
    draws = torch.randint(len(part), (1000, len(part)), generator=torch.Generator().manual_seed(0))
    drawn = (part[draws].double().mean(1) / whole[draws].double().mean(1)).sort().values
    return {"value": float(part.mean() / whole.mean()), "spread": (float(drawn[25]), float(drawn[974]))}


def uniform(items: Sequence[Item]) -> list[Table]:
    """The tables of a map that knows nothing: each thing's share of the picture."""
    return [light(torch.ones(things(item).shape), things(item)) for item in items]


def shape_gap(heatmap: object, other: object) -> Tensor:
    """The largest difference of two maps, each divided by its maximum: 0 where they have one shape.

    Args:
        heatmap: ``(H, W)``, a tensor or an array, above 0 somewhere.
        other: likewise.

    >>> float(shape_gap(torch.tensor([[1.0, 2.0]]), torch.tensor([[4.0, 4.0]])))
    0.5
    """
    first, second = (torch.as_tensor(one).cpu() for one in (heatmap, other))
    return (first / first.max() - second / second.max()).abs().max()


def their_gap(net: nn.Module, layer: str, image: Tensor, target: Score, ours: Explanation) -> Tensor:
    """The `shape_gap` between pytorch-grad-cam's HiResCAM of one image ``(3, H, W)`` and ours; it must be installed."""
    with peer("pytorch_grad_cam").HiResCAM(net, [net.get_submodule(layer)]) as cam:
        return shape_gap(cam(image[None], [target])[0], ours.maps[0])


def empty(tables: Sequence[Table]) -> Tensor:
    """In each scene, the share of the maps without any light in the things, ``(N,)``."""
    return torch.stack([(table.sum(1) == 0).double().mean() for table in tables])


def twins_of(items: Sequence[Item]) -> list[Item]:
    """The scenes in which some kind stands twice."""
    return [item for item in items if len(set(item["kinds"])) < len(item["kinds"])]


@torch.no_grad()
def falls(net: nn.Module, item: Item) -> Tensor:
    """How far the logit of each thing's detection falls when each of the things is replaced by its blurred copy.

    Args:
        net: a detector whose ``fields`` give the heat's logits first.
        item: a scene.

    Returns:
        ``(I, I)`` in logits: row t is the detection of thing t, column i the thing that is blurred. A detection's logit
        is the highest of its kind within one cell of the middle of its box.
    """
    image, masks = item["image"], things(item)
    near = F.max_pool2d(masks[:, None].float(), 2 * GROWN + 1, stride=1, padding=GROWN) > 0  # (I, 1, H, W)
    changed = torch.where(near, blurred(image), image)  # (I, 3, H, W)
    heat = net.fields(torch.cat([image[None], changed]).to(next(net.parameters()).device))[0].cpu()
    around = F.max_pool2d(heat, 3, stride=1, padding=1)  # (1 + I, classes, h, w)
    middles = (item["boxes"].double().view(-1, 2, 2).mean(1) / net.stride).long()  # (I, 2): column, row
    logits = around[:, list(item["kinds"]), middles[:, 1], middles[:, 0]]  # (1 + I, T)
    return (logits[0] - logits[1:]).T


def blobs(item: Item) -> Tensor:
    """For each thing a round blob in the middle of its box, a quarter of the box wide: knows what was asked, no more.

    Returns:
        ``(I, H, W)``, above 0.
    """
    height, width = item["image"].shape[-2:]
    x0, y0, x1, y1 = item["boxes"].float().T[:, :, None]  # (I, 1) each
    bell = lambda n, low, high: (-0.5 * ((torch.arange(n) + 0.5 - (low + high) / 2) * 4 / (high - low)) ** 2).exp()  # noqa: E731
    return bell(height, y0, y1)[:, :, None] * bell(width, x0, x1)[:, None]
