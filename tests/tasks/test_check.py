"""`task=check` checks and runs nothing."""

from pathlib import Path

from support.own import QUARTIC, own


def test_the_command_checks_and_runs_nothing(lab, tmp_path: Path) -> None:
    ended = lab("task=check", "objective=[bowl,himmelblau]", "optimizer=rmsprop")
    assert ended.status == 0
    assert ended.out.count("  ok ") == 7 + 7 + 6
    assert lab("task=check", "objective=monkey_saddle", "optimizer=gd").out.count("  ok ") == 5 + 6  # it has no minimum
    assert not list(tmp_path.iterdir())


def test_it_checks_what_the_command_names(lab) -> None:
    titles = {
        "objective=beale": ["objective beale"],
        "optimizer=[adam,gd]": ["optimizer adam", "optimizer gd"],
        "n_iter=5": ["objective bowl", "optimizer gd", "optimizer adagrad", "optimizer rmsprop"],
        "experiment=tutorial": ["objective bowl", "optimizer rmsprop"],
    }
    for word, expected in titles.items():
        found = [line for line in lab("task=check", word).out.splitlines() if not line.startswith(" ")]
        assert [line.partition(" (")[0] for line in found] == expected


def test_it_says_what_is_live(lab, tmp_path: Path) -> None:
    out = lab("task=check", "objective=[rosenbrock,rastrigin,logistic]", "optimizer=rmsprop").out
    assert [line for line in out.splitlines() if "in the report" in line] == [
        "  live in the report, bit for bit; 13 operations",
        "  live in the report; cos, sin may differ there in the last digits",
        "  recorded runs only in the report: it computes two dimensions",
        "  live in the report, bit for bit; 9 operations",
    ]
    code = QUARTIC.replace("x * x * x * x", "(x * x * x * x if x > 0 else x)")
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "task=check", "objective=quartic", "optimizer=gd")
    (line,) = [line for line in ended.out.splitlines() if "recorded runs only" in line]
    assert line.startswith("  recorded runs only in the report: Quartic: a branch on a number that is not known before")
    assert "(quartic.py:" in line
