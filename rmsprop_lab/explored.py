"""What the searches of a study saw, as figures and tables: budget, importance, slices, maps."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from rmsprop_lab.base import Array
from rmsprop_lab.cell import Cell
from rmsprop_lab.compare.budget import best_so_far, expected_best, good_share, without_lost
from rmsprop_lab.plan import Study
from rmsprop_lab.plots.budget import budget_png
from rmsprop_lab.plots.importance import importance_png
from rmsprop_lab.plots.sensitivity import map_png, sensitivity_png
from rmsprop_lab.plots.trials import trials_png
from rmsprop_lab.search import Scored
from rmsprop_lab.space import Space, is_active
from rmsprop_lab.winner import Winner

SENSITIVITY, BUDGET, IMPORTANCE = "sensitivity.png", "budget.png", "importance.png"
SHOWN = 4  # objectives side by side; more would be too small to read
_GOOD = 1.0  # a decade of gap


class Explored:
    """The trials of a study's searches, with a column for each hyperparameter, and their winners."""

    def __init__(self, study: Study, trials: pd.DataFrame, winners: Sequence[Winner], hues: Mapping[str, str]) -> None:
        self._study, self._trials, self._hues = study, trials, hues
        self._winners = [winner for winner in winners if winner.cell.search.method != "none"]

    def run_keys(self) -> list[str]:
        """Of all trials, sorted."""
        return sorted(self._trials["run_key"])

    def figures(self) -> Iterator[tuple[str, bytes]]:
        """File name and PNG of each."""
        if not self._winners:
            return
        names = list(dict.fromkeys(winner.cell.problem.name for winner in self._winners))
        share = "" if len(names) <= SHOWN else f" ({SHOWN} of {len(names)} objectives)"
        shown = names[:SHOWN]
        if "step_size" in self._trials and self._trials["step_size"].nunique() > 2:
            single = all(len(winner.cell.space) < 2 for winner in self._winners)
            others = "" if single else ", each point the best of its other settings"
            title = f"{self._study.name}: how much the step size matters{others}{share}"
            tables = {self._label(name): self._trials[self._trials["objective"] == name] for name in shown}
            joined = self._study.search.method == "grid"
            yield SENSITIVITY, sensitivity_png(tables, self._hues, title, joined=joined)
        if self._study.search.draws:
            title = (
                f"{self._study.name}: what a budget of trials buys (expected over orders; dotted: as it went){share}"
            )
            panels = {self._label(name): self._budgets(name) for name in shown}
            yield BUDGET, budget_png(panels, self._hues, title)
        found = {key: shares for key, shares in self._importances.items() if shares and key[0] in shown}
        if found:
            title = f"{self._study.name}: which hyperparameter matters (Optuna's importance){share}"
            yield IMPORTANCE, importance_png(found, self._hues, title)
        for winner in self._winners:
            if winner.cell.repeat == 0:
                yield from self._of_cell(winner)

    def tables(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """File name and table of each: a row per search, and the expected best of k trials."""
        if not self._winners:
            return
        yield "searches.csv", pd.DataFrame([self._row(winner) for winner in self._winners])
        if self._study.search.draws:
            budgets = [
                {"objective": name, "optimizer": optimizer, "trials": k + 1, "expected_best": best}
                for name in dict.fromkeys(winner.cell.problem.name for winner in self._winners)
                for optimizer, (expected, _) in self._budgets(name).items()
                for k, best in enumerate(expected)
            ]
            yield "budget.csv", pd.DataFrame(budgets)

    def _of_cell(self, winner: Winner) -> Iterator[tuple[str, bytes]]:
        cell, table = winner.cell, self._of(winner.cell)
        label = f"{cell.problem.name}_{cell.optimizer_name}"
        title = f"{self._label(cell.problem.name)}: {cell.optimizer_name} after {self._study.n_iter} iterations"
        if self._study.search.draws:
            best = int(np.flatnonzero(table["trial"] == winner.trial)[0])
            columns = {name: self._values(cell, table, name) for name in cell.space}
            scores = table["score"].to_numpy(dtype=np.float64)
            yield f"{label}_trials.png", trials_png(cell.space, columns, scores, best, title)
        elif len(cell.space) == 2 and min(map(len, cell.space.values())) > 1 and self._is_map(cell):
            grids = {name: span.grid() for name, span in cell.space.items()}
            across, up = grids
            scores_at = table.pivot_table(index=up, columns=across, values="score", dropna=False)
            whole = scores_at.reindex(index=grids[up], columns=grids[across]).to_numpy()
            scales = {name: span.scale for name, span in cell.space.items()}
            yield f"{label}_map.png", map_png(whole, grids, scales, winner.run.hyperparameters, title)

    def _is_map(self, cell: Cell) -> bool:
        return not any(span.when or (span.values and isinstance(span.values[0], bool)) for span in cell.space.values())

    def _values(self, cell: Cell, table: pd.DataFrame, name: str) -> Array:
        values = table[name].to_numpy(dtype=np.float64)
        rows = table[list(cell.space)].to_dict("records")
        active = [is_active(cell.space[name], {str(key): value for key, value in row.items()}) for row in rows]
        return np.where(active, values, np.nan)

    def _budgets(self, objective: str) -> dict[str, tuple[Array, Array]]:
        """By optimizer: the expected best of k trials and the best so far, as means over repeats."""
        here = self._trials[self._trials["objective"] == objective]
        finite = here.loc[np.isfinite(here["score"]), "score"]
        worst = float(finite.max()) if len(finite) else 0.0
        budgets: dict[str, tuple[Array, Array]] = {}
        for optimizer in dict.fromkeys(here["optimizer"]):
            mine = [winner.cell for winner in self._winners if self._names(winner.cell) == (objective, optimizer)]
            scores = [without_lost(self._of(cell)["score"].to_numpy(dtype=np.float64), worst) for cell in mine]
            length = min(map(len, scores))
            curves = (
                np.mean([curve(part)[:length] for part in scores], axis=0) for curve in (expected_best, best_so_far)
            )
            budgets[optimizer] = tuple(curves)
        return budgets

    @cached_property
    def _importances(self) -> dict[tuple[str, str], dict[str, float]]:
        if not self._study.search.draws:
            return {}
        from rmsprop_lab.search.trials import importances  # Optuna and what it needs take seconds to import

        return {
            self._names(winner.cell): importances(winner.cell.space, self._scored(winner.cell))
            for winner in self._winners
            if winner.cell.repeat == 0
        }

    def searches(self) -> dict[str, tuple[Space, list[Scored]]]:
        """The finished searches that drew their trials, under names that tell them apart within the study."""
        found = {}
        for winner in self._winners:
            cell, trials = winner.cell, self._scored(winner.cell)
            if cell.search.draws and len(trials) == len(cell):
                repeat = f", repeat {cell.repeat}" if cell.repeat else ""
                name = f"{cell.problem.name}: {cell.optimizer_name}{repeat}, {len(cell)} trials ({cell.key[:6]})"
                found[name] = (cell.space, trials)
        return found

    def _scored(self, cell: Cell) -> list[Scored]:
        """A cell's trials in the order of their numbers."""
        rows = self._of(cell).to_dict("records")
        return [
            Scored({name: _plain(row[name]) for name in cell.space}, float(row["score"]), row["run_key"])
            for row in rows
        ]

    def _row(self, winner: Winner) -> dict[str, object]:
        cell, table = winner.cell, self._of(winner.cell)
        ranges = [name for name, span in cell.space.items() if span.values is None and span.varies and not span.when]
        places = np.array([[cell.space[name].position(v) for v in table[name]] for name in ranges]).T
        share = good_share(places, table["score"].to_numpy(dtype=np.float64), _GOOD) if ranges else np.nan
        chosen = {name: winner.run.hyperparameters[name] for name in cell.space}
        found = self._importances.get(self._names(cell), {})
        return {
            **winner.row(),
            **{f"best_{name}": value for name, value in chosen.items()},
            "share_within_a_decade": share,
            **{f"importance_{name}": value for name, value in found.items()},
        }

    def _of(self, cell: Cell) -> pd.DataFrame:
        return self._trials[self._trials["cell"] == cell.key].sort_values("trial")

    def _names(self, cell: Cell) -> tuple[str, str]:
        return cell.problem.name, cell.optimizer_name

    def _label(self, name: str) -> str:
        unknown = self._study.objectives[name].minimum is None
        return f"{name} (score: value)" if unknown else name


def _plain(value: object) -> float:
    return value.item() if isinstance(value, np.generic) else value  # type: ignore[return-value]
