"""Draws the figures of a study's searches: sensitivity, budget, importance, trials, maps."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from rmsprop_lab.base import Array
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.pictures import picture
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import is_active
from rmsprop_lab.plots import BUDGET, IMPORTANCE, SENSITIVITY
from rmsprop_lab.plots.maps import map_png
from rmsprop_lab.plots.search.budget import budget_png
from rmsprop_lab.plots.search.importance import importance_png
from rmsprop_lab.plots.search.sensitivity import sensitivity_png
from rmsprop_lab.plots.search.trials import trials_png
from rmsprop_lab.report.searches import Searches
from rmsprop_lab.report.wording import share_in_words

SHOWN = 4  # objectives side by side; more would be too small to read


def search_figures(searches: Searches) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Draws the figures of a study's searches.

    Yields:
        A file name, and a function that draws the PNG.
    """
    if not searches.winners:
        return
    names = list(dict.fromkeys(winner.cell.problem.name for winner in searches.winners))
    share = share_in_words(names[:SHOWN], len(names))
    shown = names[:SHOWN]
    scores = {name: searches.score_name(name) for name in shown}
    if "step_size" in searches.trials and searches.trials["step_size"].nunique() > 2:
        among = ["the other hyperparameters"] * any(len(winner.cell.space) > 1 for winner in searches.winners)
        among += ["the repeats"] * (searches.study.search.repeats > 1)
        others = f"; the best of {' and '.join(among)} at each step size" if among else ""
        title = f"{searches.study.name}: how much the step size matters{others}{share}"
        tables = {name: searches.trials[searches.trials["objective"] == name] for name in shown}
        joined = searches.study.search.method == "grid"
        yield SENSITIVITY, partial(sensitivity_png, tables, searches.hues, title, scores, joined=joined)
    if searches.study.search.draws:
        title = f"{searches.study.name}: {_budget_told(searches.study.search)}{share}"
        panels = {name: searches.budget[searches.budget["objective"] == name] for name in shown}
        yield BUDGET, partial(budget_png, panels, searches.hues, title, scores)
    if found := _importances(searches, shown):
        title = f"{searches.study.name}: {_importance_told(searches.study.search)}{share}"
        yield IMPORTANCE, partial(importance_png, found, searches.hues, title)
    for winner in searches.winners:
        if winner.cell.repeat == 0:
            yield from _of_cell(searches, winner)


def _budget_told(search: Search) -> str:
    over = f"mean over {search.repeats} repeats; band: lowest to highest" if search.repeats > 1 else ""
    if search.learns:
        return f"best score of k trials{f' ({over})' if over else ''}"
    return f"best score of k trials (solid: expected, dotted: as it happened{f'; {over}' if over else ''})"


def _importances(searches: Searches, shown: Sequence[str]) -> dict[tuple[str, str], dict[str, list[float]]]:
    """The importances of each repeat, by objective and optimizer and by hyperparameter."""
    found: dict[tuple[str, str], dict[str, list[float]]] = {}
    for winner in searches.winners:
        if winner.cell.problem.name in shown:
            for name, share in searches.importances.get(winner.cell.key, {}).items():
                found.setdefault(searches.names(winner.cell), {}).setdefault(name, []).append(share)
    return found


def _importance_told(search: Search) -> str:
    over = f"mean over {search.repeats} repeats; whiskers: lowest to highest" if search.repeats > 1 else "one search"
    return f"how much each hyperparameter matters (Optuna's importance; {over})"


def _of_cell(searches: Searches, winner: Winner) -> Iterator[tuple[str, Callable[[], bytes]]]:
    cell, table = winner.cell, searches.trials_of(winner.cell)
    score = searches.score_name(cell.problem.name)
    title = f"{cell.problem.name}: {cell.optimizer_name}, {searches.study.n_iter} iterations"
    if searches.study.search.draws:
        best = int(np.flatnonzero(table["trial"] == winner.trial)[0])
        columns = {name: _values(cell, table, name) for name in cell.space}
        scores = table["score"].to_numpy(dtype=np.float64)
        lost = (table["outcome"] != "ok").to_numpy()
        yield (
            picture(*searches.names(cell), "trials"),
            partial(trials_png, cell.space, columns, scores, lost, best, title, score),
        )
    elif len(cell.space) == 2 and min(map(len, cell.space.values())) > 1 and _is_map(cell):
        grids = {name: span.grid() for name, span in cell.space.items()}
        across, up = grids
        kept = table.assign(score=table["score"].where(table["outcome"] == "ok"))
        scores_at = kept.pivot_table(index=up, columns=across, values="score", dropna=False)
        whole = scores_at.reindex(index=grids[up], columns=grids[across]).to_numpy()
        scales = {name: span.scale for name, span in cell.space.items()}
        yield (
            picture(*searches.names(cell), "map"),
            partial(map_png, whole, grids, scales, winner.run.hyperparameters, title, score),
        )


def _is_map(cell: Cell) -> bool:
    return not any(span.when or (span.values and isinstance(span.values[0], bool)) for span in cell.space.values())


def _values(cell: Cell, table: pd.DataFrame, name: str) -> Array:
    values = table[name].to_numpy(dtype=np.float64)
    rows = table[list(cell.space)].to_dict("records")
    active = [is_active(cell.space[name], {str(key): value for key, value in row.items()}) for row in rows]
    return np.where(active, values, np.nan)
