"""The ranking fits into terminals of any usual width: whole columns leave, no number is cut, nothing is lost."""

import re

import pytest

COMMANDS = {
    "tuned": ("objective=[bowl,rosenbrock]", "optimizer=[gd,rmsprop_momentum]", "search=random", "search.trials=12"),
    "repeats": ("objective=[bowl,monkey_saddle]", "optimizer=[gd,rmsprop]", "search=random", "search.repeats=5"),
    "plain": ("objective=monkey_saddle", "optimizer=[gd,adam]"),
}
HEADINGS = {
    "tuned": ["step_size", "momentum", "log₁₀ gap", "success", "lost", "untuned"],
    "repeats": ["step_size", "rho", "final value", "success", "lost", "untuned"],
    "plain": ["step_size", "final value", "lost"],
}


@pytest.mark.slow
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("command", COMMANDS)
def test_what_has_no_room_in_the_table_is_told_below_it(lab, monkeypatch, width: int, command: str) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = lab(*COMMANDS[command], "n_iter=20", "tracking=none", "figures=false").out
    assert "…" not in out
    table = out.partition("\n\n")[2].partition("\nScore:")[0]
    assert max(map(len, table.splitlines())) <= width
    heading, rows = table.partition("\n─")[0], table.partition("─\n")[2]
    columns = [name for name in HEADINGS[command] if set(name.split()) <= set(heading.split())]
    more = [line for line in out.splitlines() if line.startswith("more ")]
    assert len(more) == (0 if columns == HEADINGS[command] else 2 if command == "plain" else 4)
    for name in set(HEADINGS[command]) - set(columns):
        assert any(f"{name} " in line for line in more), name
    scores = re.findall(r"-?\d\S+ ±\S+" if command == "repeats" else r"-?\d+\.\d+", rows)
    assert len(scores) >= (2 if command == "plain" else 4)
    assert ("#" in heading.split()) == (command == "repeats")  # without five repeats nothing is ranked


def test_what_an_optimizer_has_on_every_objective_is_told_once(lab, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    given = ("objective=[bowl,levy,rosenbrock]", "optimizer=[gd,adam]", "n_iter=5")
    out = lab(*given, "tracking=none", "figures=false").out
    assert "more     gd: step_size 0.01\n" in out
    assert "more     adam: step_size 0.01, beta1 0.9, beta2 0.999\n" in out
    assert len([line for line in out.splitlines() if line.startswith("more ")]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_without_utf_8_the_columns_stand_below_each_other(lab, monkeypatch, command: str) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    out = lab(*COMMANDS[command], "n_iter=20", "tracking=none", "figures=false").out
    table = out.partition("\n\n")[2].partition("\nScore:")[0]
    lines = [line for line in table.splitlines() if {"gd", "adam", "rmsprop", "rmsprop_momentum"} & set(line.split())]
    assert len(lines) >= 2
    assert len({len(line) for line in lines}) == 1
