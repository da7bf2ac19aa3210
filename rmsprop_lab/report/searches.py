"""Tables of a study's searches: winners, budget, importance."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version

import numpy as np
import pandas as pd

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.compare import Verdict, cost_ratios, ecdf_table, profile_table
from rmsprop_lab.compare.budget import budget_table, good_share
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Space
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.latex import latex_tables
from rmsprop_lab.report.wording import score_name
from rmsprop_lab.search import Scored
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.stamp import Stamp

_GOOD = 1.0  # a decade of the mean gap, an iteration, or a unit of the value
_SHOWS = ".shows"  # the stamp of the tables
_ENOUGH_TRIALS = 100  # of all repeats together, to show importances


def tells_importance(search: Search) -> bool:
    """Whether importances of hyperparameters are worth showing: from many trials, of one search or of all repeats.

    Those of one search with 24 trials differ from 0.1 to 0.9 with its seed alone.
    """
    return search.draws and search.trials * search.repeats >= _ENOUGH_TRIALS


class Searches:
    """The trials and winners of a study's searches.

    Args:
        study: The study.
        trials: Its trials, with a column for each hyperparameter.
        winners: The winners of its cells; those of `search=none` are left out.
        hues: The hue of each optimizer.
    """

    def __init__(self, study: Study, trials: pd.DataFrame, winners: Sequence[Winner], hues: Mapping[str, str]) -> None:
        self.study, self.trials, self.hues = study, trials, hues
        self.winners = [winner for winner in winners if winner.cell.search.method != "none"]

    @classmethod
    def of(
        cls,
        study: Study,
        trials: pd.DataFrame,
        runs: pd.DataFrame,
        winners: Sequence[Winner],
        hues: Mapping[str, str],
    ) -> "Searches":
        """The searches from the tables of a study's folder.

        If a cell has more trials on disk than the study asks for, the later ones are left out. The trials are in the
        order of the study, whichever order they were computed in.
        """
        names = dict.fromkeys(name for winner in winners for name in winner.run.hyperparameters)
        asked = {winner.cell.key: len(winner.cell) for winner in winners}
        place = {key: index for index, key in enumerate(asked)}
        trials = trials[trials["trial"] < trials["cell"].map(asked)]
        trials = trials.assign(place=trials["cell"].map(place)).sort_values(["place", "trial"]).drop(columns="place")
        return cls(study, trials.merge(runs[["run_key", "outcome", *names]], on="run_key"), winners, hues)

    def stamp(self, verdict: Verdict) -> str:
        """SHA-256 of everything that the tables and figures show."""
        rows = pd.DataFrame([winner.row() for winner in self.winners])
        spaces = [(winner.cell.key, repr(winner.cell.space), winner.cell.search.repeats) for winner in self.winners]
        shown = [self.study.name, self.study.n_iter, self.hues, spaces, version("rmsprop-lab")]
        judged = (verdict.ranking, verdict.pairs, verdict.scores)
        text = "".join([table.to_csv(index=False) for table in (*judged, self.trials, rows)] + [repr(shown)])
        return hashlib.sha256(text.encode()).hexdigest()

    def tables(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """The file name and content of each table: `searches.csv`, one row per search, and `budget.csv`."""
        if not self.winners:
            return
        yield "searches.csv", pd.DataFrame([self._row(winner) for winner in self.winners])
        if self.study.search.draws:
            named = self.budget["objective"].map(self.study.score_on)
            yield "budget.csv", self.budget.assign(score_name=named)

    @cached_property
    def budget(self) -> pd.DataFrame:
        """The best score of each number of trials, see `budget_table`."""
        return budget_table(self.trials, self.study.search.learns)

    @cached_property
    def importances(self) -> dict[str, dict[str, float]]:
        """The importance of each hyperparameter by the key of the search; empty where it would tell of chance."""
        if not tells_importance(self.study.search):
            return {}
        from rmsprop_lab.search.importance import importances  # importing Optuna's evaluator takes seconds

        return {winner.cell.key: importances(winner.cell.space, self._scored(winner.cell)) for winner in self.winners}

    def finished(self) -> dict[str, tuple[Space, list[Scored], str]]:
        """The space, trials and score name of each finished search that draws trials, by a name unique in the study."""
        found = {}
        for winner in self.winners:
            cell, trials = winner.cell, self._scored(winner.cell)
            if cell.search.draws and len(trials) == len(cell):
                repeat = f", repeat {cell.repeat}" if cell.repeat else ""
                name = f"{cell.problem.name}: {cell.optimizer_name}{repeat}, {len(cell)} trials ({cell.key[:6]})"
                found[name] = (cell.space, trials, score_name(cell.score))
        return found

    def _scored(self, cell: Cell) -> list[Scored]:
        """A cell's trials in the order of their numbers."""
        rows = self.trials_of(cell).to_dict("records")
        return [
            Scored({name: _plain(row[name]) for name in cell.space}, float(row["score"]), row["run_key"])
            for row in rows
        ]

    def _row(self, winner: Winner) -> dict[str, object]:
        cell, table = winner.cell, self.trials_of(winner.cell)
        ranges = [name for name, span in cell.space.items() if span.values is None and span.varies and not span.when]
        places = np.array([[cell.space[name].position(v) for v in table[name]] for name in ranges]).T
        share = good_share(places, table["score"].to_numpy(dtype=np.float64), _GOOD) if ranges else np.nan
        chosen = {name: winner.run.hyperparameters[name] for name in cell.space}
        return {
            **winner.row(),
            **{f"best_{name}": value for name, value in chosen.items()},
            "share_within_a_decade": share,
            **{f"importance_{name}": value for name, value in self.importances.get(cell.key, {}).items()},
        }

    def trials_of(self, cell: Cell) -> pd.DataFrame:
        """The trials of a cell, in the order of their numbers."""
        return self.trials[self.trials["cell"] == cell.key].sort_values("trial")

    def names(self, cell: Cell) -> tuple[str, str]:
        """The names of a cell's objective and optimizer."""
        return cell.problem.name, cell.optimizer_name

    def score_name(self, objective: str) -> str:
        """The short name of the score on an objective, for an axis."""
        return score_name(self.study.score_on(objective))


