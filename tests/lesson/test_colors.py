"""Colors that must be told apart are told apart by those who see no red, or no green; maps rise in lightness alone."""

import ast
import itertools
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from skimage.color import deltaE_ciede2000, rgb2lab

from cam_course.lesson import curves, figures, stages, visitors

ROOT = Path(__file__).parents[2]
LEAST = 15  # CIEDE2000: about 2 are just seen side by side on one screen; a projector leaves less

# Machado, Oliveira, Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency, IEEE TVCG
# 2009, severity 1.0; they act on linear RGB
SIGHT = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def seen(colors, sight):
    """RGB in 0…1, ``(N, 3)``, as somebody with a deficiency sees it."""
    rgb = np.array(colors, dtype=float)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    changed = (linear @ np.array(SIGHT[sight]).T).clip(0, 1)
    return np.where(changed <= 0.0031308, changed * 12.92, 1.055 * changed ** (1 / 2.4) - 0.055)


def difference(one, other, sight):
    """How different two colors are for somebody: CIEDE2000."""
    first, second = rgb2lab(seen([to_rgb(one), to_rgb(other)], sight))
    return float(deltaE_ciede2000(first, second))


SETS = {
    "masks": (figures.PLANT, figures.POT),
    "bars and lines": (figures.OTHER, "#c8c8c8"),
    "boxes": visitors._COLORS,
    "curves": curves.SHADES[:2],  # in lesson 09 two of them are lines without markers
}


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("name", SETS)
def test_colors_of_one_figure_differ_for_everybody(name, sight):
    pairs = {pair: difference(*pair, sight) for pair in itertools.combinations(SETS[name], 2)}
    assert {pair: round(value, 1) for pair, value in pairs.items() if value < LEAST} == {}


def test_the_simulation_knows_the_pair_that_everybody_confuses():
    red, green = "#c00000", "#4f7a00"
    assert difference(red, green, "deuteranopia") < LEAST < difference(red, green, "tritanopia")
    assert np.allclose(seen([[0.5, 0.5, 0.5]], "protanopia"), 0.5, atol=1e-3)  # gray stays gray


@pytest.mark.parametrize("sight", SIGHT)
def test_the_map_of_maps_rises_in_lightness_for_everybody(sight):
    lightness = rgb2lab(seen(matplotlib.colormaps[figures.COLORMAP](np.linspace(0, 1, 64))[:, :3], sight))[:, 0]
    assert (np.diff(lightness) > 0).all()
    jet = rgb2lab(seen(matplotlib.colormaps["jet"](np.linspace(0, 1, 64))[:, :3], sight))[:, 0]
    assert (np.diff(jet) < 0).any()


@pytest.mark.parametrize("sight", SIGHT)
def test_signs_are_told_apart_by_everybody(sight):
    ends = [tuple(matplotlib.colormaps[figures.SIGNED](end)[:3]) for end in (0.1, 0.9)]
    assert difference(*ends, sight) > LEAST


def colormaps(source):
    """Names of colormaps that code writes down, as arguments ``cmap`` or ``colormap`` or their defaults."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg in ("cmap", "colormap") and isinstance(node.value, ast.Constant):
            names.add(node.value.value)
        if isinstance(node, ast.arguments):
            pairs = zip([*node.posonlyargs, *node.args][::-1], node.defaults[::-1], strict=False)
            pairs = [*pairs, *zip(node.kwonlyargs, node.kw_defaults, strict=True)]
            names |= {d.value for a, d in pairs if a.arg in ("cmap", "colormap") and isinstance(d, ast.Constant)}
    return names


def test_only_uniform_colormaps_are_used():
    found = {name for path in (ROOT / "cam_course").rglob("*.py") for name in colormaps(path.read_text("utf-8"))}
    assert found | {figures.COLORMAP} <= {"viridis", "cividis", "magma", "inferno", "plasma", "gray"}
    assert colormaps("f(cmap='jet')\ndef g(a, *, colormap='hot'): pass") == {"jet", "hot"}


@pytest.mark.parametrize("module", [curves, stages], ids=lambda module: module.__name__)
def test_where_colors_are_close_for_somebody_markers_tell_them_apart(module):
    assert len(set(module.MARKERS)) == len(module.MARKERS) == len(module.SHADES)
    lightness = sorted(rgb2lab([[to_rgb(shade) for shade in module.SHADES]])[0, :, 0])
    assert np.diff(lightness).min() > 2
