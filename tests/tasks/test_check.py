"""`task=check` checks and runs nothing."""

from pathlib import Path

from support.own import QUARTIC, own


def test_the_command_checks_and_runs_nothing(lab, tmp_path: Path) -> None:
    ended = lab("task=check", "objective=[bowl,himmelblau]", "optimizer=rmsprop")
    assert ended.status == 0
    assert ended.out.count("  ok ") == 7 + 7 + 4
    assert lab("task=check", "objective=monkey_saddle", "optimizer=gd").out.count("  ok ") == 5 + 4  # it has no minimum
    assert not list(tmp_path.iterdir())


def test_it_says_what_is_translated(lab, tmp_path: Path) -> None:
    out = lab("task=check", "objective=[rosenbrock,rastrigin,logistic]", "optimizer=rmsprop").out
    assert [line for line in out.splitlines() if "translated" in line] == [
        "  translated: exact, 13 operations",
        "  translated: not bit for bit (cos, sin)",
        "  translated: not bit for bit (exp, logaddexp); recorded only in the report, which computes two dimensions",
        "  translated: exact, 9 operations",
    ]
    code = QUARTIC.replace("x * x * x * x", "(x * x * x * x if x > 0 else x)")
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "task=check", "objective=quartic", "optimizer=gd")
    (line,) = [line for line in ended.out.splitlines() if "recorded only" in line]
    assert line.startswith("  recorded only: Quartic: a branch on a number that is not known before")
    assert "(quartic.py:" in line
