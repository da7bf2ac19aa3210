"""What a command says of the runs it computed, and of others in its folder."""

from io import StringIO

import pytest
from rich.console import Console

from rmsprop_lab.cli.terminal import print_lines

NONE = ("tracking=none", "figures=false", "report=false", "n_iter=5", "name=s")


def test_runs_of_other_commands_are_told(lab) -> None:
    assert "also" not in lab(*NONE, "optimizer=gd", "objective=[bowl,levy]").out
    out = lab(*NONE, "optimizer=gd", "objective=beale").out
    told = "also     2 runs of other commands (bowl and levy) are not in these tables and pages; name=... keeps studies"
    assert told in out
    assert (
        "also     1 run of other commands (beale) is not in" in lab(*NONE, "optimizer=gd", "objective=[bowl,levy]").out
    )
    many = ("objective=[booth,branin,matyas,powell,zakharov]", "optimizer=gd")
    assert "also" not in lab(*NONE, *many, "name=t").out
    out = lab(*NONE, "optimizer=gd", "objective=bowl", "name=t").out
    assert "5 runs of other commands (booth, branin and matyas, ...) are not" in out
    assert "6 runs of other commands (booth," in lab(*NONE, "optimizer=gd", "objective=bowl", "n_iter=6", "name=t").out


@pytest.mark.parametrize("points", [9, 4])
def test_a_run_that_is_planned_twice_is_told(lab, points: int) -> None:
    out = lab(*NONE, "optimizer=gd", "objective=bowl", "search=grid", f"search.points={points}").out
    same = "11 of 11 runs computed (12 planned, 1 of them is the same as another): outputs/s"  # the default is a point
    assert (same if points == 9 else "7 of 7 runs computed: outputs/s") in out


@pytest.mark.parametrize("terminal", [True, False])
def test_prose_is_wrapped_below_itself_in_a_terminal_and_commands_are_not(terminal: bool) -> None:
    out = Console(width=40, file=StringIO(), force_terminal=terminal, color_system=None, highlight=False)
    prose, command = "rho at its low end on bowl in 2 of 3 repeats", "optimizer.gd.space.rho.low=0.5 optimizer.gd.rho=1"
    print_lines(out, [("edge", f"gd: {prose}"), ("", command), ("next", command)])
    lines = [line.rstrip() for line in out.file.getvalue().splitlines()]  # type: ignore[attr-defined]
    assert lines[-2:] == [f"         {command}", f"next     {command}"]
    if terminal:
        assert lines[:-2] == ["edge     gd: rho at its low end on bowl", "         in 2 of 3 repeats"]
    else:
        assert lines[:-2] == [f"edge     gd: {prose}"]
