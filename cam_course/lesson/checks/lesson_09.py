"""Checks of lesson 09, which map to believe."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cam_course.lesson.checks.cheats import advice, hidden_scenes, problem_of_cheat, scores_of
from cam_course.lesson.exercises import Verdict, compare_function, exercise, right, wrong
from cam_course.metrics import rank_correlation


def _map(seed: int, size: tuple[int, int], share: float) -> tuple[Tensor, Tensor]:
    """A map without equal values, and a mask that it likes, but not only."""
    draw = torch.Generator().manual_seed(seed)
    mask = torch.rand(size, generator=draw) < share
    return torch.rand(size, generator=draw).square() * (1 + mask) + 0.01, mask


def energy_by_rank(heatmap: Tensor, mask: Tensor) -> Tensor:
    """Share of the k highest pixels in the mask, k being its area."""
    return _of_highest(heatmap, mask, int(mask.sum()))


def _of_highest(heatmap: Tensor, mask: Tensor, k: int, *, largest: bool = True) -> Tensor:
    return mask.flatten()[heatmap.flatten().topk(k, largest=largest).indices].double().mean()


def _top(heatmap: Tensor, mask: Tensor) -> Tensor:
    """Which pixels are among the k highest: (H, W) bool."""
    chosen = torch.zeros(heatmap.numel(), dtype=torch.bool)
    chosen[heatmap.flatten().topk(int(mask.sum())).indices] = True
    return chosen.view_as(mask)


@exercise("09.1", title="Complete the measure by rank")
def check_energy_by_rank(answer: Callable) -> Verdict:
    """Places of the highest pixels, and not their values."""

    def weighed(heatmap: Tensor, mask: Tensor) -> Tensor:
        shown = heatmap * _top(heatmap, mask)
        return shown[mask].sum() / shown.sum()

    def by_ranks(heatmap: Tensor, mask: Tensor) -> Tensor:
        ranks = heatmap.flatten().argsort().argsort().double().view_as(heatmap)
        return ranks[mask].sum() / ranks.sum()

    mistakes = [
        (
            "plain energy",
            lambda m, k: m[k].sum() / m.sum(),
            "That is the old energy, of all pixels and their values: a power of the map changes it.",
        ),
        (
            "values of the highest",
            weighed,
            "You took the right pixels, but still weigh them by their values, so that a power changes the result. "
            "Count them.",
        ),
        (
            "a threshold",
            lambda m, k: k[m >= 0.5 * m.max()].double().mean(),
            "A share of the maximum decides which pixels count: another power, other pixels. Take a number of pixels.",
        ),
        (
            "a fixed number",
            lambda m, k: _of_highest(m, k, m.numel() // 10),
            "You take a tenth of the pixels, whatever the mask. The number is that of the mask's own pixels.",
        ),
        (
            "the lowest",
            lambda m, k: _of_highest(m, k, int(k.sum()), largest=False),
            "These are the k lowest pixels: turn the order round.",
        ),
        (
            "IoU",
            lambda m, k: (_top(m, k) & k).sum() / (_top(m, k) | k).sum(),
            "You divide by the union of region and mask: that is the IoU of the k highest pixels. Divide by k.",
        ),
        (
            "of all pixels",
            lambda m, k: (_top(m, k) & k).double().mean(),
            "You divide by all pixels of the picture: divide by k.",
        ),
        (
            "a sum of ranks",
            by_ranks,
            "Ranks are a good idea, and no power changes them, but you add up the ranks of all pixels. Only the k "
            "highest pixels count, each as one.",
        ),
        (
            "values over all values",
            lambda m, k: (m * _top(m, k))[k].sum() / m.sum(),
            "You add up values of the highest pixels and divide by the sum of the whole map. Values are what a power "
            "changes: count pixels.",
        ),
        (
            "values of the highest over all values",
            lambda m, k: (m * _top(m, k)).sum() / m.sum(),
            "This is the share of the light in the k highest pixels, and does not ask where they lie. Count those in "
            "the mask.",
        ),
        (
            "a count",
            lambda m, k: (_top(m, k) & k).sum(),
            "That is the number of pixels in the mask, not yet their share: divide by k.",
        ),
        (
            "one pixel too few",
            lambda m, k: _of_highest(m, k, int(k.sum()) - 1),
            "You take k − 1 pixels: the k-th highest belongs to them, too.",
        ),
        (
            "one pixel too many",
            lambda m, k: _of_highest(m, k, int(k.sum()) + 1),
            "You take k + 1 pixels: after sorting, counting starts at 0.",
        ),
    ]
    inputs = [_map(911, (12, 15), 0.2), _map(912, (9, 7), 0.35)]
    praise = (
        "No power, root or logarithm can change it; and random numbers score about the mask's share. A map that knows "
        "the scenes, but no network, may still score high: this, too, measures localization only."
    )
    return compare_function(answer, energy_by_rank, inputs, mistakes=mistakes, praise=praise)


def _stacks(seed: int, n: int) -> tuple[Tensor, Tensor]:
    """Maps before and after: all alike a little, each its own a little more."""
    draw = torch.Generator().manual_seed(seed)
    shared, own, other = (torch.rand(shape, generator=draw) for shape in ((1, 8, 9), (n, 8, 9), (n, 8, 9)))
    strength = torch.linspace(0.1, 1, n)[:, None, None]
    return shared + own, shared + strength * own + 0.5 * other


def _pairs(before: Tensor, after: Tensor) -> Tensor:
    return rank_correlation(before[:, None], after[None])


def beyond_control(before: Tensor, after: Tensor) -> Tensor:
    """Own similarity minus that with the others' maps after."""
    return _beyond(_pairs(before, after))


