"""Whether a map depends on what the model has learned: draw the parameters anew and look again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cam_course._checks import as_batch
from cam_course.explain import explain
from cam_course.layer_names import layer_name
from cam_course.metrics.progress import bar
from cam_course.metrics.similarity import rank_correlation, ssim
from cam_course.untouched import run, untouched, unwrapped

Maps = Callable[[nn.Module, Tensor], Tensor]


@dataclass(frozen=True)
class Randomization:
    """How alike the maps of a model stay to its own, as more and more of it is forgotten.

    Attributes:
        layers: dotted names in the order in which their parameters were drawn anew, S of them, from the top down.
        maps: ``(S + 1, N, H, W)``: of the model as it is, then after each step; all earlier layers stay drawn anew.
        rank_correlation: ``(S, N)``, with the first maps; see `rank_correlation`.
        ssim: ``(S, N)``, with the first maps; see `ssim`.
    """

    layers: tuple[str, ...]
    maps: Tensor
    rank_correlation: Tensor
    ssim: Tensor


def randomization(
    model: nn.Module,
    images: Tensor,
    method: str | Maps = "grad_cam",
    *,
    target: object = None,
    layers: Sequence[str | nn.Module] | None = None,
    seed: int = 0,
    progress: bool | None = None,
    **options: object,
) -> Randomization:
    """The sanity check: explain a copy of the model while its parameters are drawn anew, layer by layer, from the top.

    A method whose map stays alike shows something, but not what the model has learned. An edge filter stays exactly
    alike.

    Args:
        model: as for `explain`; a copy of it is changed, the model itself is left as it was.
        images: ``(N, C, H, W)``, at least 11 × 11 pixels.
        method: the name of a method of `explain`, or a function ``(model, images) -> maps (N, H, W)``.
        target: as for `explain`; None is the class that the model as it is predicts, at every step.
        layers: dotted names or modules, in the order in which to draw them anew, each with all that is in it; None for
            every module with parameters of its own, from the last that runs to the first. Those that never run are
            left out.
        seed: of the new parameters.
        progress: whether to show a bar; None shows it after two seconds.
        **options: as for `explain`: `layer`, and what the method offers.

    Returns:
        A `Randomization`. Maps that are zero everywhere, as Grad-CAM's may be on a random network, have rank
        correlation 0, and `explain` and `normalize` warn about them.

    Raises:
        ValueError: an unknown method, layer or option; otherwise as `explain` and `ssim`.
        TypeError: options or a target for a function, which has to know them itself; otherwise as `explain`.

    References:
        Adebayo et al., Sanity Checks for Saliency Maps, 2018, arXiv:1810.03292, sec. 3: cascading randomization.
        New parameters come from each module's own ``reset_parameters``, as in Quantus; where it has none, from the
        normal distribution with the old ones' mean and standard deviation.

    >>> _ = torch.manual_seed(0)
    >>> net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    >>> found = randomization(net, torch.rand(2, 3, 12, 12), lambda model, images: images.mean(1))
    >>> found.layers, found.rank_correlation.tolist()  # a map that asks no model forgets nothing
    (('4', '0'), [[1.0, 1.0], [1.0, 1.0]])
    """
    model, images = unwrapped(model), as_batch(images)
    changed = copy.deepcopy(model)
    maps_of, first = _explained(changed, images, method, target, _by_name(model, options))
    names = _from_the_top(changed, images[:1]) if layers is None else [layer_name(model, one) for one in layers]
    for name in [*names] or [None]:
        _has_parameters(changed, name)
    generator = torch.Generator().manual_seed(seed)
    maps = [first]
    for name in bar(names, progress, "randomization"):
        draw_anew(changed.get_submodule(name), generator)
        maps.append(maps_of(changed, images))
    stacked = torch.stack(maps).detach()  # (S + 1, N, H, W)
    return Randomization(
        tuple(names), stacked, rank_correlation(stacked[1:], stacked[:1]), ssim(stacked[1:], stacked[:1])
    )


def _has_parameters(model: nn.Module, name: str | None) -> None:
    if name is None or not any(True for _ in model.get_submodule(name).parameters()):
        raise ValueError(
            f"expected layers with parameters to draw anew, got {'none' if name is None else repr(name)}; "
            "layers=None takes all that have some"
        )


def draw_anew(module: nn.Module, generator: torch.Generator) -> None:
    """Draws the parameters of a module, and of all that is in it, anew, in place.

    Args:
        module: with a ``reset_parameters`` where its kind has one, which for normalization layers means scale 1,
            shift 0 and forgotten statistics.
        generator: on the CPU; the generators of torch are left as they were.

    >>> layer = nn.Linear(1, 1)
    >>> draw_anew(layer, torch.Generator().manual_seed(0))
    >>> again = nn.Linear(1, 1)
    >>> draw_anew(again, torch.Generator().manual_seed(0))
    >>> torch.equal(layer.weight, again.weight)
    True
    """
    for part in module.modules():
        own = dict(part.named_parameters(recurse=False))
        if own and callable(getattr(part, "reset_parameters", None)):
            _reset(part, generator)
        else:
            for parameter in own.values():
                _draw_normal(parameter, generator)


def _explained(
    model: nn.Module, images: Tensor, method: str | Maps, target: object, options: dict[str, object]
) -> tuple[Maps, Tensor]:
    """What gives the maps of a network for the same question each time, and the maps of the model as it is."""
    if not isinstance(method, str):
        if target is not None or options:
            raise TypeError(
                f"expected no target and no options for a function, got {target!r} and {options}; "
                "let the function pass them on to explain"
            )
        return method, _one_map_each(method(model, images), images)
    if "classes" in options:
        raise ValueError("expected target, got classes; randomization explains one class per image: pass target")
    first = explain(model, images, method, target=target, **options)
    target = first.targets if target is None else target  # later networks would predict something else

    def maps_of(changed: nn.Module, images: Tensor) -> Tensor:
        return explain(changed, images, method, target=target, **options).maps

    return maps_of, first.maps


def _one_map_each(maps: object, images: Tensor) -> Tensor:
    expected = images[:, 0].shape
    if not isinstance(maps, Tensor) or maps.shape != expected:
        got = tuple(maps.shape) if isinstance(maps, Tensor) else type(maps).__name__
        raise ValueError(
            f"expected a function that gives maps {tuple(expected)}, one per image, got {got}; reduce over the channels"
        )
    return maps


def _by_name(model: nn.Module, options: dict[str, object]) -> dict[str, object]:
    """The options with a layer named that was given as a module, since the copy's modules are others."""
    layer = options.get("layer")
    if isinstance(layer, nn.Module):
        return {**options, "layer": layer_name(model, layer)}
    if isinstance(layer, (list, tuple)):
        return {**options, "layer": [layer_name(model, one) for one in layer]}
    return options


def _from_the_top(model: nn.Module, image: Tensor) -> list[str]:
    """Dotted names of the modules with parameters of their own, from the last that first runs to the first."""
    ran: dict[str, None] = {}
    handles = [
        module.register_forward_pre_hook(lambda _, __, name=name: ran.setdefault(name))
        for name, module in model.named_modules()
        if any(True for _ in module.parameters(recurse=False))
    ]
    try:
        with untouched(model), torch.no_grad():
            run(model, image.clone())
    finally:
        for handle in handles:
            handle.remove()
    return list(ran)[::-1]


def _reset(module: nn.Module, generator: torch.Generator) -> None:
    """Resets on the CPU, where a seed gives the same numbers for every device, from a state that is put back."""
    device = next(module.parameters(recurse=False)).device
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.default_generator.set_state(generator.get_state())
        module.to("cpu").reset_parameters()
        generator.set_state(torch.default_generator.get_state())
    module.to(device)


def _draw_normal(parameter: nn.Parameter, generator: torch.Generator) -> None:
    spread, mean = (parameter.detach().std(correction=0), parameter.detach().mean())
    drawn = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
    with torch.no_grad():
        parameter.copy_(drawn.to(parameter.device) * spread + mean)
