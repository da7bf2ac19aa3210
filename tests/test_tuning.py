"""Tuning: what Optuna's samplers ask for, resumed and extended searches, fresh starts, edges, lost searches."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import study
from test_study import assert_same, tables

from rmsprop_lab import load, run_study
from rmsprop_lab.base import Array, Count, Flag, Optimizer, Positive, State
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD, RMSProp, RMSPropGraves
from rmsprop_lab.plan import search_settings
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range, grid_points, grid_size
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.search import Scored, searcher_for
from rmsprop_lab.search.importance import importances
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks import cells as work

SPACE = {"step_size": Range(1e-4, 1.0, "log", 5), "rho": Range(0.9, 0.999, "log_complement", 3)}
SPACES = {"gd": {"step_size": SPACE["step_size"]}, "rmsprop": SPACE}
CONDITIONAL = {
    "step_size": Range(1e-3, 0.1, "log", 2),
    "centered": Range(values=(False, True)),
    "momentum": Range(0.5, 0.9, "linear", 3, when={"centered": (True,)}),
}


def tuned(trials: int = 10, method: str = "tpe", **changes: Any):
    search = {name: changes.pop(name) for name in ("seed", "batch", "repeats", "widen", "score") if name in changes}
    given = {"spaces": SPACES, "evaluation": Starts("fresh", count=5), **changes}
    return study(search=Search(method, trials=trials, **{"batch": 4, **search}), **given)


def cell_of(method: str, trials: int, space: Mapping[str, Range] = SPACE, optimizer: Optimizer | None = None, **search):
    given = {"batch": 4, **search}
    optimizers = {"rmsprop": RMSProp(0.01, 0.99) if optimizer is None else optimizer}
    whole = study(optimizers=optimizers, spaces={"rmsprop": space}, search=Search(method, trials=trials, **given))
    return whole.cells[0]


def asked(cell, scores: Mapping[int, float] | None = None) -> dict[int, dict[str, float]]:
    """All trials of a search; the scores fall towards step_size 0.1, and large steps are lost."""
    search, found = searcher_for(cell), {}
    while trials := search.ask():
        assert len(trials) <= cell.search.batch or not cell.search.learns
        found.update({trial.number: dict(trial.hyperparameters) for trial in trials})
        told = {trial.number: score_at(trial.hyperparameters) for trial in trials}
        search.tell(told)
    return found


def score_at(point: Mapping[str, float]) -> float:
    return np.inf if point["step_size"] > 0.5 else abs(np.log10(point["step_size"]) + 1.0)


def test_tpe_learns_where_it_is_good() -> None:
    far = {
        method: np.median([score_at(point) for point in list(asked(cell_of(method, 60)).values())[30:]])
        for method in ("random", "tpe")
    }
    assert far["tpe"] < far["random"] / 2


@pytest.mark.parametrize("parts", [1, 3, 7, 12])
def test_interrupted_anywhere_and_resumed_equals_uninterrupted(
    tmp_path: Path, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_study(tuned(), output_dir=tmp_path / "whole", tracking="none")
    compute, calls = work.compute, itertools.count()

    def cut_off(runs: Any) -> Any:
        if next(calls) == parts:
            raise KeyboardInterrupt
        return compute(runs)

    monkeypatch.setattr(work, "compute", cut_off)
    with pytest.raises(KeyboardInterrupt):
        run_study(tuned(), output_dir=tmp_path / "cut", tracking="none")
    run_study(tuned(), output_dir=tmp_path / "cut", tracking="none")
    assert_same(tables(tmp_path / "cut"), tables(tmp_path / "whole"))


def test_trials_are_a_total_and_again_is_nothing(tmp_path: Path) -> None:
    few = {"evaluation": None}
    run_study(tuned(6, **few), output_dir=tmp_path / "a", tracking="none")
    more = run_study(tuned(10, **few), output_dir=tmp_path / "a", tracking="none")
    assert more.computed == 4 * 4
    run_study(tuned(10, **few), output_dir=tmp_path / "b", tracking="none")
    assert_same(tables(tmp_path / "a"), tables(tmp_path / "b"))
    again = run_study(tuned(10, **few), output_dir=tmp_path / "a", tracking="none")
    assert (again.computed, again.added) == (0, False)
    fewer = run_study(tuned(6, **few), output_dir=tmp_path / "a", tracking="none")
    assert set(fewer.best["trials"]) == {6}


def test_a_changed_space_or_method_is_another_cell(tmp_path: Path) -> None:
    run_study(tuned(evaluation=None), output_dir=tmp_path, tracking="none")
    wider = {"gd": {"step_size": Range(1e-4, 2.0, "log")}, "rmsprop": SPACE}
    changed = run_study(tuned(evaluation=None, spaces=wider), output_dir=tmp_path, tracking="none")
    assert changed.computed == 20
    cells = StudyFolder(tmp_path, "s").trials().groupby("cell").size()
    assert len(cells) == 6
    assert set(cells) == {10}
    gd = changed.winners[0].cell
    assert replace(gd, search=replace(gd.search, seed=1)).key != gd.key
    assert replace(gd, search=replace(gd.search, trials=99)).key == gd.key
    others = [replace(gd, search=replace(gd.search, **change)) for change in ({"score": "final_gap"}, {"batch": 5})]
    others += [replace(gd, problem=replace(gd.problem, objective=Bowl(dim=3))), replace(gd, optimizer=GD(0.06))]
    assert len({gd.key, *(other.key for other in others)}) == 5


def test_winners_and_defaults_are_run_on_fresh_starts(tmp_path: Path) -> None:
    summary = run_study(tuned(), output_dir=tmp_path, tracking="none")
    trials, runs = StudyFolder(tmp_path, "s").trials(), load("s", tmp_path)
    assert trials.groupby(["phase", "regime"]).size().to_dict() == {
        ("evaluate", "default"): 4,
        ("evaluate", "tuned"): 4,
        ("search", "default"): 4,
        ("search", "tuned"): 40,
    }
    for winner in summary.winners:
        assert winner.shown is not None
        assert winner.default is not None
        assert winner.shown.hyperparameters == winner.run.hyperparameters
        assert winner.default.problem is winner.shown.problem
        seen, fresh = winner.run.problem.points, winner.shown.problem.points
        assert fresh.shape[1] == 5
        assert not {tuple(point) for point in seen.T} & {tuple(point) for point in fresh.T}
    assert set(summary.best["run_key"]) == {winner.shown.run_key for winner in summary.winners if winner.shown}
    scores = trials[trials["phase"] == "evaluate"].set_index("run_key")["score"]
    for row in summary.best.to_dict("records"):
        assert row["score"] == scores[row["run_key"]]
        assert row["default_score"] == scores[row["default_key"]]
    assert runs["run_key"].is_unique


def test_repeats_show_their_spread(tmp_path: Path) -> None:
    summary = run_study(tuned(repeats=3, n_iter=40), output_dir=tmp_path, tracking="none")
    assert set(summary.best["repeats"]) == {3}
    for row in summary.best.to_dict("records"):
        mine = [
            w
            for w in summary.winners
            if (w.cell.problem.name, w.cell.optimizer_name) == (row["objective"], row["optimizer"])
        ]
        scores = sorted(winner.shown_score for winner in mine)
        assert [row["score_low"], row["score"], row["score_high"]] == scores
    assert len({winner.cell.key for winner in summary.winners}) == 12


def test_a_winner_at_an_edge_is_flagged_and_the_space_can_be_widened(tmp_path: Path) -> None:
    narrow = {"gd": {"step_size": Range(1e-4, 1e-3, "log")}}
    only = {"objectives": {"bowl": Bowl()}, "optimizers": {"gd": GD(0.05)}, "spaces": narrow}
    flagged = run_study(tuned(**only), output_dir=tmp_path, tracking="none").winners[0]
    assert [(edge.hyperparameter, edge.end) for edge in flagged.edges] == [("step_size", "high")]
    assert flagged.edges[0].wider == pytest.approx(1.8e-3)
    wide = run_study(tuned(**only, widen=True), output_dir=tmp_path, tracking="none").winners[0]
    assert wide.cell.space["step_size"].high > 1.8e-3
    assert wide.score < flagged.score


def test_the_way_to_a_target_is_told_once_for_all_repeats(lab) -> None:
    given = (
        "optimizer=[gd,rmsprop]",
        "search=random",
        "search.trials=4",
        "search.repeats=3",
        "target=1e-300",
        "n_iter=9",
    )
    lines = [line for line in lab(*given, "tracking=none").out.splitlines() if line.startswith("target")]
    assert [line.split()[1] for line in lines] == ["gd", "rmsprop"]
    assert all(": never below 1e-300 with step_size" in line for line in lines)


def test_a_widened_search_says_over_what(lab) -> None:
    narrow = [f"optimizer.gd.space.step_size.{end}" for end in ("low=1e-4", "high=1e-3")]
    given = "objective=bowl", "optimizer=gd", "search=tpe", "search.trials=8", "tracking=none", *narrow
    ended = lab(*given)
    assert "edge     gd on bowl: step_size 0.000" in ended.out
    assert "To widen it: optimizer.gd.space.step_size.high=0.0018\n" in ended.out
    wide = lab(*given, "search.widen=true").out
    assert "wider    gd on bowl: searched again in a wider space: step_size 0.0001 to 0.0" in wide


def test_an_edge_of_what_the_optimizer_takes_is_no_edge() -> None:
    cell = cell_of("tpe", 4, {"rho": Range(0.0, 0.999, "linear")})
    assert cell.edges({"rho": 0.0}) == []
    assert [edge.end for edge in cell.edges({"rho": 0.999})] == []
    decay = cell_of("tpe", 4, {"rho": Range(0.9, 0.999, "log_complement")})
    assert [edge.wider for edge in decay.edges({"rho": 0.999})] == [pytest.approx(0.99968)]
    assert [edge.wider for edge in decay.edges({"rho": 0.9})] == [pytest.approx(0.68)]
    assert decay.edges({"rho": 0.99}) == []


def test_where_all_is_lost_the_widest_stable_step_size_is_found(tmp_path: Path, lab) -> None:
    ended = lab("optimizer=gd", "search=tpe", "search.trials=4", "tracking=none", "n_iter=1000",
                "optimizer.gd.space.step_size.low=10", "optimizer.gd.space.step_size.high=100")  # fmt: skip
    assert ended.status == 0
    assert "all 4 trials diverged or failed; the largest step_size that does not diverge is about 1: set" in ended.out


def test_conditional_points_are_those_that_matter() -> None:
    points = list(grid_points(CONDITIONAL))
    assert len(points) == grid_size(CONDITIONAL) == 2 * (1 + 3)
    assert all(("momentum" in point) == point["centered"] for point in points)


@pytest.mark.parametrize("method", ["grid", "random", "tpe", "cmaes"])
def test_conditional_and_flag_hyperparameters_in_every_search(tmp_path: Path, method: str) -> None:
    given = {"optimizers": {"graves": RMSPropGraves(0.01, 0.9)}, "spaces": {"graves": CONDITIONAL}}
    run_study(tuned(16, method, evaluation=None, **given), output_dir=tmp_path, tracking="none")
    runs = load("s", tmp_path)
    assert set(runs["centered"]) == {False, True}
    plain = ~runs["centered"].astype(bool)
    assert (runs.loc[plain, "momentum"] == 0.0).all()
    assert runs.loc[~plain, "momentum"].between(0.5, 0.9).all()


def test_a_condition_on_what_is_not_searched_is_settled_by_its_value() -> None:
    over = ("step_size", "momentum")
    for centered, names in ((False, ["step_size"]), (True, ["step_size", "momentum"])):
        space = Search("grid", over=over).narrowed(CONDITIONAL, RMSPropGraves(0.01, 0.9, centered=centered))
        assert list(space) == names
        assert all(span.when is None for span in space.values())


@dataclass(frozen=True, eq=False)
class Patient(Optimizer):
    """Every so often a longer step; whole numbers and flags as hyperparameters."""

    step_size: Positive
    factor: Count = 1
    backwards: Flag = False

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * self.factor * (1.0 - 2.0 * self.backwards) * gradient, state


@pytest.mark.parametrize("method", ["grid", "random", "qmc", "tpe", "cmaes"])
def test_whole_numbers_and_flags_in_every_search(tmp_path: Path, method: str) -> None:
    space = {"factor": Range(1, 9, "linear", 9), "backwards": Range(values=(False, True))}
    given = {"optimizers": {"patient": Patient(0.02)}, "spaces": {"patient": space}}
    summary = run_study(tuned(18, method, evaluation=None, **given), output_dir=tmp_path, tracking="none")
    runs = load("s", tmp_path)
    assert set(runs["factor"]) <= set(range(1, 10))
    assert all(isinstance(run.hyperparameters["factor"], int) for run in summary.runs.values())
    assert all(isinstance(run.hyperparameters["backwards"], bool) for run in summary.runs.values())
    assert not any(winner.run.hyperparameters["backwards"] for winner in summary.winners)


@pytest.mark.parametrize(("field", "value"), [("factor", 1.5), ("factor", -1), ("backwards", 2), ("factor", True)])
def test_whole_numbers_and_flags_are_checked(field: str, value: float) -> None:
    with pytest.raises(InputError, match=field):
        Patient(0.1, **{field: value})


def test_scores_may_be_steps_and_are_never_nan(tmp_path: Path) -> None:
    summary = run_study(tuned(score="steps_to_1e-3"), output_dir=tmp_path, tracking="none")
    scores = StudyFolder(tmp_path, "s").trials()["score"]
    assert not scores.isna().any()
    assert (scores[np.isfinite(scores)] % 1 == 0).all()
    assert np.isinf(scores).any()
    assert (summary.best["score"] >= 1).all()


def test_a_missing_package_is_named(lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_settings, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"rmsprop-lab\[cmaes\]"):
        Search("cmaes")
    ended = lab("search=cmaes", "tracking=none")
    assert ended.status == 2
    assert ended.err.startswith("rmsprop-lab: search.method: ")
    assert not list(tmp_path.iterdir())


def test_the_shards_leave_the_tables_of_the_whole(tmp_path: Path) -> None:
    run_study(tuned(6, "random"), output_dir=tmp_path / "whole", tracking="none", figures=False)
    for shard in (1, 0):
        part = tuned(6, "random", shards=2, shard=shard)
        run_study(part, output_dir=tmp_path / "parts", tracking="none", figures=False)
    for name in ("ranking.csv", "searches.csv", "budget.csv"):
        texts = [(tmp_path / which / "s/tables" / name).read_text() for which in ("whole", "parts")]
        assert texts[0] == texts[1], name


def test_a_learning_search_belongs_to_one_shard_and_the_union_is_the_study(tmp_path: Path) -> None:
    run_study(tuned(), output_dir=tmp_path / "whole", tracking="none")
    parts = [
        run_study(tuned(shards=3, shard=shard), output_dir=tmp_path / "parts", tracking="none") for shard in (2, 0, 1)
    ]
    assert sum(len(part.winners) for part in parts) == 4
    assert_same(tables(tmp_path / "parts"), tables(tmp_path / "whole"))


def test_importances_name_what_matters() -> None:
    points = asked(cell_of("random", 40))
    trials = [Scored(point, score_at(point), "k") for point in points.values()]
    shares = importances(SPACE, trials)
    assert shares["step_size"] > 0.8
    assert sum(shares.values()) == pytest.approx(1.0)
    assert importances({"step_size": SPACE["step_size"]}, trials) == {}


def test_figures_and_tables_of_a_tuning_study(tmp_path: Path) -> None:
    run_study(tuned(objectives={"himmelblau": Himmelblau()}), output_dir=tmp_path, tracking="none")
    figures = {path.name for path in (tmp_path / "s/figures").glob("*.png")}
    assert {"budget.png", "importance.png", "himmelblau_rmsprop_trials.png", "himmelblau_rmsprop.png"} <= figures
    tables = {path.name for path in (tmp_path / "s/tables").glob("*.csv")}
    assert tables == {"ranking.csv", "searches.csv", "budget.csv"}


def test_the_tutorial_tuned_arrives_sooner(lab) -> None:
    ended = lab("experiment=tune", "tracking=none", "search.trials=24")
    assert ended.status == 0
    (line,) = [line for line in ended.out.splitlines() if line.startswith("target")]
    sooner = int(line.split(" sooner than as configured")[0].split()[-1])
    assert int(line.split("below 5e-06 after ")[1].split()[0]) == 34 - sooner < 15
    assert line.endswith("; after 34 iterations with step_size 0.01, rho 0.99, as configured (1 start of the search)")