def write_tables(folder: StudyFolder, searches: Searches, verdict: Verdict) -> None:
    """Writes the study's `tables/`, unless the existing ones show these runs.

    Args:
        folder: The study's folder.
        searches: Its trials and winners.
        verdict: The verdict.
    """
    stamp = Stamp(folder.path / "tables" / _SHOWS, searches.stamp(verdict))
    if stamp.is_current():
        return
    stamp.begin()
    judged = {"ranking": verdict.ranking, "pairs": verdict.pairs, "overall": verdict.overall}
    judged |= {"ecdf": ecdf_table(verdict.starts), "profile": profile_table(cost_ratios(verdict.starts))}
    texts = {f"{name}.csv": table.to_csv(index=False) for name, table in judged.items()}
    texts |= {name: table.to_csv(index=False) for name, table in searches.tables()}
    shown = {name: tuned_fields(optimizer) for name, optimizer in searches.study.optimizers.items()}
    texts |= dict(latex_tables(verdict, searches.study.name, shown))
    stamp.write([stamp.put(name, text.encode()) for name, text in texts.items()])


def written_tables(folder: StudyFolder) -> dict[str, str]:
    """The CSV tables that `write_tables` wrote last, by file name."""
    tables = folder.path / "tables"
    names = [name for name in Stamp(tables / _SHOWS, "").files() if name.endswith(".csv")]
    return {name: (tables / name).read_text(encoding="utf-8") for name in names}


def _plain(value: object) -> float:
    return value.item() if isinstance(value, np.generic) else value  # type: ignore[return-value]
