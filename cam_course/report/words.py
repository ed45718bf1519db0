"""What the page calls the methods, what to ask of every map, and how it puts numbers and places into words."""

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
# what to ask of any heatmap: the name of the point, and its questions
CHECKS = (
    (
        "The question",
        "Is the thing that you ask about among the classes? What are the first answers, how sure, and is the first one "
        "right? The map of a wrong answer shows where the wrong evidence is.",
    ),
    (
        "The space",
        "Does the network name known pictures rightly when they come the same way? Is this picture of a kind that it "
        "was trained on? Elsewhere its answers, and their maps, are guesses.",
    ),
    ("The crop", "What of the photograph does the network not see (darker in the maps), and was anything squeezed?"),
    ("The layer", "How many cells has the map? Nothing finer than a cell is in it: detail was made by enlarging."),
    (
        "The rest",
        "What have an edge filter, a blob in the middle and a flat map in the same place? Do methods that work "
        "differently agree?",
    ),
    (
        "The class",
        "Does the map of the second answer differ? If it is nearly the same or the reverse, it is about the picture, "
        "not about the class.",
    ),
    (
        "The weights",
        "Does the map change when they are drawn anew, several times? If it stays nearly the same or turns into the "
        "reverse, it is not what the network has learned.",
    ),
    ("The strength", "Each map is scaled to its own maximum: a faint one looks as bright as a strong one."),
    (
        "The edit",
        "Cover or recolor the thing that the map shows. Does the answer change? Change something else, too. "
        "The map alone is a claim; this is a test.",
    ),
    (
        "The sentence",
        "Say what the map shows: where, for this class, in this network. Not why, and not whether. Would ten pictures "
        "tell the same? A map on the thing that you would look at may only please you.",
    ),
)
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


def share(value: float | None) -> str:
    """A share in percent: never 0 % or 100 % for what is neither; a dash for what there is none of.

    >>> share(0.004), share(0.25), share(0.9996), share(1.0), share(None)
    ('< 1 %', '25 %', '> 99 %', '100 %', '–')
    """
    if value is None:
        return "–"
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
