"""The benchmark's program, on a tiny network: it runs, it counts as it says, and ratios come out roughly."""

import platform

import pytest
import torch

from benchmarks import memory, report, rows, run, timing
from benchmarks.ours import forward
from benchmarks.setting import setting


def numbers(page, what):
    """The cells of a line of the first table, by library; None where there is none."""
    line = next(line for line in page.splitlines() if line.startswith(f"| {what}"))
    cells = [cell.strip() for cell in line.split("|")[3 : 3 + len(rows.LIBRARIES)]]
    return {name: None if cell == "–" else float(cell) for name, cell in zip(rows.LIBRARIES, cells, strict=True)}


def test_a_quick_run_writes_its_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(memory, "extra", lambda net, make: 3.2)
    monkeypatch.delitem(run.METHODS, "guided_backprop")
    monkeypatch.setattr(run, "ROWS", tuple(row for row in rows.ROWS if not row.what.startswith("Score")))
    run.main(["--quick", "--rounds", "2", "--output", str(tmp_path / "R.md")])
    page = (tmp_path / "R.md").read_text(encoding="utf-8")
    one, ten = numbers(page, "Grad-CAM, one class"), numbers(page, "Grad-CAM, ten classes")
    assert 1 < one["cam_course"] < 4
    assert one["cam_course"] < one["pytorch-grad-cam"]
    assert ten["cam_course"] < ten["captum"] / 2
    assert ten["cam_course"] < ten["pytorch-grad-cam"] / 4
    assert numbers(page, "Grad-CAM, four layers")["cam_course"] < numbers(page, "Grad-CAM, four layers")["captum"]
    assert "| guided backpropagation | tiny | skipped: no guided_backprop in METHODS |" in page
    assert "| Grad-CAM, one class | tiny | 3 | 3 | 3 | 3 | ≤ 5 | yes |" in page
    assert f"Python {platform.python_version()}, torch " in page
    assert "Medians of 2 interleaved rounds." in page
    assert platform.node() not in page.split()
    assert "1 thread(s): forward passes" in capsys.readouterr().out


def test_costs_are_medians_of_ratios_within_a_round(monkeypatch):
    order, seconds = [], {"forward": iter([9.0, 1.0, 2.0, 1.0]), "ours": iter([9.0, 3.0, 2.0, 2.0])}

    def spent(name):
        order.append(name)
        return next(seconds[name])

    monkeypatch.setattr(timing, "seconds", spent)
    found = timing.costs({"forward": "forward", "ours": "ours"}, rounds=3)  # the first, 9, is not counted
    assert found == {"forward": 1.0, "ours": 2.0}  # of 3 / 1, 2 / 2, 2 / 1
    assert order[2:] == ["forward", "ours", "ours", "forward", "forward", "ours"]


def test_what_counts_as_reached():
    at_most = rows.Row("x", (), (), {}, goal=1.1)
    assert at_most.reached({"forward": 1.0, "cam_course": 1.1, "captum": 9.0})
    assert not at_most.reached({"forward": 1.0, "cam_course": 1.11})
    gain = rows.Row("x", (), (), {}, goal=1.35, against_peers=True)
    assert gain.reached({"forward": 1.0, "cam_course": 100.0, "captum": 200.0, "torchcam": 135.0})
    assert not gain.reached({"forward": 1.0, "cam_course": 100.0, "captum": 200.0, "torchcam": 134.0})


def test_a_library_that_is_not_installed_is_left_out(monkeypatch):
    monkeypatch.setattr(run, "installed", lambda name: name == "cam_course")
    gain = next(row for row in rows.ROWS if row.against_peers)
    monkeypatch.setitem(gain.makers, "cam_course", lambda net: lambda: None)
    line = run.timed(gain, "tiny", 1, 64)
    assert (set(line.numbers), line.reached) == ({"forward", "cam_course"}, None)
    assert report.row(line, 2).count("–") == len(rows.LIBRARIES) - 1


def test_memory_counts_what_tensors_hold_at_once():
    def two_at_once_then_one():
        first, second = torch.ones(250_000), torch.ones(500_000)  # 1 and 2 MB
        del first, second
        return torch.ones(600_000)

    assert memory.peak(two_at_once_then_one) == pytest.approx(3.0, rel=1e-3)
    assert memory.peak(lambda: None) == 0


def test_what_a_forward_pass_needs_is_not_counted():
    net = setting("tiny", 64)
    assert memory.extra(net, forward) == 0
    one = memory.extra(net, lambda net: lambda: (forward(net)(), torch.ones(5_000_000)))
    assert 10 < one <= 20  # 20 MB, of which the pass had used some


def test_each_library_has_a_network_of_its_own():
    net = setting("tiny", 64)
    assert net.own().model is not net.model
    assert net.layer == "layer4"
