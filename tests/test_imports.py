"""The import rule: methods, capture, heatmap, targets → explain → metrics → lesson, and never back."""

import ast
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cam_course"
MOST_LINES = 250
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "core", "base", "common", "misc"}

# what the modules under the first names must not reach, directly or through others
FORBIDDEN = {
    ("_checks", "device"): {"methods", "capture", "heatmap", "targets", "explain", "metrics", "lesson", "pots"},
    ("methods",): {"capture", "heatmap", "targets", "explain", "metrics", "lesson", "pots", "weights", "images"},
    ("capture", "heatmap", "targets"): {"explain", "metrics", "lesson", "pots", "weights", "images"},
    ("gradients", "outputs", "folded", "masked", "question", "answers", "visualize"): {
        "explain",
        "metrics",
        "lesson",
        "pots",
        "weights",
        "images",
    },
    ("explain",): {"metrics", "lesson", "pots", "weights", "images"},
    ("metrics",): {"lesson", "pots", "weights", "images"},
    ("pots", "weights", "downloads", "finetune", "images"): {"explain", "metrics", "lesson"},
}


def module_name(path, root=PACKAGE):
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def python_files(root=PACKAGE):
    return {module_name(path, root): path for path in sorted(root.rglob("*.py"))}


def imported(path, name, known):
    """Yield the full names that a file imports; a name of the package's front page counts as where it comes from."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, [above, node.module]))
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                yield whole if whole in known else origin(source, alias.name, known)


def origin(source, attribute, known):
    """Return the module that `from source import attribute` takes the attribute from, for cam_course's front page."""
    if source != "cam_course":
        return source
    for node in ast.walk(ast.parse(known[source].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and attribute in [alias.asname or alias.name for alias in node.names]:
            return node.module if not node.level else f"{source}.{node.module}"
    return source


def graph(root=PACKAGE):
    known = python_files(root)
    return {name: set(imported(path, name, known)) for name, path in known.items()}


@cache
def package_graph():
    return graph()


def reach(edges, start):
    """Return every module that the modules under a name import, step by step."""
    seen, open_ends = set(), [name for name in edges if under(name, start)]
    while open_ends:
        new = edges.get(open_ends.pop(), set()) - seen
        seen |= new
        open_ends += new
    return seen


def under(name, *tops):
    return any(name == f"cam_course.{top}" or name.startswith(f"cam_course.{top}.") for top in tops)


def violations(edges):
    return [
        (source, name)
        for sources, forbidden in FORBIDDEN.items()
        for source in sources
        for name in sorted(reach(edges, source))
        if any(under(name, top) for top in forbidden)
    ]


def test_imports_go_one_way():
    assert violations(package_graph()) == []


def test_nothing_but_the_lessons_and_their_page_of_claims_imports_lesson():
    outside = {name: names for name, names in package_graph().items() if not under(name, "lesson", "claims")}
    assert [name for name, names in outside.items() if any(under(used, "lesson", "claims") for used in names)] == []


def test_nothing_but_the_lessons_imports_the_report():
    outside = {name: names for name, names in package_graph().items() if not under(name, "report", "lesson")}
    assert [name for name, names in outside.items() if any(under(used, "report") for used in names)] == []


def test_no_lesson_imports_the_claims():
    lessons = {name: names for name, names in package_graph().items() if under(name, "lesson")}
    assert [name for name, names in lessons.items() if any(under(used, "claims") for used in names)] == []


def test_equations_import_torch_and_nothing_else():
    allowed = {"torch", "cam_course._checks", *sys.stdlib_module_names}
    for name, names in package_graph().items():
        if under(name, "methods"):
            foreign = {used for used in names if not (under(used, "methods") or used.split(".")[0] in allowed)}
            assert foreign <= {"cam_course._checks"}, f"{name} imports {foreign}"


def test_importing_the_package_loads_no_lesson_and_no_jupyter():
    loaded = reach(package_graph(), "") | package_graph()["cam_course"]
    assert not {name for name in loaded if under(name, "lesson") or name.split(".")[0] in ("ipywidgets", "IPython")}


@pytest.mark.parametrize(
    "root", [PACKAGE, ROOT / "launcher", ROOT / "tests", ROOT / "benchmarks"], ids=lambda p: p.name
)
def test_a_module_is_short_enough_to_read_and_named_for_what_it_does(root):
    for name, path in python_files(root).items():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= MOST_LINES, f"{name} has {lines} lines: expected at most {MOST_LINES}; split it by purpose"
        assert not NAMES_THAT_SAY_NOTHING & set(name.split(".")), f"expected a telling name, got {name}"


def test_the_launcher_needs_nothing_installed():
    known = python_files(ROOT / "launcher")
    for path, name in [(ROOT / "run.py", "run"), *((path, name) for name, path in known.items())]:
        foreign = {used for used in imported(path, name, known) if used.split(".")[0] not in sys.stdlib_module_names}
        assert all(used.split(".")[0] == "launcher" for used in foreign), f"{name} imports {foreign}"


@pytest.fixture
def small_package(tmp_path):
    files = {
        "__init__": "from cam_course.explain import explain\nfrom cam_course.device import device",
        "device": "import os",
        "capture": "from cam_course import device",
        "explain": "from .capture import Capture",
        "metrics": "import cam_course.explain",
        "pots/__init__": "",
        "pots/scene": "from ..device import device",
    }
    for name, text in files.items():
        path = tmp_path / "cam_course" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "cam_course"


def test_the_rule_lets_the_right_direction_pass(small_package):
    assert violations(graph(small_package)) == []


@pytest.mark.parametrize(
    ("module", "line", "found"),
    [
        ("capture", "from .metrics import iou", ("capture", "cam_course.metrics")),
        ("pots/scene", "from .. import explain", ("pots", "cam_course.explain")),
        ("pots/scene", "from ..metrics import iou", ("pots", "cam_course.explain")),  # through metrics
        ("explain", "def lazily():\n    from cam_course import metrics", ("explain", "cam_course.metrics")),
    ],
)
def test_the_rule_sees_a_step_back(small_package, module, line, found):
    (small_package / f"{module}.py").write_text(line, encoding="utf-8")
    assert found in violations(graph(small_package))


def test_the_first_map_comes_without_slow_imports():
    # each takes about as long as importing PyTorch itself, and every lesson and every reader would wait for it
    slow = ("torchvision", "sympy", "torch._dynamo", "scipy", "torchmetrics")
    code = f"""
        import sys, torch, cam_course.lesson, cam_course.scorecard
        layers = [torch.nn.Conv2d(3, 2, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(8, 2)]
        model, methods = torch.nn.Sequential(*layers), ["saliency", "grad_cam", "layer_cam"]
        cam_course.compare(model, torch.zeros(1, 3, 4, 4), methods=methods)
        print([name for name in {slow} if name in sys.modules])
    """
    result = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
