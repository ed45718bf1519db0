"""What the page calls the methods, and how it puts numbers and places into words."""

from __future__ import annotations

# by method: what the page calls it, and what its map shows
METHODS = {
    "saliency": ("Saliency", "pixels that would change the score if they changed, up or down"),
    "deconvnet": ("Deconvnet", "what the layers pass back, whatever was on their way forward"),
    "guided_backprop": ("Guided backprop", "fine structure that drove rectifiers; often much the same for every class"),
    "cam": ("CAM", "evidence for the class before pooling; exact, where the architecture allows it"),
    "grad_cam": ("Grad-CAM", "maps weighted by their mean gradient, the positive part"),
    "guided_grad_cam": ("Guided Grad-CAM", "guided backprop inside of Grad-CAM's region"),
    "grad_cam_plus_plus": ("Grad-CAM++", "maps weighted by positive gradients, place by place; likes several objects"),
    "score_cam": ("Score-CAM", "maps weighted by the score of the picture under them; no gradient"),
    "layer_cam": ("LayerCAM", "maps weighted by their positive gradient at each place"),
    "hires_cam": ("HiResCAM", "maps times their gradient at each place, the positive part of the sum"),
}
BESIDE = {
    "edges": ("Edges", "where the picture changes: no network was asked"),
    "centered_gaussian": ("A blob in the middle", "where people put things in photographs: no network was asked"),
    "random_order": ("Random order", "pixels as they come: chance"),
}
_ROWS, _COLUMNS = ("upper", "middle", "lower"), ("left", "center", "right")


def title(name: str) -> str:
    """What the page calls a method or a map beside it.

    >>> title("grad_cam_plus_plus"), title("edges")
    ('Grad-CAM++', 'Edges')
    """
    return (METHODS | BESIDE)[name][0]


def meaning(name: str) -> str:
    """What its map shows."""
    return (METHODS | BESIDE)[name][1]


def share(value: float) -> str:
    """A share in percent: never 0 % or 100 % for what is neither.

    >>> share(0.004), share(0.25), share(0.9996), share(1.0)
    ('< 1 %', '25 %', '> 99 %', '100 %')
    """
    if 0 < value < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= value < 1 else f"{100 * value:.0f} %"


def number(value: float | None) -> str:
    """Two decimals, with a true minus sign; a dash for what was not measured.

    >>> number(-0.5), number(-0.001), number(None)
    ('−0.50', '0.00', '–')
    """
    return "–" if value is None else f"{round(value, 2) + 0:.2f}".replace("-", "−")


def place(x: float, y: float, width: int, height: int) -> str:
    """Which ninth of a picture a point lies in.

    >>> place(5, 5, 30, 30), place(15, 15, 30, 30), place(30, 29, 30, 30)
    ('upper left', 'the center', 'lower right')
    """
    row, column = (min(2, int(3 * at / of)) for at, of in ((y, height), (x, width)))
    return "the center" if (row, column) == (1, 1) else f"{_ROWS[row]} {_COLUMNS[column]}"
