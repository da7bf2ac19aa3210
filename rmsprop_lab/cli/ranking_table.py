"""The ranking of a study as a table for the terminal."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from rich import box
from rich.table import Table
from rich.text import Text

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.cli.advice import setting
from rmsprop_lab.plan.scores import SCORES, TARGETS
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.wording import gap_in_words, score_in_words, starts_in_words, steps_in_words
from rmsprop_lab.tasks.summary import Summary

_MOST_COLUMNS = 2  # hyperparameters with a column each; more do not fit into 80 characters


def ranking(summary: Summary) -> Table:
    """The ranking: one row for the best run of each optimizer on each objective, the best first."""
    study, columns = summary.study, _columns(summary)
    table = Table(
        title=f"{study.name}: the best run of each optimizer after {study.n_iter} iterations",
        caption=_caption(summary),
        title_style="bold",
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
        show_edge=False,
        pad_edge=False,
    )
    for column in columns:
        table.add_column(column.heading, justify="left" if column.left else "right", no_wrap=True)
    before = None
    for row in summary.best.to_dict("records"):
        if before not in (None, row["objective"]):
            table.add_section()
        shown = {**row, "objective": "" if before == row["objective"] else row["objective"]}
        table.add_row(*(column.text(shown) for column in columns))
        before = row["objective"]
    return table


class _Column(NamedTuple):
    """A column of the ranking: its heading, and its text for a row of the table of `best_runs`."""

    heading: str
    text: Callable[[Mapping[Any, Any]], str | Text]
    left: bool = False


def _columns(summary: Summary) -> list[_Column]:
    names = _names(summary)
    found = {winner.cell.key: winner for winner in summary.winners}
    return [
        _Column("objective", lambda row: row["objective"], left=True),
        _Column("#", lambda row: str(row["rank"]) if row["outcome"] == "ok" else ""),
        _Column("optimizer", lambda row: Text(row["optimizer"], style=summary.hues[row["optimizer"]]), left=True),
        *(
            _Column(name, lambda row, name=name: setting(found[row["cell"]], name))  # type: ignore[misc]
            for name in (names if len(names) <= _MOST_COLUMNS else [])
        ),
        *_measures(summary.study),
        _Column("\nlost", lambda row: f"{row['trials_diverged']}/{row['trials']}"),
    ]


def _measures(study: Study) -> Iterator[_Column]:
    """The columns of gaps, steps and the score of the optimizer as configured; as many as fit into 80 characters."""
    score, untuned = study.search.score, study.evaluates
    target, repeated = score.removeprefix("steps_to_"), study.search.repeats > 1
    scored = untuned and target in TARGETS  # the score is a number of steps, and gets a column
    yield _Column("log₁₀ gap\nbest", lambda row: _gap(row, "best_gap"))
    if not (scored and repeated):
        yield _Column("\nfinal", lambda row: _gap(row, "final_gap"))
    if scored:
        yield _Column(f"steps\nto {target}", lambda row: score_in_words(row["score"], score))
    if untuned:
        yield _Column("\nuntuned", lambda row: score_in_words(row["default_score"], score))
    if not scored:
        yield _Column("steps\nto 1e-7", lambda row: steps_in_words(row["steps_to_1e-7"]))
    if repeated:
        yield _Column("over\nrepeats", lambda row: _spread(row, score))


def settings_in_lines(summary: Summary) -> list[str]:
    """One line per run of the table with its hyperparameters, if they are too many for columns."""
    names = _names(summary)
    if len(names) <= _MOST_COLUMNS:
        return []
    found = {winner.cell.key: winner for winner in summary.winners}
    lines = []
    for row in summary.best.to_dict("records"):
        shown = {name: setting(found[row["cell"]], name) for name in names}
        words = ", ".join(f"{name} {text}" for name, text in shown.items() if text)
        lines.append(f"{row['optimizer']} on {row['objective']}: {words}")
    return lines


def _names(summary: Summary) -> list[str]:
    """The hyperparameters that were searched; without a search, those that are usually tuned."""
    runs = summary.runs.values()
    names = list(dict.fromkeys(name for run in runs for name in run.hyperparameters))
    searched = {name for cell in summary.study.cells for name in cell.space if summary.study.search.method != "none"}
    shown = searched or {name for run in runs for name in tuned_fields(run.optimizer)}
    return [name for name in names if name in shown]


def _caption(summary: Summary) -> str:
    study, search = summary.study, summary.study.search
    starts = starts_in_words(int(summary.best["starts"].iloc[0]))
    ties = "Ties: ranked by the steps until 1e-7 of the first gap is left."
    lost = "Lost: trials that failed, or in which most starts diverged."
    if search.method == "none":
        return f"regime default: each optimizer as configured; medians over {starts}. {ties} {lost}"
    chosen = f"regime {study.cells[0].regime}: best by {SCORES[search.score]}, chosen"
    if study.evaluates and any(winner.shown is None for winner in summary.winners):
        part = f"Only shard {study.shard} of {study.shards}; the shard that finishes last ranks all runs"
        return f"{part}. {chosen[0].upper()}{chosen[1:]} and shown on the same {starts} (medians). {lost}"
    if not study.evaluates:
        return f"{chosen} and shown on the same {starts} (medians). {ties} {lost}"
    seen = starts_in_words(summary.winners[0].cell.problem.points.shape[1])
    what = "iterations" if search.score.startswith("steps_to") else "log₁₀ gap"
    edge = " ↑↓: at an edge of its space." if any(winner.edges for winner in summary.winners) else ""
    return (
        f"{chosen} on {seen}, shown on {starts} that the search never saw (medians). Untuned: that score ({what}) "
        f"of the optimizer as configured.{edge} {ties} {lost}"
    )


def _gap(row: Mapping[Any, Any], name: str) -> str:
    """A gap; if no minimum is known, the final value in place of the final gap."""
    if row["outcome"] != "ok":
        return "lost"
    if math.isnan(row["final_gap"]):
        return f"f={row['final_value']:.3g}" if name == "final_gap" else ""
    return gap_in_words(row[name])


def _spread(row: Mapping[Any, Any], score: str) -> str:
    return f"{score_in_words(row['score_low'], score)} to {score_in_words(row['score_high'], score)}"
