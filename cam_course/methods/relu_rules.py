"""Deconvnet and guided backpropagation: backpropagation with another rule at every rectifier."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

RULES = ("deconvnet", "guided_backprop")
INFINITE = float("inf")

_ALWAYS = {
    F.relu,
    F.relu_,
    F.relu6,
    torch.relu,
    torch.relu_,
    Tensor.relu,
    Tensor.relu_,
}
_WITH_BOUNDS = {
    F.hardtanh,
    F.hardtanh_,
    torch.clamp,
    torch.clamp_,
    torch.clamp_min,
    torch.clamp_min_,
    torch.clip,
    torch.clip_,
    Tensor.clamp,
    Tensor.clamp_,
    Tensor.clamp_min,
    Tensor.clamp_min_,
    Tensor.clip,
    Tensor.clip_,
    F.threshold,
    F.threshold_,
    torch.threshold,
    torch.threshold_,
}
_OTHERS = {
    F.gelu,
    F.silu,
    F.hardswish,
    F.elu,
    F.selu,
    F.celu,
    F.leaky_relu,
    F.leaky_relu_,
    F.elu_,
    F.rrelu,
    F.softsign,
    F.hardsigmoid,
    F.prelu,
    F.mish,
    F.softplus,
    F.tanh,
    torch.tanh,
    Tensor.tanh,
}


def guided_backprop(gradient: Tensor, derivative: Tensor) -> Tensor:
    r"""The guided rule: the rectifier's own derivative, applied to what is positive of the gradient from above.

    .. math:: R = \mathbf{1}[x > 0] \cdot \mathrm{ReLU}(g)

    Args:
        gradient: g, the gradient with respect to the rectifier's output, any shape.
        derivative: the rectifier's derivative at its input, same shape: 1 (or true) where it passes, 0 where it cuts.

    Returns:
        What goes on to the rectifier's input, same shape.

    References:
        Springenberg et al., Striving for Simplicity, 2015, arXiv:1412.6806, sec. 3.4.

    >>> g, x = torch.tensor([2.0, -3.0, 5.0]), torch.tensor([1.0, 1.0, -1.0])
    >>> guided_backprop(g, (x > 0).float()).tolist()
    [2.0, 0.0, 0.0]
    """
    return gradient.relu().mul_(derivative)  # in place: a second tensor would cost more than the product


def deconvnet(gradient: Tensor) -> Tensor:
    r"""The deconvnet's rule: what is positive of the gradient from above, whatever the forward pass did.

    .. math:: R = \mathrm{ReLU}(g)

    Args:
        gradient: g, the gradient with respect to the rectifier's output, any shape.

    Returns:
        What goes on to the rectifier's input, same shape.

    References:
        Zeiler, Fergus, Visualizing and Understanding Convolutional Networks, 2014, arXiv:1311.2901, sec. 2.1.

    >>> deconvnet(torch.tensor([2.0, -3.0, 5.0])).tolist()
    [2.0, 0.0, 5.0]
    """
    return gradient.relu()


class _Guided(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor, rectify: Callable, upper: float) -> Tensor:
        y = _rectified(ctx, x, rectify)
        # strictly between its bounds a rectifier passes its input on, so that the output tells the derivative
        ctx.save_for_backward(y > 0 if upper == INFINITE else (y > 0) & (y < upper))
        return y

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> tuple[Tensor, None, None]:
        (passes,) = ctx.saved_tensors
        return guided_backprop(gradient, passes), None, None


class _Deconvnet(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor, rectify: Callable, upper: float) -> Tensor:
        return _rectified(ctx, x, rectify)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> tuple[Tensor, None, None]:
        return deconvnet(gradient), None, None


def _rectified(ctx: torch.autograd.function.FunctionCtx, x: Tensor, rectify: Callable) -> Tensor:
    y = rectify(x)
    if y is x:  # in place: a network may go on with the tensor that it asked to be changed, not with what came back
        ctx.mark_dirty(x)
    return y


class RectifierRule(TorchFunctionMode):
    """While it is entered, every rectifier run by this thread has another backward rule; its output stays the same.

    It works at the level of functions, because ``F.relu``, ``torch.relu``, ``Tensor.relu_`` or ``clamp(min=0)`` never
    pass through a module that could be hooked.

    Args:
        rule: ``"guided_backprop"``, ``"deconvnet"``, or None to only count.

    Attributes:
        found: how many rectifiers ran.
        others: names of the activation functions that ran and are no rectifiers, in order of appearance.
        rectified: the tensors that rectifiers took, each with its version then (in-place operations raise it).
    """

    def __init__(self, rule: str | None = None) -> None:
        super().__init__()
        self.rule = rule
        self.found = 0
        self.others: list[str] = []
        self.rectified: list[tuple[Tensor, int]] = []

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        kwargs = kwargs or {}
        if func in _OTHERS and func.__name__ not in self.others:
            self.others.append(func.__name__)
        if not _is_rectifier(func, args, kwargs):
            return func(*args, **kwargs)
        self.found += 1
        if self.rule is None:
            x = args[0] if args else kwargs["input"]
            self.rectified.append((x, x._version))
            return func(*args, **kwargs)
        return self._with_rule(func, args, kwargs)

    def _with_rule(self, func: Callable, args: tuple, kwargs: dict) -> Tensor:
        function = _Guided if self.rule == "guided_backprop" else _Deconvnet
        x, rest = (args[0], args[1:]) if args else (kwargs.pop("input"), ())
        upper = 6.0 if func is F.relu6 or _bounds(args, kwargs)[1] == 6 else INFINITE
        return function.apply(x, lambda t: func(t, *rest, **kwargs), upper)


def _is_rectifier(func: Callable, args: tuple, kwargs: dict) -> bool:
    if func in _ALWAYS:
        return True
    if func not in _WITH_BOUNDS:
        return False
    lower, upper = _bounds(args, kwargs)
    if "threshold" in func.__name__:
        return lower == 0 and upper == 0
    # with an upper bound only ReLU6 is a rectifier: clamp(0, 1) keeps an image in its range
    return lower is not None and lower == 0 and upper in (None, 6)


def _bounds(args: tuple, kwargs: dict) -> tuple[float | None, float | None]:
    names = ("min", "min_val", "threshold"), ("max", "max_val", "value")
    lower, upper = (_bound(args, kwargs, place, known) for place, known in enumerate(names, 1))
    return lower, upper


def _bound(args: tuple, kwargs: dict, place: int, names: tuple[str, ...]) -> float | None:
    given = next((kwargs[name] for name in names if name in kwargs), args[place] if len(args) > place else None)
    if not isinstance(given, Tensor):
        return given
    return given.item() if given.numel() == 1 else float("nan")
