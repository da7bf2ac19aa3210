"""The calibration of the verdict, `make bench`'s, on a study of seconds."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from benchmarks.calibration import Judged, Said, contradicted, figures, made_up_row, sentences
from benchmarks.calibration import judged as judge
from benchmarks.harness import Row, copy_table
from benchmarks.twins import Setting, Tables, made_worse, tables_of, verdict_on, with_twins

from rmsprop_lab import Study

QUICK = ("search=random", "search.trials=3", "n_iter=5", "starts.count=2", "evaluation.count=4")
TINY = Setting(("gd", "rmsprop"), ("bowl",), 5, QUICK)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return tables_of(with_twins(TINY.study(1)))


def scores(tables: Tables, optimizer: str) -> list[float]:
    winners = tables.winners[tables.winners["optimizer"] == optimizer].sort_values("repeat")
    return winners["score"].tolist()


def test_twins_differ_in_their_trials_and_in_nothing_else(tables: Tables) -> None:
    assert scores(tables, "gd") != scores(tables, "gd_twin")
    cells = with_twins(TINY.study(1)).cells
    own, twin = ([cell for cell in cells if cell.optimizer_name == name] for name in ("rmsprop", "rmsprop_twin"))
    for one, other in zip(own, twin, strict=True):
        assert (one.optimizer, one.space, one.repeat) == (other.optimizer, other.space, other.repeat)
        assert one.problem.identity == other.problem.identity
    assert not {cell.seed for cell in own} & {cell.seed for cell in twin}


def test_two_names_alone_are_the_same_trials() -> None:
    study = with_twins(dataclasses.replace(TINY, repeats=1).study(1))
    found = tables_of(Study(**{field.name: getattr(study, field.name) for field in dataclasses.fields(study)}))
    assert scores(found, "gd") == scores(found, "gd_twin")


def test_a_study_holds_those_of_fewer_optimizers_and_repeats(tables: Tables) -> None:
    alone = tables_of(dataclasses.replace(TINY, optimizers=("gd",), repeats=3).study(1))
    assert scores(alone, "gd") == scores(tables, "gd")[:3]
    few = verdict_on(tables, TINY, ("gd", "rmsprop"), 3)
    assert few.repeats == 3
    assert few.scores["score"].tolist() == scores(tables, "gd")[:3] + scores(tables, "rmsprop")[:3]


def test_a_decade_is_added_to_the_twin_alone(tables: Tables) -> None:
    before, after = (verdict_on(given, TINY, ("gd", "gd_twin"), 5) for given in (tables, made_worse(tables, "gd_twin")))
    change = after.scores["score"] - before.scores["score"]
    assert change.tolist() == pytest.approx([0.0] * 5 + [1.0] * 5)
    start_change = after.starts["mean_log10_gap"] - before.starts["mean_log10_gap"]
    assert np.unique(start_change.round(9)).tolist() == [0.0, 1.0]


def test_the_rows_of_a_tiny_calibration() -> None:
    twins, said = judge([(TINY, (1,))])
    found = {row.name: row for row in (*figures(twins), *sentences(said), made_up_row(4, 8, objectives=4))}
    pairs = found["2 + twin, 5 repeats: twins told apart, of pairs"]
    assert pairs.at_most == 5
    assert " of 2; " in pairs.note  # one objective, a twin of each optimizer
    assert found["2 + twin, 5 repeats: a decade found"].at_least == 90
    same = found["2, 5 repeats: same sentence"]
    assert same.numbers == (100.0,)
    assert same.note.startswith("1 of 1; ")
    assert " of 12; " in found["4 made up, 8 repeats: a decade found"].note  # three pairs on each objective


def judged(optimizer: str, orders: set, worse: set = frozenset()) -> Judged:
    return Judged(optimizer, 3, 5, ("bowl", "booth"), frozenset(orders), frozenset(worse))


def test_what_counts_as_told_apart_and_as_found() -> None:
    apart = {("bowl", "gd", "gd_twin"), ("booth", "gd_twin", "gd"), ("bowl", "adam", "gd")}
    assert judged("gd", apart, apart).told_apart == 2
    assert judged("gd", apart, apart).found("bowl")
    assert not judged("gd", apart, apart).found("booth")


def test_an_order_is_contradicted_by_the_next_study_with_the_same_twin() -> None:
    one, other = {("bowl", "gd", "adam"), ("booth", "gd", "adam")}, {("bowl", "adam", "gd")}
    assert contradicted([judged("gd", one), judged("gd", other)]) == (2, 3)
    assert contradicted([judged("gd", one), judged("adam", other)]) == (0, 3)


def test_a_sentence_is_the_same_in_other_words_but_not_against_another_study() -> None:
    order = ("bowl", "gd", "adam")
    usual = [
        Said("3, 8 repeats", text, (("adam", "gd"),), frozenset())
        for text in ("cannot be told apart", "practically equal")
    ]
    opposed = Said("3, 8 repeats", "practically equal", (("adam", "gd"),), frozenset({order}))
    against = Said("3, 8 repeats", "adam is best", (("adam",),), frozenset({("bowl", "adam", "gd")}))
    found = {row.name: row.numbers for row in sentences([*usual, opposed, against])}
    assert found["3, 8 repeats: same sentence"] == (50.0,)
    assert found["3, 8 repeats: same sentence, word for word"] == (50.0,)
    assert found['"adam is best"'] == (1.0,)


def test_figures_are_copied_between_their_comments(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- A -->\nold\n<!-- end of A -->\nafter\n")
    for _ in range(2):
        copy_table("A", [Row("share", (2.0,), at_most=5, unit="%", note="1 of 50")], page)
        table = "| | target | found | |\n|---|---|---|---|\n| share | ≤ 5 % | 2 % | met 1 of 50 |"
        assert page.read_text() == f"before\n<!-- A -->\n{table}\n<!-- end of A -->\nafter\n"
