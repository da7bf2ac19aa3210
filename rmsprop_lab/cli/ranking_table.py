"""What a study found, for a terminal: the ranking as a table."""

import math
from collections.abc import Mapping
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from rmsprop_lab.cli.advice import setting
from rmsprop_lab.evaluation.measures import LOG10_FLOOR, SCORES, TARGETS, log10_gap
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.report.wording import starts_in_words
from rmsprop_lab.tasks.run import Summary

_MOST_COLUMNS = 2  # of hyperparameters: more have no room in 80 columns


def ranking(summary: Summary) -> Table:
    """A row for the best run of each optimizer on each objective, the best first."""
    study, best = summary.study, summary.best
    found = {winner.cell.key: winner for winner in summary.winners}
    names = _names(summary)
    names = names if len(names) <= _MOST_COLUMNS else []
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
    for heading in ("objective", "#", "optimizer"):
        table.add_column(heading, justify="right" if heading == "#" else "left", no_wrap=True)
    for heading in names:
        table.add_column(heading, justify="right", no_wrap=True)
    spread = ("over\nrepeats",) if study.search.repeats > 1 else ()
    worth = ("\nuntuned",) if study.evaluates else ()
    steps = study.search.score.removeprefix("steps_to_")
    scored = bool(worth) and steps in TARGETS  # else the score is among the gaps; 80 columns have no room for more
    sooner = (f"steps\nto {steps}", *worth) if scored else (*worth, "steps\nto 1e-7")
    gaps = 1 if scored and spread else 2
    for heading in (*("log₁₀ gap\nbest", "\nfinal")[:gaps], *sooner, *spread, "\nlost"):
        table.add_column(heading, justify="right", no_wrap=True)
    hue, before = hues(study.optimizers), None
    for row in best.to_dict("records"):
        if before not in (None, row["objective"]):
            table.add_section()
        winner = found[row["cell"]]
        table.add_row(
            "" if before == row["objective"] else row["objective"],
            str(row["rank"]) if row["outcome"] == "ok" else "",
            Text(row["optimizer"], style=hue[row["optimizer"]]),
            *(setting(winner, name) for name in names),
            *_gaps(row)[:gaps],
            *([_number(row["score"], study.search.score)] if scored else []),
            *([_number(row["default_score"], study.search.score)] if worth else []),
            *([] if scored else [_count(row["steps_to_1e-7"])]),
            *([_spread(row, study.search.score)] if spread else []),
            f"{row['trials_diverged']}/{row['trials']}",
        )
        before = row["objective"]
    return table


def settings_in_lines(summary: Summary) -> list[str]:
    """What the table has no room for: the hyperparameters of each of its runs, where they are many."""
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
    """The hyperparameters that were searched, or all but epsilon."""
    study = summary.study
    names = list(dict.fromkeys(name for run in summary.runs.values() for name in run.hyperparameters))
    searched = {name for cell in study.cells for name in cell.space if study.search.method != "none"}
    return [name for name in names if (name in searched if searched else name != "epsilon")]


def _caption(summary: Summary) -> str:
    study, search = summary.study, summary.study.search
    starts = starts_in_words(int(summary.best["starts"].iloc[0]))
    ties = "Ties: by the steps until 1e-7 of the first gap is left."
    lost = "Lost: trials that failed, or in which most starts diverged."
    if search.method == "none":
        return f"regime default: each optimizer as configured; medians over {starts}. {ties} {lost}"
    chosen = f"regime {study.cells[0].regime}: best by {SCORES[search.score]}, chosen"
    if study.evaluates and any(winner.shown is None for winner in summary.winners):
        part = f"Of shard {study.shard} of {study.shards} so far; the last shard to end ranks them all"
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


def _gaps(row: Mapping[Any, Any]) -> tuple[str, str]:
    """The best and the final gap; where no minimum is known, the final value."""
    if row["outcome"] != "ok":
        return "lost", "lost"
    if math.isnan(row["final_gap"]):
        return "", f"f={row['final_value']:.3g}"
    return _log10(row["best_gap"]), _log10(row["final_gap"])


def _spread(row: Mapping[Any, Any], score: str) -> str:
    return f"{_number(row['score_low'], score)} to {_number(row['score_high'], score)}"


def _number(value: float | None, score: str) -> str:
    if value is None or math.isnan(value):
        return ""
    if score.startswith("steps_to"):
        return _count(value)
    if math.isinf(value):
        return "lost"
    return f"≤{value:.0f}" if value == LOG10_FLOOR else f"{value:.1f}"


def _log10(gap: float) -> str:
    exponent = float(log10_gap(gap))
    return f"≤{exponent:.0f}" if exponent == LOG10_FLOOR else f"{exponent:.1f}"


def _count(steps: Any) -> str:
    return "never" if math.isinf(steps) else "" if math.isnan(steps) else f"{steps:.0f}"
