"""`task=check` checks and runs nothing."""

from pathlib import Path


def test_the_command_checks_and_runs_nothing(lab, tmp_path: Path) -> None:
    ended = lab("task=check", "objective=[bowl,himmelblau]", "optimizer=rmsprop")
    assert ended.status == 0
    assert ended.out.count("  ok ") == 7 + 7 + 4
    assert lab("task=check", "objective=monkey_saddle", "optimizer=gd").out.count("  ok ") == 5 + 4  # it has no minimum
    assert not list(tmp_path.iterdir())
