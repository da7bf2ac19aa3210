"""The ranking fits into terminals of any usual width: whole columns leave, no number is cut."""

import pytest

COMMANDS = {
    "tuned": ("objective=[bowl,rosenbrock]", "optimizer=[gd,rmsprop_momentum]", "search=random", "search.trials=12"),
    "repeats": ("objective=[bowl,monkey_saddle]", "optimizer=[gd,rmsprop]", "search=random", "search.repeats=2"),
    "plain": ("objective=monkey_saddle", "optimizer=[gd,adam]"),
}


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("command", COMMANDS)
def test_ranks_scores_and_lost_trials_are_whole_at_any_width(lab, monkeypatch, width: int, command: str) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ended = lab(*COMMANDS[command], "n_iter=20", "tracking=none", "figures=false")
    table = ended.out.split("\nregime", 1)[0]
    assert "…" not in table
    assert max(map(len, table.splitlines())) <= width
    heading, rows = table.split("─\n", 1)
    assert {"objective", "#", "optimizer", "lost"} <= set(heading.split())
    trials = {"tuned": 12, "repeats": 32, "plain": 1}[command]
    lost = [line.split()[-1] for line in rows.splitlines() if "/" in line]
    assert all(0 <= int(part.removesuffix(f"/{trials}")) <= trials for part in lost)
    assert len(lost) == (2 if command == "plain" else 4)
    if width == 40 and command == "tuned":
        assert ended.out.count("\nsettings ") == 4  # the hyperparameters, which have no column