def _beyond(pairs: Tensor) -> Tensor:
    own = pairs.diagonal()
    return own - (pairs.sum(1) - own) / (len(pairs) - 1)


@exercise("09.2", title="Put the control into the randomization test")
def check_beyond_control(answer: Callable) -> Verdict:
    """What is left of a picture's own map, beyond what any picture would have."""

    def of_pairs(rule: Callable[[Tensor], Tensor]) -> Callable:
        return lambda before, after: rule(_pairs(before, after))

    mistakes = [
        (
            "no control",
            of_pairs(lambda p: p.diagonal()),
            "That is the similarity alone, as before: the control is still to be subtracted.",
        ),
        (
            "itself among the others",
            of_pairs(lambda p: p.diagonal() - p.mean(1)),
            "The mean is over all pictures, the picture itself among them: the control must be of others only.",
        ),
        (
            "the next picture only",
            of_pairs(lambda p: p.diagonal() - p.roll(-1, 1).diagonal()),
            "Your control is one other picture. Take the mean over all others: one may be alike by chance.",
        ),
        (
            "the previous picture only",
            of_pairs(lambda p: p.diagonal() - p.roll(1, 1).diagonal()),
            "Your control is a single other picture. Take the mean over all others: one may be alike by chance.",
        ),
        (
            "before with before",
            lambda before, after: (
                _pairs(before, after).diagonal()
                - ((p := _pairs(before, before)).sum(1) - p.diagonal()) / (len(before) - 1)
            ),
            "Your control compares maps before with maps before. That is a control too (the lesson's), but here it is "
            "with the other pictures' maps after: both parts then differ in the picture alone.",
        ),
        (
            "rows for columns",
            of_pairs(lambda p: _beyond(p.T)),
            "Your control compares the picture's map after with the others' maps before: it is the other way round.",
        ),
        (
            "the sign",
            of_pairs(lambda p: -_beyond(p)),
            "The sign is turned: own similarity first, minus the control.",
        ),
        (
            "a sum of the others",
            of_pairs(lambda p: p.diagonal() - (p.sum(1) - p.diagonal())),
            "You subtract the sum over the other pictures. Take their mean: there are N − 1 of them.",
        ),
        (
            "one number",
            of_pairs(lambda p: _beyond(p).mean()),
            "You returned one number. Return one per picture, (N,): without them there is no interval.",
        ),
        (
            "the mean map",
            lambda before, after: (
                rank_correlation(before, after) - rank_correlation(before, (after.sum(0) - after) / (len(after) - 1))
            ),
            "You average the other pictures' maps, then correlate once. Correlate with each of them, then average: the "
            "correlation with a mean map is another number.",
        ),
        (
            "one control for all",
            of_pairs(lambda p: p.diagonal() - (p.sum() - p.diagonal().sum()) / (len(p) * (len(p) - 1))),
            "You subtract the same control from every picture: the mean over all pairs. Each picture has its own, "
            "from its own map before.",
        ),
    ]
    praise = "Zero now means what it should: nothing is left that belongs to this picture."
    return compare_function(
        answer, beyond_control, [_stacks(921, 5), _stacks(922, 4)], mistakes=mistakes, praise=praise
    )


@exercise("09.3", title="Win a measure without asking a network")
def check_cheat(answer: Callable) -> Verdict:
    """Judged by what it scores, so that every trick that works is right."""
    if problem := problem_of_cheat(answer):
        return wrong(problem)
    images, masks, honest = hidden_scenes()
    found = scores_of(answer(images).detach().cpu(), masks)
    card = ", ".join(f"{name} {found[name]:.2f} (Grad-CAM {honest[name]:.2f})" for name in found)
    if all(found[name] <= honest[name] for name in found):
        return wrong(f"{card}: it wins none of the three. {advice(found)}")
    return right(f"{card}. And it has never seen a network. Which column of the card below gives it away?")
